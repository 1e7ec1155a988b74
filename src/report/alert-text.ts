import type { Alert, Statement } from '../model/effect.ts'
import type { Evidence, Source } from '../model/source.ts'
import { againText, consequenceText, lastedText, sinceText } from './alert-words.ts'
import { labelled, type Sheet, wrap } from './layout.ts'
import { mask } from './mask.ts'
import { plain } from './plain.ts'
import type { ZoneTimes } from './zone.ts'

const EVIDENCE = 5

/** An alert as a block: what is claimed, what is measured, since when, the lines, what to check first; a consequence in short. */
export function alertBlock(alert: Alert, cause: Alert | null, times: ZoneTimes, sheet: Sheet): string {
  const { width } = sheet
  if (alert.status === 'resolved') return resolvedBlock(alert, times, sheet)
  const again = againText(alert, times)
  const title = `${alert.severity.toUpperCase()} ${alert.rule}  ${alert.cluster}${alert.member === null ? '' : `/${alert.member}`}${again === '' ? '' : ` (${again})`}`
  const head = `${times.clock(alert.time)}  ${rule(title, alert, sheet)}\n`
  if (alert.inhibitedBy !== null)
    return `${head}${labelled('', `${alert.summary} (${consequenceText(cause)})`, 10, width)}`
  return [
    head,
    labelled('', alert.summary, 10, width),
    statements('says  ', alert.claims, times, sheet),
    statements('does  ', alert.measures, times, sheet),
    labelled('since ', sinceText(alert, times), 10, width),
    ...alert.evidence.slice(0, EVIDENCE).map((each) => evidenceLine(each, times, sheet)),
    // Commands are to be copied: they are never broken.
    ...alert.remedy.map((command, index) => `          ${index === 0 ? 'check ' : '      '}${command}\n`),
    labelled('more  ', alert.runbook, 10, width),
  ].join('')
}

function rule(title: string, alert: Alert, { width, paint }: Sheet): string {
  const line = `${title} ${'─'.repeat(Math.max(3, width - 11 - title.length))}`
  return paint(line, alert.severity === 'critical' ? 'red' : alert.severity === 'warning' ? 'yellow' : 'dim')
}

function resolvedBlock(alert: Alert, times: ZoneTimes, { width, paint }: Sheet): string {
  const title = `RESOLVED ${alert.rule}  ${alert.cluster}${alert.member === null ? '' : `/${alert.member}`} ${lastedText(alert)}`
  return `${times.clock(alert.time)}  ${paint(title, 'green')}\n${labelled('', alert.summary, 10, width)}`
}

function statements(label: string, all: readonly Statement[], times: ZoneTimes, { width }: Sheet): string {
  return all
    .map(({ member, time, text }, index) =>
      labelled(index === 0 ? label : '      ', `${member} ${times.clock(time)}: ${plain(mask(text))}`, 10, width),
    )
    .join('')
}

function evidenceLine(evidence: Evidence, times: ZoneTimes, { width, paint }: Sheet): string {
  if (!('source' in evidence))
    return labelled('│ ', `${evidence.metric} = ${evidence.value} at ${times.clock(evidence.time)}`, 10, width)
  const lines = wrap(plain(mask(evidence.text)), width - 12)
  const shown = lines.length > 4 ? [...lines.slice(0, 4), '…'] : lines
  const quoted = shown.map((line) => `          │ ${line}\n`).join('')
  return `${quoted}          ${paint(`└ ${place(evidence.source)}`, 'dim')}\n`
}

/** Where a line stands: `pg-0.log:12`, `logs/3@4711` (topic, partition, offset). */
export function place(source: Source): string {
  return 'file' in source
    ? `${plain(source.file)}:${source.line}`
    : `${source.topic}/${source.partition}@${source.offset}`
}
