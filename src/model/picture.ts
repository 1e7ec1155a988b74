import { type Clock, GRID, type Time } from './clock.ts'
import { bytesBetween, type Lsn } from './lsn.ts'
import {
  type Cluster,
  heardUpTo,
  type Member,
  MOST_TIMES,
  type Moment,
  NEVER,
  type PlannedAction,
  type PlannedKind,
  type Said,
  type SlotState,
  type Streamed,
} from './state.ts'

/**
 * Questions to the picture of a cluster that several rules and facets ask. Positions of two members are compared only
 * when bracketed: the source's newest position at or before the replica's sample.
 */

/** When a member last said something of one of the types; NEVER if it did not. */
export function lastOf(member: Member, ...types: readonly string[]): number {
  let last = NEVER
  for (const type of types) last = Math.max(last, member.said.get(type)?.at ?? NEVER)
  return last
}

/** The latest time a stamp may mean: with `%t` PostgreSQL's stamps have no fraction, and seem to come before their cause. */
export function latestOf(stamp: number): number {
  return stamp % 1_000 === 0 ? stamp + 999 : stamp
}

/**
 * Whether PostgreSQL says that it is up in the very moment in which Patroni still found it not running: without a fraction in
 * PostgreSQL's stamps the two seem to stand the other way round.
 */
export function isJustReady(member: Member, time: number): boolean {
  return time <= latestOf(lastOf(member, 'postgres.ready'))
}

/**
 * Whether a postmaster that started at `start` came after `time`, both epoch ms, when a line told of its start or of the end
 * of the one before: stamps of lines may lack the fraction. False when its start is not known.
 */
export function isBornAfter(start: number | undefined, time: number): boolean {
  return start !== undefined && start > time - 1_000
}

/** What Patroni says of a start, in lines and in `state`, follows PostgreSQL's own lines within so long, ms. */
export const JUST_UP = 5_000

/** Whether PostgreSQL itself has just said that it is up, and not since that it is not: Patroni's `state` may be of before. */
export function isJustUp(member: Member, time: number): boolean {
  if (member.claim.postgres.value !== 'running') return false
  return lastOf(member, 'postgres.ready', 'replication.started') > time - JUST_UP
}

/**
 * When a series of one event began that came after `floor`. What is repeated every few seconds fills the ring of times,
 * which has lost the earlier ones then: `known`, since when the condition is known by other means, counts where it is
 * earlier, or `floor` after that.
 */
export function seriesSince(said: Said, floor: number, known: number): number | undefined {
  const first = said.times.find((time) => time > floor)
  const lost = first === said.times[0] && said.times.length >= MOST_TIMES
  return first !== undefined && lost && known > NEVER ? Math.min(first, Math.max(known, floor)) : first
}

/** Members that count: present, or at least not known to be gone. */
export function membersOf(cluster: Cluster): readonly Member[] {
  return [...cluster.members.values()].filter((member) => member.claim.membership.value !== 'gone')
}

/** The member whose PostgreSQL is proven to be a running primary; the latest proof wins when two claim it. */
export function runningPrimary(cluster: Cluster): Member | undefined {
  let primary: Member | undefined
  for (const member of cluster.members.values())
    if (isRunningPrimary(member) && (primary === undefined || member.primary.since > primary.primary.since))
      primary = member
  return primary
}

/** Whether its PostgreSQL was proven to be a running primary, and nothing said since that it is none. */
export function isRunningPrimary(member: Member): boolean {
  return Number.isNaN(member.primary.ended)
}

/** Whether some member became the running primary after `time`, be it one now or not. */
export function primarySince(cluster: Cluster, time: number): Member | undefined {
  for (const member of cluster.members.values()) if (member.primary.since > time) return member
  return undefined
}

/** When the member was last proven to stream. What that mended is mended, also when it streams no more. */
export function streamingOf({ claim: { replication }, streamed }: Member): Streamed {
  return replication.value === 'streaming' ? replication : streamed
}

/**
 * How long the end of a primary is waited on before it counts, ms: 0 when a line told it. When a sample did, the next
 * sample is due first: at a long scrape interval a restart of seconds looks like an end.
 */
export function patienceWithEnd({ primary, measure }: Member): number {
  const [evidence] = primary.evidence
  return evidence !== undefined && 'metric' in evidence ? 1.5 * measure.spacing : 0
}

/** Whom the member names as leader by a line later than `since`, epoch ms; null when nobody, or itself. */
export function leaderInView({ name, claim: { lockView } }: Member, since: number): string | null {
  const { value, at } = lockView
  return value === 'none' || value === 'unknown' || value === name || at <= since ? null : value
}

