import type { Receiver } from '../../model/receiver.ts'
import type { Sending } from '../../model/sending.ts'
import { zoneTimes } from '../../report/zone.ts'
import { alertsOf } from '../incident.ts'
import type { Fact, NotifyState, Operation, Talk } from '../state.ts'
import { type IncidentView, viewOf } from '../view.ts'
import type { Doc } from './doc.ts'
import { factLine, factsDoc } from './facts.ts'
import { incidentDoc } from './incident.ts'
import { mailMessage, subject } from './mail.ts'
import { digestDoc, stormDoc, stormFactsDoc } from './many.ts'
import { slackMessage } from './slack.ts'
import { webhookPayload } from './webhook.ts'

/** What an operation of a conversation sends, in the form its receiver takes. */
export function bodyOf(
  state: NotifyState,
  talk: Talk,
  op: Operation,
  receiver: Receiver,
  now: number,
): Sending['body'] {
  if (receiver.type === 'webhook') return webhookBody(state, talk)
  const views = talk.incidents.flatMap((id) => viewOf(state, talk, id) ?? [])
  const facts = talk.facts.slice(0, op.facts)
  const doc = docOf(state, talk, op, views, facts, receiver, now)
  if (receiver.type !== 'email') return slackMessage(doc)
  return mailMessage(doc, mailSubject(talk, views, doc))
}

function webhookBody(state: NotifyState, talk: Talk): object {
  const incidents = talk.incidents.flatMap((id) => state.incidents.get(id) ?? [])
  const entries = incidents.flatMap((incident) => alertsOf(state, incident))
  return webhookPayload(talk.receiver, talk.key, entries, state)
}

function docOf(
  state: NotifyState,
  talk: Talk,
  op: Operation,
  views: readonly IncidentView[],
  facts: readonly Fact[],
  receiver: Receiver,
  now: number,
): Doc {
  const setting = { zone: receiver.zone, runbookUrl: state.settings.runbookUrl }
  const [view] = views
  if (view === undefined) return forgottenDoc(facts, receiver.zone)
  const whole = op.kind !== 'reply'
  if (talk.kind !== 'incident' && whole)
    return talk.kind === 'digest' ? digestDoc(views, setting) : stormDoc(views, setting)
  if (talk.kind !== 'incident') return stormFactsDoc((id) => state.incidents.get(id)?.cluster ?? id, facts, setting)
  if (whole) return incidentDoc(view, setting, now)
  const news = factsDoc(view, facts, setting)
  return receiver.type === 'email' || receiver.type === 'slack-webhook'
    ? wholeWith(news, incidentDoc(view, setting, now), facts, receiver.zone)
    : news
}

/** A message that stands by itself: what is new, then the whole. */
function wholeWith(news: Doc, whole: Doc, facts: readonly Fact[], zone: string): Doc {
  const times = zoneTimes(zone)
  const items = facts.map((fact) => factLine(fact, times))
  return { ...whole, brief: news.brief, parts: [{ part: 'list', rank: 0, label: 'New', items }, ...whole.parts] }
}

/** The incident is no longer known; its last facts are. */
function forgottenDoc(facts: readonly Fact[], zone: string): Doc {
  const times = zoneTimes(zone)
  const items = facts.map((fact) => factLine(fact, times))
  const title = 'ENDED'
  return {
    title,
    mark: 'neutral',
    brief: items[0] ?? title,
    parts: [{ part: 'list', rank: 0, label: 'Changes', items }],
  }
}

function mailSubject(talk: Talk, views: readonly IncidentView[], doc: Doc): string {
  const [view] = views
  if (talk.kind === 'incident' && view !== undefined) return subject(view)
  const over = views.every(({ state }) => state !== 'firing')
  return `${over ? '[RESOLVED]' : '[FIRING]'} ${talk.kind === 'storm' ? 'storm: many clusters at once' : doc.title}`
}
