import type { Moment, Time } from './clock.ts'
import { type Cluster, type Member, MOST_TIMES, NEVER, type Said, type Streamed } from './state.ts'

/** Questions to the picture of a cluster that several rules and facets ask. */

/** When a member last said something of one of the types; NEVER if it did not. */
export function lastOf(member: Member, ...types: readonly string[]): number {
  let last = NEVER
  for (const type of types) last = Math.max(last, member.said.get(type)?.at ?? NEVER)
  return last
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

/** Whether its PostgreSQL does not run, by the latest word of it. */
export function isDown({ claim: { postgres } }: Member): boolean {
  return postgres.value === 'stopped' || postgres.value === 'crashed'
}

/** When the member was last proven to stream. What that mended is mended, also when it streams no more. */
export function streamingOf({ claim: { replication }, streamed }: Member): Streamed {
  return replication.value === 'streaming' ? replication : streamed
}

/** Whether a date is as late as `time`, epoch ms. As long as it is not, what refreshes it asks again: a heartbeat is no news. */
export function hasCome(date: Moment, time: number, clock: Time): boolean {
  if (date.at >= time) return true
  clock.past(date, 0)
  return false
}

/** Members that should replicate: everybody but running primaries. */
export function replicasOf(cluster: Cluster): readonly Member[] {
  return membersOf(cluster).filter((member) => !isRunningPrimary(member) && member.claim.role.value !== 'leader')
}

/** Loop wait in force for a member: its learned heartbeat may raise it. */
export function loopOf(member: Member): number {
  return Math.max(member.cluster.timings.loopWait, member.heartbeat)
}
