import type { MemberSummary, OpenAlert, Summary } from '../model/summary.ts'
import { subjectText } from './alert-words.ts'
import { duration, labelled, type Sheet } from './layout.ts'
import { mask } from './mask.ts'
import { plain } from './plain.ts'
import { stateInWords } from './words.ts'
import type { ZoneTimes } from './zone.ts'

/** Facets that say who a member is at the end. */
const SHOWN = [
  'role',
  'postgres',
  'replication',
  'upstream',
  'lockView',
  'failsafe',
  'dcs',
  'patroni',
  'paused',
] as const
/** What goes without saying at the end. */
const ORDINARY: Readonly<Record<string, string>> = { paused: 'no' }

/** The end of a replay: what was read, what fired, who was what, what to mistrust. */
export function summaryText(summary: Summary, times: ZoneTimes, sheet: Sheet): string {
  const { width, paint } = sheet
  return [
    `\n${paint('── Summary '.padEnd(60, '─'), 'bold')}\n`,
    range(summary, times),
    labelled('', recordsText(summary), 0, width),
    alerts(summary, times, width),
    '\n',
    ...summary.members.map((member) => memberText(member, summary, times, width)),
    doubts(summary, width),
  ].join('')
}

function range({ from, to }: Summary, times: ZoneTimes): string {
  if (from === null || to === null) return 'nothing with a time of its own was read\n'
  return `${times.full(from)} to ${times.full(to)}, ${duration(to - from)}\n`
}

/** What became of the records: `12 records: 10 events, 2 noise; 3 changes of state`. */
export function recordsText({ records: counts, transitions }: Summary): string {
  const { total, ...each } = counts
  const parts = Object.entries(each)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => counted(count, name))
  const read = [counted(total, 'records'), ...(parts.length === 0 ? [] : [parts.join(', ')])].join(': ')
  return `${read}; ${counted(transitions, 'changes of state')}`
}

/** `2 events`, `1 event`. */
function counted(count: number, of: string): string {
  return `${count} ${count === 1 ? of.replace(/s\b/, '') : of}`
}

/** Rules that fired, and how often: `replica-stalled × 2, no-leader`; empty when none did. */
export function firedText({ alerts }: Summary): string {
  return Object.entries(alerts)
    .map(([rule, count]) => (count === 1 ? rule : `${rule} × ${count}`))
    .join(', ')
}

/** Since when an alert fires that did not end, and how well that is known. */
export function openText({ since, confirmed }: OpenAlert, times: ZoneTimes): string {
  return `since ${times.full(since)}, last confirmed ${times.clock(confirmed)}`
}

/** Whether the input said nothing of any cluster: that no alert fired then means nothing. */
export function saidNothing({ records: { events, samples, late } }: Summary): boolean {
  return events + samples + late === 0
}

function alerts(summary: Summary, times: ZoneTimes, width: number): string {
  const fired = firedText(summary)
  const quiet = saidNothing(summary)
    ? 'no alert fired, since nothing that was read tells of a cluster'
    : 'no alert fired'
  const text = fired === '' ? quiet : `alerts: ${fired}`
  const still = summary.open.map((open) => {
    const { severity, rule } = open
    return labelled('', `still firing: ${severity} ${rule} ${subjectText(open)} ${openText(open, times)}`, 0, width)
  })
  return labelled('', text, 0, width) + still.join('')
}

function memberText(member: MemberSummary, all: Ending, times: ZoneTimes, width: number): string {
  return labelled(`${member.cluster}/${member.member}  `, atTheEnd(member, all, times), 0, width)
}

/** All members at the end, and what is still wrong. */
type Ending = Pick<Summary, 'members' | 'open'>

/** What a member was at the end, in words. */
export function atTheEnd(member: MemberSummary, all: Ending, times: ZoneTimes): string {
  const before = isSucceeded(member, all)
  const parts = SHOWN.flatMap((facet) => {
    const claim = member.state[facet]
    if (claim === undefined || claim.value === 'unknown' || claim.value === ORDINARY[facet]) return []
    const since = claim.since === null ? '' : ` since ${times.clock(claim.since)}`
    const words = `${stateInWords(facet, claim.value)}${since}`
    return [facet === 'role' && before ? `${words.replace(/^is /, 'was ')} by its own last word` : words]
  })
  return parts.length === 0 ? 'nothing is known of it' : parts.join('; ')
}

const LEADING = new Set(['leader', 'standby_leader'])

/** Whether another one became the leader after it, and nothing says that both lead now: its role is but its own last word. */
function isSucceeded({ cluster, state }: MemberSummary, { members, open }: Ending): boolean {
  const { role } = state
  if (role === undefined || !LEADING.has(role.value)) return false
  if (open.some((alert) => alert.rule === 'two-leaders' && alert.cluster === cluster)) return false
  return members.some((other) => {
    const their = other.cluster === cluster ? other.state.role : undefined
    return their !== undefined && LEADING.has(their.value) && (their.since ?? 0) > (role.since ?? 0)
  })
}

function doubts(summary: Summary, width: number): string {
  const lines = doubtsOf(summary).map(({ label, text }) => labelled(`${label}: `, text, 0, width))
  return lines.length === 0 ? '' : `\n${lines.join('')}`
}

/** What to mistrust of the input, a line each. */
export function doubtsOf({ unrecognised, problems, inputs }: Summary): { label: string; text: string }[] {
  return [
    ...problems.map(({ file, problem }) => ({ label: 'input', text: `${plain(file)}: ${plain(problem)}` })),
    ...unrecognised.map(({ program, count, samples }) => ({
      label: 'not understood',
      text: `${count} of ${program}, such as ${plain(mask(samples[0] ?? '')).slice(0, 120)}`,
    })),
    ...zonesOf(inputs),
    ...inputs
      .filter(({ basis }) => basis === 'pod name')
      .map(({ file, cluster }) => ({
        label: 'guess',
        text: `${plain(file)} belongs to ${cluster}, by the name of its pod`,
      })),
  ]
}

/** Zones that were learned; the parts of one file may differ. */
function zonesOf(inputs: Summary['inputs']): { label: string; text: string }[] {
  const texts = inputs.flatMap(({ file, zone, journalZone }) => [
    ...(zone === undefined
      ? []
      : [`times of ${plain(file)} that name no zone are read as ${zone}, as those that name one tell`]),
    ...(journalZone === undefined
      ? []
      : [`the journal's own times in ${plain(file)} are read as ${journalZone}, as the lines in it tell`]),
  ])
  return [...new Set(texts)].map((text) => ({ label: 'zone', text }))
}