/**
 * A member that has come to name another than `name` as leader since `time`, epoch ms: the lock was taken then, also where no line
 * of who took it is here. A view that goes on may be old.
 */
export function namesSuccessor(cluster: Cluster, name: string | null, time: number): Member | undefined {
  return membersOf(cluster).find((member) => {
    const leader = leaderInView(member, time)
    return leader !== null && leader !== name && member.claim.lockView.since > time
  })
}

/** Whether a date is as late as `time`, epoch ms. As long as it is not, what refreshes it asks again: a heartbeat is no news. */
export function hasCome(date: Moment, time: number, clock: Time): boolean {
  if (date.at >= time) return true
  clock.past(date, 0)
  return false
}

/** Who else has taken the leader lock since `time`, epoch ms: what the member said until then of its own hold on it is over. */
export function tookLockSince({ name, cluster: { leader } }: Member, time: number): string | null {
  return leader !== null && leader.name !== name && leader.since > time ? leader.name : null
}

/** Latest word of a member, a line or a sample of it, by event time up to `time`; NEVER without one. */
export function wordOf({ heard, postgresHeard, measure }: Member, time: number): number {
  return Math.max(heard.at, heardUpTo(postgresHeard, time), measure.sampled.at)
}

/** PostgreSQL of a member is no longer looked at when its Patroni has been silent for so long, ms. */
const LOOKED_AT = 10 * 60_000

/**
 * Whether PostgreSQL of a member whose Patroni is silent since `silent` wrote later than `after`, epoch ms. Its lines
 * without a meaning are no news: it is asked again at each point of the grid, for a while.
 */
export function postgresWritesOn(member: Member, silent: Moment | number, after: number, clock: Clock): boolean {
  if (clock.past(silent, LOOKED_AT)) return false
  clock.past(clock.now, GRID)
  return heardUpTo(member.postgresHeard, clock.now) > after
}

/**
 * How far the clock of one member may be ahead of that of another, ms, where it is known to be; 0 where it is not. Known by
 * the arrival of their lines, else by what they say of the DCS when they are read.
 */
export function aheadOf(one: Member, other: Member): number {
  const [a, b] = [clockOf(one), clockOf(other)]
  return a === undefined || b === undefined || a.least <= b.most ? 0 : a.most - b.least
}

function clockOf({ delivery, measure }: Member): Member['measure']['clock'] {
  return delivery === undefined ? measure.clock : { least: -delivery.offset, most: -delivery.offset }
}

/**
 * Whether Patroni told of the member, by its own lines, its answers or a list: a copy of the database under the name of its cluster
 * has none, and writes PostgreSQL's lines only.
 */
export function isOfPatroni({ heard, measure, listed }: Member): boolean {
  return heard.at !== NEVER || measure.sampled.at !== NEVER || listed !== undefined
}

/** Whether a line of the member is here, or a sample later than `since`, epoch ms; of some only others speak. */
export function isHeardOf(cluster: Cluster, name: string, since: number): boolean {
  const member = cluster.members.get(name)
  return member !== undefined && (member.said.size > 0 || member.measure.sampled.at > since)
}

/** Whether nothing but this member of its cluster was ever heard or measured: what others do is unknown. */
export function isHeardAlone({ cluster, name }: Member): boolean {
  return [...cluster.members.keys()].every((other) => other === name || !isHeardOf(cluster, other, NEVER))
}

/** Members that should replicate: everybody but running primaries. */
export function replicasOf(cluster: Cluster): readonly Member[] {
  return membersOf(cluster).filter((member) => !isRunningPrimary(member) && member.claim.role.value !== 'leader')
}

/** Whether nothing was heard or measured of the member for so long, ms. */
export function isSilent({ heard, postgresHeard, measure }: Member, length: number, clock: Time): boolean {
  return [heard, measure.sampled, heardUpTo(postgresHeard, clock.now)].every((word) => clock.past(word, length))
}

/** Whether a member whose heartbeats have a period missed two of them, and nothing else is heard: of what it does now nothing is known. */
export function isMute(member: Member, clock: Time): boolean {
  return member.heartbeat > 0 && isSilent(member, 2.5 * member.heartbeat, clock)
}

/**
 * Source of a replica: its `replicatefrom` member while that one is up, else the running primary, or in a standby
 * cluster the standby leader. Patroni points it at the leader when the key of its upstream has expired, in the next loop.
 */
