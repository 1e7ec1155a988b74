import type { Clock, Moment, Time } from './clock.ts'
import { isSilent } from './hearing.ts'
import { hasCome, isRunningPrimary, runningPrimary } from './picture.ts'
import type { Member } from './state.ts'

/** Questions to the picture of a cluster about whom a replica gets its WAL from. */

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

/** Since when a source runs, as the primary or as a replica that serves others, epoch ms. */
export function runningSince(source: Member): number {
  return isRunningPrimary(source) ? source.primary.since : source.claim.postgres.since
}

/** A proof that a source runs is good for so long, ms. */
const PROVES = 60_000

/** Whether the source is proven to have run at `since` or later, and lately: as the primary, or as a replica that serves others. */
export function isProvenToRun(source: Member, since: number, clock: Clock): boolean {
  const proofs = isRunningPrimary(source) ? [source.primary.proven] : heartbeats(source)
  return proofs.some((proof) => hasCome(proof, since, clock) && !clock.past(proof, PROVES))
}

/** `no action` is said only while PostgreSQL runs, and a sample tells its state. */
function heartbeats({ said, measure }: Member): readonly Moment[] {
  const lines = ['follower.confirmed', 'leader.confirmed'].flatMap((type) => said.get(type) ?? [])
  return measure.state?.value === 'running' ? [...lines, measure.sampled] : lines
}
