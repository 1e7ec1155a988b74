import { type Clock, GRID, type Moment, type Time } from './clock.ts'
import { type Cluster, heardUpTo, type Member, NEVER } from './state.ts'

/** Questions to the picture of a cluster about who is heard: of whom nothing is heard, nothing is known. */

/** Whether a Patroni line of any member is here. In a cluster that is read by samples alone none is missed. */
export function isLogged({ members }: Cluster): boolean {
  return [...members.values()].some(({ heard }) => heard.at !== NEVER)
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

/**
 * Whether nothing tells what a member does now: no line of it is here, nor a sample later than `since`, epoch ms; or it has missed its
 * heartbeats.
 */
export function isUnheard(cluster: Cluster, name: string, since: number, clock: Time): boolean {
  const member = cluster.members.get(name)
  return (member !== undefined && isMute(member, clock)) || !isHeardOf(cluster, name, since)
}

/** Whether nothing but this member of its cluster was ever heard or measured: what others do is unknown. */
export function isHeardAlone({ cluster, name }: Member): boolean {
  return [...cluster.members.keys()].every((other) => other === name || !isHeardOf(cluster, other, NEVER))
}

/** Whether nothing was heard or measured of the member for so long, ms. */
export function isSilent({ heard, postgresHeard, measure }: Member, length: number, clock: Time): boolean {
  return [heard, measure.sampled, heardUpTo(postgresHeard, clock.now)].every((word) => clock.past(word, length))
}

/** Whether a member whose heartbeats have a period missed two of them, and nothing else is heard: of what it does now nothing is known. */
export function isMute(member: Member, clock: Time): boolean {
  return member.heartbeat > 0 && isSilent(member, 2.5 * member.heartbeat, clock)
}