export function sourceOf(replica: Member, clock: Time): Member | undefined {
  const { cluster, kind } = replica
  const named = kind.replicatefrom === null ? undefined : cluster.members.get(kind.replicatefrom)
  const up = named !== undefined && named !== replica && named.claim.postgres.value === 'running'
  if (up && !isSilent(named, expiry(named), clock)) return named
  const primary = runningPrimary(cluster)
  if (primary !== undefined) return primary === replica ? undefined : primary
  const standbyLeader = [...cluster.members.values()].find((member) => member.claim.role.value === 'standby_leader')
  return standbyLeader === replica ? undefined : standbyLeader
}

/** So long after the last word of an upstream its key has expired, and who followed it follows the leader. */
export function expiry({ cluster: { timings }, measure }: Member): number {
  return Math.max(timings.ttl + 2 * timings.loopWait, 2 * measure.spacing + 5_000)
}

/**
 * Whose positions a replica's are compared with: its source's, or the running primary's when the source died. Its samples
 * ended while those of the replica go on, and the list of members, which shows a stopped one as stopped, still shows it running.
 */
export function comparedWith(replica: Member, clock: Time): Member | undefined {
  const source = sourceOf(replica, clock)
  const primary = runningPrimary(replica.cluster)
  return source !== undefined && primary !== undefined && primary !== replica && fellSilent(source, replica)
    ? primary
    : source
}

function fellSilent({ listed, measure: { sampled, spacing } }: Member, replica: Member): boolean {
  if (replica.measure.sampled.at - sampled.at <= 2 * spacing + MISSED) return false
  return listed !== undefined && listed.at > sampled.at + MISSED && !/stop/.test(listed.view.state)
}

/** A reading that comes late is not missed, ms. */
const MISSED = 5_000

/** Position up to which a member can serve WAL: what it wrote as a primary, what it received as a replica. */
function served(point: Member['measure']['points'][number]): Lsn | undefined {
  return point.write ?? larger(point.receive, point.replay)
}

/** The larger of two positions; the known one, where one is not. */
export function larger(a: Lsn | undefined, b: Lsn | undefined): Lsn | undefined {
  if (a === undefined) return b
  return b === undefined || a > b ? a : b
}

/** A source's newest position at or before `time`, not older than `window` ms. */
export function positionBefore(source: Member, time: number, window: number): { lsn: Lsn; time: number } | undefined {
  const { points } = source.measure
  for (let index = points.length - 1; index >= 0; index--) {
    const point = points[index] as (typeof points)[number]
    if (point.time > time) continue
    if (point.time < time - window) return undefined
    const lsn = served(point)
    if (lsn !== undefined) return { lsn, time: point.time }
  }
  return undefined
}

/** A source's oldest known position at or after `time`. */
function positionAfter(source: Member, time: number): { lsn: Lsn; time: number } | undefined {
  for (const point of source.measure.points) {
    if (point.time < time) continue
    const lsn = served(point)
    if (lsn !== undefined) return { lsn, time: point.time }
  }
  return undefined
}

/** So long, unless it is read more seldom. */
const BRACKET = 120_000
/** Readings of one member so close together count as one. */
const TOGETHER = 500

/** Positions of a source that are older than this, ms, are not compared with a replica's. */
export function bracketOf(source: Member): number {
  return Math.max(BRACKET, 2 * source.measure.spacing + 5_000)
}

/** Which of a replica's positions: all it has (received or replayed), or what it replayed. */
export type Half = 'receive' | 'replay'

/** That position of a replica by its newest readings; undefined: not known. */
export function positionOf(replica: Member, half: Half): Lsn | undefined {
  const { receive, replay } = replica.measure
  return half === 'replay' ? replay.lsn : larger(receive.lsn, replay.lsn)
}

/** Since when a replica's position stands still, by its own samples; what was not read since its start does not stand. */
export function stillSince(replica: Member, half: Half): number {
  const { receive, replay } = replica.measure
  if (positionOf(replica, half) === undefined) return Number.POSITIVE_INFINITY
  return half === 'replay'
    ? replay.since
    : Math.max(receive.since, larger(receive.lsn, replay.lsn) === receive.lsn ? NEVER : replay.since)
}

/**
 * Bytes by which the replica trails its source, bracketed at the replica's newest position; undefined when the two
 * cannot be compared (no position, a newer timeline than the source's, samples too far apart).
 */
export function backlog(replica: Member, source: Member, half: Half = 'replay'): number | undefined {
  const own = positionOf(replica, half)
  if (own === undefined || !comparable(replica, source)) return undefined
  const ahead = positionBefore(source, replica.measure.placed, bracketOf(source))
  return ahead === undefined ? undefined : Math.max(0, bytesBetween(own, ahead.lsn))
}

/** A replica on a newer timeline than its source lies past a fork point that is not known here. */
export function comparable(replica: Member, source: Member): boolean {
  const own = replica.measure.timeline?.value
  const theirs = source.measure.timeline?.value
  return own === undefined || theirs === undefined || own <= theirs
}

