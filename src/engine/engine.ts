import type { Effect, EventEffect } from '../model/effect.ts'
import { EVENT_TYPES, illustrates } from '../model/event-type.ts'
import type { Facet } from '../model/facet.ts'
import type { Entry } from '../model/record.ts'
import type { Reading } from '../model/sample.ts'
import { type Cluster, hear, type Member } from '../model/state.ts'
import { echoesBeat, learnBeat, repeatsBeat } from './beats.ts'
import { CheckClock } from './clock.ts'
import { Folding, type Listener, listeners } from './fold.ts'
import { forget } from './forget.ts'
import { type Hold, hold } from './hold.ts'
import { type ActiveRule, advance, confirm, endOfGone } from './life.ts'
import { measureSample, touch } from './measure.ts'
import { keepLine, MOST_HOLES, type Observation } from './observation.ts'
import { SaidLine, SeenLine, type Texts } from './seen.ts'
import { clusterState, type EngineState, entriesByKey, fixed, heldState, restoredCluster } from './snapshot.ts'
import { type ClusterDefaults, newCluster, newMember } from './state.ts'

/** Decisions are taken on a grid of event time, so that two runs agree. */
export const GRID = 5_000

export interface EngineConfig {
  readonly facets: readonly Facet[]
  /** All rules that are on, with their parameters for a cluster. */
  readonly rulesFor: (cluster: string) => readonly ActiveRule[]
  /** Event types of the recogniser, by typeId. */
  readonly types: readonly string[]
  readonly texts: Texts
  readonly defaultsOf: (cluster: string) => ClusterDefaults | undefined
  /** Whether events are wanted as effects. */
  readonly events: boolean
  /** For tests: every rule is asked about every cluster at every grid point, whether or not anything changed. */
  readonly checkAll?: boolean
  readonly emit: (effect: Effect) => void
}

/** What the engine counted of the observations it was given. */
export interface EngineCounts {
  events: number
  noise: number
  unrecognised: number
  late: number
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
  readonly clusters: ReadonlyMap<string, Cluster>
  /** All it knows, as plain data; `entries` are those of the recogniser. What it holds goes on living: pack it at once. */
  snapshot(entries: readonly Entry[]): EngineState
  /** Makes a new engine know what `snapshot` gave; it must not have been given anything before. */
  restore(state: EngineState, entries: readonly Entry[]): void
}

/** The rules of a cluster, and when each has to be asked again though nothing changed; Infinity: never. */
interface Asked {
  readonly rules: readonly ActiveRule[]
  readonly deadlines: Float64Array
  /** Whether the next check asks all of them. */
  all: boolean
}

/** At first, and after a restart, all are asked. */
function asking(rules: readonly ActiveRule[]): Asked {
  return { rules, deadlines: new Float64Array(rules.length), all: true }
}

/** Repeated by every healthy member all day; they change nothing unless what they say changes. */
const STEADY = new Set(['leader.confirmed', 'follower.confirmed', 'lock.owner-seen'])

