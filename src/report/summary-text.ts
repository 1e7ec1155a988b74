import type { MemberSummary, Summary } from '../model/summary.ts'
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
    records(summary, width),
    alerts(summary, times, width),
    '\n',
    ...summary.members.map((member) => memberText(member, times, width)),
    doubts(summary, width),
  ].join('')
}

function range({ from, to }: Summary, times: ZoneTimes): string {
  if (from === null || to === null) return 'nothing with a time of its own was read\n'
  return `${times.full(from)} to ${times.full(to)}, ${duration(to - from)}\n`
}

function records({ records: counts, transitions }: Summary, width: number): string {
  const { total, ...each } = counts
  const parts = Object.entries(each)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
  const read = [`${total} records`, ...(parts.length === 0 ? [] : [parts.join(', ')])].join(': ')
  return labelled('', `${read}; ${transitions} changes of state`, 0, width)
}

/** Whether the input said nothing of any cluster: that no alert fired then means nothing. */
export function saidNothing({ records: { events, samples, late } }: Summary): boolean {
  return events + samples + late === 0
}

function alerts(summary: Summary, times: ZoneTimes, width: number): string {
  const { alerts: counts, open } = summary
  const fired = Object.entries(counts).map(([rule, count]) => (count === 1 ? rule : `${rule} × ${count}`))
  const quiet = saidNothing(summary)
    ? 'no alert fired, since nothing that was read tells of a cluster'
    : 'no alert fired'
  const text = fired.length === 0 ? quiet : `alerts: ${fired.join(', ')}`
  const still = open.map(({ rule, cluster, subject, severity, since, confirmed }) =>
    labelled(
      '',
      `still firing: ${severity} ${rule} ${cluster}/${subject} since ${times.full(since)}, last confirmed ${times.clock(confirmed)}`,
      0,
      width,
    ),
  )
  return labelled('', text, 0, width) + still.join('')
}

function memberText(member: MemberSummary, times: ZoneTimes, width: number): string {
  return labelled(`${member.cluster}/${member.member}  `, atTheEnd(member, times), 0, width)
}

/** What a member was at the end, in words. */
export function atTheEnd({ state }: MemberSummary, times: ZoneTimes): string {
  const parts = SHOWN.flatMap((facet) => {
    const claim = state[facet]
    if (claim === undefined || claim.value === 'unknown' || claim.value === ORDINARY[facet]) return []
    return [`${stateInWords(facet, claim.value)}${claim.since === null ? '' : ` since ${times.clock(claim.since)}`}`]
  })
  return parts.length === 0 ? 'nothing is known of it' : parts.join('; ')
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
