import type { Engine } from '../engine/engine.ts'
import type { LearnedZones } from '../ingest/learned-zone.ts'
import type { InputFile, InputSequence } from '../io/files/input.ts'
import { graverFirst } from '../model/effect.ts'
import type { Cluster, Member } from '../model/state.ts'
import type { InputSummary, MemberSummary, OpenAlert, Summary } from '../model/summary.ts'
import type { Known } from './identity.ts'
import type { MetricRange } from './prometheus-source.ts'
import type { Tally } from './tally.ts'
import type { Told } from './told.ts'
import type { KnownRange } from './topics/known.ts'

export interface SummaryInputs {
  readonly homes: ReadonlyMap<InputSequence, Known>
  readonly captures: readonly InputFile[]
  readonly ranges: readonly MetricRange[]
  readonly topics: readonly KnownRange[]
  readonly zone: string
}

/** What was read, what became of it, and who was what at the end. */
export function summarise(core: Engine, counts: Tally, told: Told, inputs: SummaryInputs): Summary {
  const known = Number.isFinite(counts.to)
  const clusters = [...core.clusters.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    kind: 'summary',
    time: known ? counts.to : null,
    from: known ? counts.from : null,
    to: known ? counts.to : null,
    zone: inputs.zone,
    records: recordsOf(core, counts),
    unrecognised: [...counts.unrecognisedBy].map(([program, { count, samples }]) => ({ program, count, samples })),
    transitions: told.transitions,
    alerts: told.alerts,
    open: openAlerts([core]),
    inputs: [
      ...homesOf(inputs),
      ...inputs.captures.map(({ name }) => ({ file: name, cluster: null, member: null, basis: 'capture' })),
      ...inputs.ranges.map(({ access }) => ({ file: access.url, cluster: null, member: null, basis: 'prometheus' })),
      ...inputs.topics.map(topicSummary),
    ],
    problems: told.problems,
    members: clusters.flatMap(membersOf),
  }
}

function recordsOf(core: Engine, counts: Tally): Summary['records'] {
  const { events, late } = core.counts
  const noise = core.counts.noise + counts.markup
  const { continuation, duplicate, empty, rejected, samples } = counts
  const unrecognised = core.counts.unrecognised + counts.bare
  const total = events + samples + noise + continuation + unrecognised + rejected + duplicate + late + empty
  return { total, events, samples, noise, continuation, unrecognised, rejected, duplicate, late, empty }
}

function homesOf({ homes }: SummaryInputs): readonly InputSummary[] {
  return [...homes].flatMap(([sequence, { cluster, member, basis, zones }]) =>
    sequence.files.map((file) => ({ file: file.name, cluster, member, basis, ...said(zones) })),
  )
}

function said({ zone, journal }: LearnedZones): Pick<InputSummary, 'zone' | 'journalZone'> {
  return { ...(zone === null ? {} : { zone }), ...(journal === null ? {} : { journalZone: journal }) }
}

function topicSummary({ range, cluster, named, member, basis }: KnownRange): InputSummary {
  const [only, ...others] = named
  const known = cluster ?? (others.length === 0 ? (only ?? null) : null)
  return {
    file: `kafka:${range.topic}/${range.partition}`,
    cluster: known,
    member,
    basis: range.source.kind === 'metrics' ? 'metrics' : basis,
  }
}

/** Of each cluster, by name, the graver first, then the older. What holds was found so up to the last point of the grid. */
export function openAlerts(engines: readonly Engine[]): readonly OpenAlert[] {
  return engines
    .flatMap((core) => [...core.clusters.values()].map((cluster) => ({ cluster, closed: core.closed() })))
    .sort((a, b) => (a.cluster.name < b.cluster.name ? -1 : 1))
    .flatMap(({ cluster, closed }) => openIn(cluster, closed))
}

function openIn(cluster: Cluster, closed: number): readonly OpenAlert[] {
  return [...cluster.alerts]
    .sort(([one, a], [other, b]) => graverFirst(a, b) || a.since - b.since || (one < other ? -1 : 1))
    .map(([, life]) => life)
    .filter((life) => life.state === 'firing' && life.last !== null && life.last.endsAt === null)
    .map(({ rule, subject, severity, since, holds, confirmed }) => ({
      rule,
      cluster: cluster.name,
      subject,
      severity,
      since,
      confirmed: holds ? closed : confirmed,
    }))
}

export function membersOf(cluster: Cluster): readonly MemberSummary[] {
  return [...cluster.members.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((member) => ({ cluster: cluster.name, member: member.name, state: stateOf(member) }))
}

function stateOf(member: Member): MemberSummary['state'] {
  return Object.fromEntries(
    Object.entries(member.claim).map(([facet, { value, since }]) => [
      facet,
      { value, since: Number.isFinite(since) ? since : null },
    ]),
  )
}
