import { GRID } from '../model/clock.ts'
import type { Effect } from '../model/effect.ts'
import { EVENT_TYPES } from '../model/event-type.ts'
import type { Facet } from '../model/facet.ts'
import type { Entry } from '../model/record.ts'
import { type Cluster, hear, type Member } from '../model/state.ts'
import { Folding } from './fold.ts'
import { type EngineCounts, lineFolder } from './fold-line.ts'
import { foldReading } from './fold-reading.ts'
import { forget } from './forget.ts'
import { gridOf } from './grid.ts'
import { type Hold, hold } from './hold.ts'
import type { ActiveRule } from './life.ts'
import { keepLine, type Observation } from './observation.ts'
import { roster } from './roster.ts'
import type { Texts } from './seen.ts'
import { clusterState, type EngineState, entriesByKey, fixed, heldState, restoredCluster } from './snapshot.ts'
import { type ClusterDefaults, newCluster } from './state.ts'

export interface EngineConfig {
  readonly facets: readonly Facet[]
  /** All rules that are on, with their parameters for a cluster. */
  readonly rulesFor: (cluster: string) => readonly ActiveRule[]
  /** Event types of the recogniser, by typeId. */
  readonly types: readonly string[]
  readonly texts: Texts
  readonly defaultsOf: (cluster: string) => ClusterDefaults | undefined
  /** Whether events of a type are wanted as effects; none is when it is not given. */
  readonly wanted?: (type: string) => boolean
  /** For tests: every rule is asked about every cluster at every grid point, whether or not anything changed. */
  readonly checkAll?: boolean
  readonly emit: (effect: Effect) => void
}

/**
 * The engine: holds observations until the watermark, releases them in event-time order, folds them into the members'
 * state, checks the rules on the grid, and leads the alerts through their lives. Deterministic: time enters only as
 * input, and the same inputs give the same effects.
 */
export interface Engine {
  cluster(name: string): Cluster
  member(cluster: Cluster, name: string): Member
  /** A pooled observation to fill and hand back by `observe`. */
  take(): Observation
  /** Takes it in. False when the same was there already: a line or reading that arrived twice. */
  observe(observation: Observation): boolean
  /** As `observe`, for a line in time that was said before but for its stamp, which stands at `from` of `bytes`. */
  readonly echo: Hold['echo']
  /** Notes that a member was heard, by a line that means nothing: it need not wait for its turn. */
  heard(member: Member | null, time: number, unrecognised: boolean): void
  /** Input is complete up to this event time (epoch ms): everything up to it is decided. */
  advance(watermark: number): void
  /**
   * Forgets a cluster, or one member of it, by its full name, as of an event time up to which all is decided: alerts of it
   * end as forgotten, and it is gone until its own word is heard again. A name of nobody known changes nothing.
   */
  forget(name: string, time: number): void
  readonly counts: EngineCounts
  /** The last point of the grid at which was decided, epoch ms; NaN before the first observation. */
  closed(): number
  readonly clusters: ReadonlyMap<string, Cluster>
  /** All it knows, as plain data; `entries` are those of the recogniser. What it holds goes on living: pack it at once. */
  snapshot(entries: readonly Entry[]): EngineState
  /** Makes a new engine know what `snapshot` gave; it must not have been given anything before. */
  restore(state: EngineState, entries: readonly Entry[]): void
}