export function engine(config: EngineConfig): Engine {
  const clusters = new Map<string, Cluster>()
  const counts: EngineCounts = { events: 0, noise: 0, unrecognised: 0, late: 0 }
  const held = hold(newCluster(''), precedence)
  const seen = new SeenLine(config.texts)
  const clock = new CheckClock()
  const handlers = listeners(config.facets, config.types)
  const steady = config.types.map((type) => STEADY.has(type))
  const ownerSeen = config.types.indexOf('lock.owner-seen')
  const illustrating = config.types.map(illustrates)
  const expiring = config.facets.flatMap(({ expire }) => (expire === undefined ? [] : [expire]))
  const beating = config.facets.flatMap(({ beat }) => (beat === undefined ? [] : [beat]))
  const folding = new Folding(emit, memberOf)
  const checkAll = config.checkAll ?? false
  const active = new Map<Cluster, Asked>()
  /** Members named by what waits for its turn. */
  const announced = new Map<Cluster, Map<string, Member>>()
  let pending: Effect[] = []
  let grid = Number.NaN

  function emit(effect: Effect): void {
    pending.push(effect)
  }

  function clusterOf(name: string): Cluster {
    let cluster = clusters.get(name)
    if (cluster === undefined) {
      cluster = newCluster(name, config.defaultsOf(name))
      clusters.set(name, cluster)
      active.set(cluster, asking(config.rulesFor(name)))
    }
    return cluster
  }

  function memberOf(cluster: Cluster, name: string): Member {
    const member = named(cluster, name)
    join(member)
    return member
  }

  /** A member as outsiders name it: it joins its cluster when its first line or reading has its turn, not when it arrives. */
  function named(cluster: Cluster, name: string): Member {
    const known = cluster.members.get(name) ?? announced.get(cluster)?.get(name)
    if (known !== undefined) return known
    const member = newMember(cluster, name, config.defaultsOf(cluster.name)?.members[name])
    announce(member)
    return member
  }

  function announce(member: Member): void {
    const waiting = announced.get(member.cluster)
    if (waiting === undefined) announced.set(member.cluster, new Map([[member.name, member]]))
    else waiting.set(member.name, member)
  }

  function join(member: Member): void {
    const waiting = announced.get(member.cluster)
    if (waiting?.delete(member.name) !== true) return
    if (waiting.size === 0) announced.delete(member.cluster)
    member.cluster.members.set(member.name, member)
  }

  function foldLine(observation: Observation): void {
    const { member, entry, time } = observation
    count(observation)
    if (config.events && entry !== null && observation.late === 0) emit(eventOf(observation, entry))
    if (member === null) {
      foldClusterLine(observation)
      return
    }
    hearMember(member, time, observation.program)
    if (entry === null || entry.type === 'noise') return
    folding.time = time
    const { typeId } = entry
    const known = saidOf(observation, member, entry.type)
    if (known !== undefined && steady[typeId] === true && repeatsBeat(known, member, observation, entry)) {
      if (typeId !== ownerSeen) beat(member, time)
      return
    }
    seen.move(observation, member)
    const said = note(member, observation, entry, known)
    const listening = handlers[typeId] as readonly Listener[]
    for (let index = 0; index < listening.length; index++) listening[index]?.(seen, folding)
    if (steady[typeId] !== true) {
      if (listening.length > 0) member.cluster.changes++
    } else if (said !== null) learnBeat(said, member, time)
  }

  function beat(member: Member, time: number): void {
    for (let index = 0; index < beating.length; index++) beating[index]?.(member, time)
  }

  /** Takes in the earliest if it is a heartbeat that brings nothing new; false when it has to be folded in full. */
  function foldEcho(): boolean {
    if (config.events || !held.echoed()) return false
    const { repeated } = held
    const { member, entry, said } = repeated.words
    if (member === null || entry === null || said === null || steady[entry.typeId] !== true) return false
    if (!echoesBeat(said as SaidLine, member, entry, repeated)) return false
    const { time } = repeated
    if (time > folding.decided) folding.decided = time
    if (announced.size > 0) join(member)
    counts.events++
    hearMember(member, time, entry.program)
    folding.time = time
    if (entry.typeId !== ownerSeen) beat(member, time)
    held.drop()
    return true
  }

  /** What the member said of this type last; a line that is repeated leads there without a look at the type. */
  function saidOf({ words }: Observation, member: Member, type: string): SaidLine | undefined {
    if (words !== null && words.said !== null) return words.said as SaidLine
    const said = member.said.get(type) as SaidLine | undefined
    if (words !== null && said !== undefined) words.said = said
    return said
  }

  function foldClusterLine(observation: Observation): void {
    if (observation.entry === null) return
    folding.time = observation.time
    seen.move(observation, observation.member as unknown as Member)
    for (const facet of config.facets) facet.clusterLine?.(observation.cluster, seen, folding)
  }

  function count(observation: Observation): void {
    if (observation.late > 0) {
      counts.late++
      emitLate(observation)
    } else if (observation.entry === null) counts.unrecognised++
    else if (observation.entry.type === 'noise') counts.noise++
    else counts.events++
  }

  function emitLate(observation: Observation): void {
    const { cluster, member, origin, line, index, time, late } = observation
    const folded = member !== null && time >= member.heard.at
    emit({
      kind: 'late',
      time: Math.max(time, folding.decided),
      cluster: cluster.name,
      member: member?.name ?? null,
      source: origin.at(line, index),
      by: late,
      folded,
    })
  }

  function hearMember(member: Member, time: number, program: Observation['program']): void {
    if (member.firstSeen > time || member.firstSeen === Number.NEGATIVE_INFINITY) member.firstSeen = time
    if (program === 'patroni') touch(member.heard, time, member)
    else hear(member.postgresHeard, time)
    touch(member.cluster.heard, time, member)
  }

  /** Remembers the latest occurrence; asks for a check unless it only repeats what a healthy member repeats. */
  function note(member: Member, observation: Observation, entry: Entry, known: SaidLine | undefined): SaidLine | null {
    const said = known ?? new SaidLine(config.texts)
    if (known === undefined) member.said.set(entry.type, said)
    else if (observation.time < said.at) return null
    const again = steady[entry.typeId] === true && said.entryId === entry.id && said.saysTheSame(observation)
    if (!again) {
      said.changes = -1
      said.params = seen.params()
      if (steady[entry.typeId] === true) said.holes = new Int32Array(2 * Math.min(entry.holes.length, MOST_HOLES))
      said.entryId = entry.id
      said.paused = observation.paused
    }
    if ((!again && illustrating[entry.typeId] !== true) || said.watched) {
      said.watched = false
      member.cluster.dirty = true
    }
    said.note(observation)
    return said
  }

  function foldReading(member: Member, reading: Reading): void {
    folding.time = reading.time
    if (member.firstSeen === Number.NEGATIVE_INFINITY) member.firstSeen = reading.time
    if (reading.kind !== 'delivery') {
      member.cluster.dirty = true
      member.cluster.changes++
      touch(member.cluster.heard, reading.time, member)
    }
    if (reading.kind === 'sample' && !measureSample(member, reading)) return
    for (const facet of config.facets) readBy(facet, member, reading)
  }

  function readBy(facet: Facet, member: Member, reading: Reading): void {
    if (reading.kind === 'sample') facet.sample?.(member, reading, folding)
    else if (reading.kind === 'cluster-view') facet.view?.(member, reading, folding)
    else if (reading.kind === 'settings') facet.settings?.(member, reading, folding)
    else if (reading.kind === 'poll-failure') facet.failure?.(member, reading, folding)
    else facet.delivery?.(member, reading, folding)
  }

  function eventOf(observation: Observation, entry: Entry): EventEffect {
    seen.move(observation, observation.member as Member)
    return {
      kind: 'event',
      time: observation.time,
      cluster: observation.cluster.name,
      member: observation.member?.name ?? null,
      type: entry.type,
      level: observation.level,
      text: seen.text(),
      params: seen.params(),
      source: observation.origin.at(observation.line, observation.index),
      program: observation.program,
    }
  }

  function release(observation: Observation): void {
    if (observation.due > folding.decided) folding.decided = observation.due
    if (announced.size > 0 && observation.member !== null) join(observation.member)
    if (observation.reading === null) foldLine(observation)
    else if (observation.member !== null) foldReading(observation.member, observation.reading)
    held.release(observation)
  }

  /** Closes every grid point up to `time`, jumping over the time in which nothing is due. */
  function closeGrids(time: number): void {
    const last = Math.floor(time / GRID) * GRID
    while (grid <= last) {
      for (const cluster of clusters.values())
        if (checkAll || cluster.dirty || cluster.expiry <= grid || cluster.deadline <= grid) check(cluster, grid)
      flush()
      grid += GRID
      if (checkAll) continue
      const due = earliestDeadline(clusters)
      if (due > grid) grid = Math.min(Math.ceil(due / GRID) * GRID, last + GRID)
    }
  }

  /** Lets time pass for the facets; the rules are asked only when that, or anything before, changed the picture. */
  function check(cluster: Cluster, now: number): void {
    clock.start(now)
    folding.time = now
    folding.decided = now
    for (const member of cluster.members.values())
      for (let index = 0; index < expiring.length; index++) expiring[index]?.(member, clock, folding)
    cluster.expiry = clock.deadline
    if (!checkAll && !cluster.dirty && cluster.deadline > now) return
    clock.start(now)
    cluster.deadline = ask(cluster, active.get(cluster) as Asked, now)
    cluster.dirty = false
  }

  /** Asks the rules: all when the picture changed, else those that wait for a deadline. Gives the earliest one. */
  function ask(cluster: Cluster, asked: Asked, now: number): number {
    const { rules, deadlines } = asked
    let all = checkAll || cluster.dirty || asked.all
    asked.all = false
    let earliest = Number.POSITIVE_INFINITY
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as ActiveRule
      if (all || (deadlines[index] as number) < Number.POSITIVE_INFINITY) {
        clock.start(now)
        const changed = advance(cluster, rule, rule.rule.check(cluster, clock, rule.params), clock, emit)
        deadlines[index] = clock.deadline
        // Whoever was asked before it sees what changed in the next check.
        if (changed) all = asked.all = true
      } else confirm(cluster, rule, now)
      earliest = Math.min(earliest, deadlines[index] as number)
    }
    if (endOfGone(cluster, clock, emit)) asked.all = true
    return earliest
  }

  function flush(): void {
    const effects = pending
    pending = []
    effects.sort(byTime)
    for (const effect of effects) config.emit(effect)
  }

  /** Names of clusters have slashes too: the last part is a member where the whole is no cluster. */
  function ownerOf(name: string): { readonly cluster: Cluster; readonly member: string | null } | undefined {
    const whole = clusters.get(name)
    if (whole !== undefined) return { cluster: whole, member: null }
    const slash = name.lastIndexOf('/')
    const cluster = slash < 0 ? undefined : clusters.get(name.slice(0, slash))
    return cluster === undefined ? undefined : { cluster, member: name.slice(slash + 1) }
  }

  return {
    cluster: clusterOf,
    member: named,
    take: () => held.take(),
    heard(member, time, unrecognised) {
      if (unrecognised) counts.unrecognised++
      else counts.noise++
      if (member === null) return
      if (announced.size > 0) join(member)
      hear(member.postgresHeard, time)
      if (time < member.firstSeen || member.firstSeen === Number.NEGATIVE_INFINITY) member.firstSeen = time
    },
    observe: (observation) => held.place(observation),
    echo: held.echo,
    advance(watermark) {
      for (let due = held.due(); due <= watermark; due = held.due()) {
        if (Number.isNaN(grid)) grid = Math.ceil(due / GRID) * GRID
        if (due > grid) closeGrids(due - 1)
        if (!foldEcho()) release(held.shift())
      }
      if (!Number.isNaN(grid) && Number.isFinite(watermark)) closeGrids(watermark)
      flush()
    },
    forget(name, time) {
      const found = ownerOf(name)
      if (found === undefined) return
      folding.time = time
      folding.decided = Math.max(folding.decided, time)
      forget(found.cluster, found.member, folding.decided, folding, emit)
      flush()
    },
    snapshot(entries) {
      return {
        version: 1,
        grid,
        decided: folding.decided,
        counts: { ...counts },
        clusters: [...clusters.values()].map((cluster) => clusterState(cluster, entries)),
        announced: [...announced].flatMap(([{ name }, members]) =>
          [...members.keys()].map((of) => [name, of] as const),
        ),
        held: [...held.all()].map(heldState),
      }
    },
    restore(state, entries) {
      const byKey = entriesByKey(entries)
      for (const each of state.clusters) {
        const cluster = restoredCluster(each, config.defaultsOf(each.name), config.texts, byKey)
        clusters.set(cluster.name, cluster)
        active.set(cluster, asking(config.rulesFor(cluster.name)))
      }
      for (const [cluster, member] of state.announced) named(clusterOf(cluster), member)
      for (const each of state.held) restoreHeld(each, byKey)
      Object.assign(counts, state.counts)
      grid = state.grid
      folding.decided = state.decided
    },
    counts,
    clusters,
  }

  function restoreHeld(state: EngineState['held'][number], entries: ReadonlyMap<string, Entry>): void {
    const { bytes, from, to, source, member, entry, holes, ...fields } = state
    const observation = held.take()
    const cluster = clusterOf(fields.cluster)
    const known = entry === null ? null : (entries.get(entry) ?? null)
    Object.assign(observation, fields, { cluster, entry: known, origin: fixed(source), line: 0, index: 0 })
    observation.member = member === null ? null : named(cluster, member)
    const line = { bytes, from, to, messageFrom: 0, messageTo: bytes.length }
    keepLine(observation, line, Int32Array.from(holes), holes.length / 2)
    held.place(observation)
  }
}

function byTime(a: Effect, b: Effect): number {
  return a.time - b.time
}

function earliestDeadline(clusters: ReadonlyMap<string, Cluster>): number {
  let earliest = Number.POSITIVE_INFINITY
  for (const cluster of clusters.values())
    earliest = Math.min(earliest, cluster.dirty ? 0 : Math.min(cluster.expiry, cluster.deadline))
  return earliest
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
