import type { MailMessage } from '../../model/sending.ts'
import type { IncidentView } from '../view.ts'
import type { Doc } from './doc.ts'
import { mailHtml } from './mail-html.ts'
import { mailText } from './mail-text.ts'
import { shown } from './text.ts'

/** A document as a mail, in both forms. */
export function mailMessage(doc: Doc, subject: string): MailMessage {
  return { subject, text: mailText(doc), html: mailHtml(doc) }
}

/** `[FIRING:2] shop/orders: replica-without-upstream`; only the tag changes while an incident is told. */
export function subject(view: IncidentView): string {
  const { first } = view
  return `${tag(view)} ${shown(view.cluster, 100)}: ${first.alert.rule} of ${shown(first.alert.subject, 100)}`
}

function tag({ state, alerts }: IncidentView): string {
  if (state === 'firing') return `[FIRING:${alerts.filter(({ active }) => active).length}]`
  return state === 'resolved' ? '[RESOLVED]' : state === 'event' ? '[EVENT]' : '[ENDED]'
}
