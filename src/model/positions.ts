import { timeOf } from './clock.ts'
import { bytesBetween, type Lsn } from './lsn.ts'
import { type Member, NEVER } from './state.ts'
import { sourceOf } from './wal-source.ts'

/**
 * How far a replica is, and how far behind its source. Positions of two members are compared only when bracketed: the source's
 * newest position at or before the replica's sample.
 */

/** Positions of a source that are older than this, ms, are not compared with a replica's, unless it is read more seldom. */
const BRACKET = 120_000

/** Position up to which a member can serve WAL: what it wrote as a primary, what it received as a replica. */
function served(point: Member['measure']['points'][number]): Lsn | undefined {
  return point.write ?? larger(point.receive, point.replay)
}

/** The larger of two positions; the known one, where one is not. */
export function larger(a: Lsn | undefined, b: Lsn | undefined): Lsn | undefined {
  if (a === undefined) return b
  return b === undefined || a > b ? a : b
}

/** A source's newest position at or before `time`; undefined when that is too old to be compared with. */
export function positionBefore(source: Member, time: number): { lsn: Lsn; time: number } | undefined {
  const { points, spacing } = source.measure
  const window = Math.max(BRACKET, 2 * spacing + 5_000)
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

/** Readings of one member so close together, ms, count as one. */
export const TOGETHER = 500

/** Which of a replica's positions: all it has (received or replayed), or what it replayed. */
export type Half = 'receive' | 'replay'

/** That position of a replica by its newest readings; undefined: not known. */
export function positionOf(replica: Member, half: Half): Lsn | undefined {
  const { receive, replay } = replica.measure
  return half === 'replay' ? replay.lsn : larger(receive.lsn, replay.lsn)
}

/**
 * Whether a replica replays later on purpose, or may do so: a replay that stands since its postmaster started, while WAL is
 * received, may be a delay nobody told us of.
 */
export function mayBeDelayed({ kind, measure: { start, replay, receive } }: Member): boolean {
  if (kind.delayed > 0) return true
  return start !== undefined && replay.moved.at < start.value && receive.moved.at > start.value
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
  const ahead = positionBefore(source, replica.measure.placed)
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

/** So long, ms, a position is read the same before it is taken to stand still. */
const STILL = 15_000
/** A source that wrote less meanwhile, bytes, may have been idle. */
const MOVED = 1_048_576

/** A stand-still that the positions themselves prove: of whose WAL, and how many bytes it wrote meanwhile. */
export interface StandStill {
  readonly source: Member
  readonly wrote: number
  readonly since: number
}

/** Whether a replica's position stands still by its reading of `time`, epoch ms, while its source writes; null where that is not proven. */
export function standStill(replica: Member, half: Half, time: number): StandStill | null {
  const since = stillSince(replica, half)
  if (replica.measure.placed - since < STILL) return null
  const source = sourceOf(replica, timeOf(time))
  const wrote = source === undefined ? undefined : movedMeanwhile(replica, source, half)
  return source === undefined || wrote === undefined || wrote < MOVED ? null : { source, wrote, since }
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
  const last = positionBefore(source, time)
  return last === undefined ? undefined : positionBefore(source, last.time - TOGETHER)
}