export function engine(config: EngineConfig): Engine {
  const known = roster(config.defaultsOf, (cluster) => grid.add(cluster))
  const { join } = known
  const folding = new Folding(emit, known.member)
  const grid = gridOf(config, folding, emit)
  const lines = lineFolder(config, folding, join, emit)
  const held = hold(newCluster(''), precedence)
  const { counts } = lines
  let pending: Effect[] = []

  function emit(effect: Effect): void {
    pending.push(effect)
  }

  function release(observation: Observation): void {
    const { member, reading } = observation
    if (observation.due > folding.decided) folding.decided = observation.due
    if (member !== null) join(member)
    if (reading === null) lines.fold(observation)
    else if (member !== null) foldReading(config.facets, member, reading, folding)
    held.release(observation)
  }

  /** Takes in the earliest if it is a heartbeat that brings nothing new. */
  function echoes(): boolean {
    if (!held.echoed() || !lines.echo(held.repeated)) return false
    held.drop()
    return true
  }

  function flush(): void {
    const effects = pending
    pending = []
    effects.sort(byTime)
    for (const effect of effects) config.emit(effect)
  }

  return {
    cluster: known.cluster,
    member: known.named,
    take: () => held.take(),
    heard(member, time, unrecognised) {
      if (unrecognised) counts.unrecognised++
      else counts.noise++
      if (member === null) return
      join(member)
      hear(member.postgresHeard, time)
      if (time < member.firstSeen || member.firstSeen === Number.NEGATIVE_INFINITY) member.firstSeen = time
    },
    observe: (observation) => held.place(observation),
    echo: held.echo,
    advance(watermark) {
      for (let due = held.due(); due <= watermark; due = held.due()) {
        if (Number.isNaN(grid.next)) grid.next = Math.ceil(due / GRID) * GRID
        if (due > grid.next) grid.close(due - 1, flush)
        if (!echoes()) release(held.shift())
      }
      if (!Number.isNaN(grid.next) && Number.isFinite(watermark)) grid.close(watermark, flush)
      flush()
    },
    forget(name, time) {
      const found = known.find(name)
      if (found === undefined) return
      folding.time = time
      folding.decided = Math.max(folding.decided, time)
      forget(found.cluster, found.member, folding.decided, folding, emit)
      flush()
    },
    snapshot(entries) {
      return {
        version: 1,
        grid: grid.next,
        decided: folding.decided,
        counts: { ...counts },
        clusters: [...known.clusters.values()].map((cluster) => clusterState(cluster, entries)),
        announced: known.announced(),
        held: [...held.all()].map(heldState),
      }
    },
    restore(state, entries) {
      const byKey = entriesByKey(entries)
      for (const each of state.clusters) {
        known.restore(restoredCluster(each, config.facets, config.defaultsOf(each.name), config.texts, byKey))
      }
      for (const [cluster, member] of state.announced) known.named(known.cluster(cluster), member)
      for (const each of state.held) restoreHeld(each, byKey)
      Object.assign(counts, state.counts)
      grid.next = state.grid
      folding.decided = state.decided
    },
    counts,
    closed: () => grid.next - GRID,
    clusters: known.clusters,
  }

  function restoreHeld(state: EngineState['held'][number], entries: ReadonlyMap<string, Entry>): void {
    const { bytes, from, to, source, member, entry, holes, ...fields } = state
    const observation = held.take()
    const cluster = known.cluster(fields.cluster)
    const found = entry === null ? null : (entries.get(entry) ?? null)
    Object.assign(observation, fields, { cluster, entry: found, origin: fixed(source), line: 0, index: 0 })
    observation.member = member === null ? null : known.named(cluster, member)
    const line = { bytes, from, to, messageFrom: 0, messageTo: bytes.length }
    keepLine(observation, line, Int32Array.from(holes), holes.length / 2)
    held.place(observation)
  }
}

function byTime(a: Effect, b: Effect): number {
  return a.time - b.time
}

/** Up to a running PostgreSQL: stamps without a fraction put a whole restart into one moment, and the heartbeat after it. */
const RESTART: readonly string[] = [
  'postgres.shutdown',
  'postgres.crashed',
  'postgres.down',
  'postgres.crash-recovery',
  'postgres.starting',
  'postgres.ready',
]
const ORDER = new Map(
  [...RESTART, ...EVENT_TYPES.filter((type) => !RESTART.includes(type))].map((type, index) => [type, index]),
)

/** What the source answers a receiver that has just started: it comes after the start, often within its millisecond. */
const ANSWERS = new Set(['replication.wal-missing', 'timeline.diverged'])

/** Precedence of event types at equal time: an end comes before the beginning that follows it. */
function precedence(type: string): number {
  if (ANSWERS.has(type)) return ORDER.size + 2
  return type === 'replication.started' ? ORDER.size + 1 : (ORDER.get(type) ?? ORDER.size)
}