/**
 * Bytes the source moved between the begin of a replica's stand-still and the last but one of its positions at or before
 * the replica's newest: what it wrote just before that may be on its way, as when an idle source begins to write.
 */
export function movedMeanwhile(replica: Member, source: Member, half: Half): number | undefined {
  if (!comparable(replica, source)) return undefined
  const begin = positionAfter(source, stillSince(replica, half))
  const end = lastButOne(source, replica.measure.placed)
  if (end === undefined || begin === undefined || end.time < begin.time) return undefined
  return bytesBetween(begin.lsn, end.lsn)
}

/** Bytes the source was ahead of what the replica has now, one reading before; undefined when not comparable. */
export function aheadBefore(replica: Member, source: Member, half: Half): number | undefined {
  const own = positionOf(replica, half)
  const then = lastButOne(source, replica.measure.placed)
  return own === undefined || then === undefined || !comparable(replica, source)
    ? undefined
    : bytesBetween(own, then.lsn)
}

function lastButOne(source: Member, time: number): { lsn: Lsn; time: number } | undefined {
  const last = positionBefore(source, time, bracketOf(source))
  return last === undefined ? undefined : positionBefore(source, last.time - TOGETHER, bracketOf(source))
}

/** The member whose physical slot this is: Patroni names it after the member (`slot_name_from_member_name`). */
export function ownerOfSlot(cluster: Cluster, slot: string): Member | undefined {
  for (const member of cluster.members.values())
    if (member.name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_') === slot) return member
  return undefined
}

/** Slots that some member tells to be missing, or lost; of several such members, the one that said so last. */
export function slotsToldOf(
  cluster: Cluster,
  told: 'missingAt' | 'lostAt',
): ReadonlyMap<string, { member: Member; slot: SlotState }> {
  const slots = new Map<string, { member: Member; slot: SlotState }>()
  for (const member of cluster.members.values())
    for (const [name, slot] of member.slots)
      if (slot[told] > (slots.get(name)?.slot[told] ?? NEVER)) slots.set(name, { member, slot })
  return slots
}

/** Whether the work is about the member of this name, or its whole cluster. */
export function concerns({ member }: PlannedAction, name: string): boolean {
  return member === null || member === name
}

/** Whether the work is of these kinds (any, if none is named) and about the member, or its whole cluster. */
function covers(action: PlannedAction, member: Member, kinds: readonly PlannedKind[]): boolean {
  return concerns(action, member.name) && (kinds.length === 0 || kinds.includes(action.kind))
}

/** Planned work of these kinds (any, if none is named) that covers the member now. */
export function plannedFor(member: Member, clock: Clock, ...kinds: readonly PlannedKind[]): PlannedAction | undefined {
  return member.cluster.planned.find((action) => covers(action, member, kinds) && !clock.past(action.until, 0))
}

/** The members a cascading replica gets its WAL through by its tag, nearest first. */
export function upstreamsOf(member: Member): readonly Member[] {
  const upstreams: Member[] = []
  let next = member.cluster.members.get(member.kind.replicatefrom ?? '')
  while (next !== undefined && next !== member && !upstreams.includes(next)) {
    upstreams.push(next)
    next = member.cluster.members.get(next.kind.replicatefrom ?? '')
  }
  return upstreams
}

/** Whether the work was still under way at `time`: what was lost then was lost to it. */
export function underWay(action: PlannedAction, time: number): boolean {
  return action.since <= time + SAME_MOMENT && action.until >= time && (action.done ?? time) >= time
}

/** Lines of one moment come in any order, by clocks that differ, ms. */
export const SAME_MOMENT = 5_000

/** Planned work of these kinds (any, if none is named) that covers the member at the event time of a line. */
export function busyAt(member: Member, time: number, ...kinds: readonly PlannedKind[]): boolean {
  return member.cluster.planned.some(
    (action) => covers(action, member, kinds) && action.since <= time && action.until >= time,
  )
}

/** Loop wait in force for a member: its learned heartbeat may raise it. */
export function loopOf(member: Member): number {
  return Math.max(member.cluster.timings.loopWait, member.heartbeat)
}

const MIB = 1_048_576

/** A size for sentences: `43 MiB`, `1.5 MiB`, `12 KiB`. */
export function mib(bytes: number): string {
  if (Math.abs(bytes) < MIB / 10) return `${Math.round(bytes / 1024)} KiB`
  return bytes >= 10 * MIB ? `${Math.round(bytes / MIB)} MiB` : `${(bytes / MIB).toFixed(1)} MiB`
}
