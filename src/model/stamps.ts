import { lastOf } from './picture.ts'
import type { Member } from './state.ts'

/** What stamps of lines may mean: some have no fraction of a second, and the clocks of two members may differ. */

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

/** Lines of one moment come in any order, by clocks that differ, ms. */
export const SAME_MOMENT = 5_000
