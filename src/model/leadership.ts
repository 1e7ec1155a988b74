import type { Clock } from './clock.ts'
import { isUnheard } from './hearing.ts'
import { isRunningPrimary, lastOf, membersOf, streamingOf } from './picture.ts'
import { plannedFor } from './planned-work.ts'
import { clear, unknown, type Verdict } from './rule.ts'
import { type Cluster, type Member, NEVER } from './state.ts'

/** Questions to the picture of a cluster about who leads it. */

/**
 * Latest proof of a leader: its heartbeat or failsafe line, a promotion, a running primary, a peer that found one alive; and
 * the lock that was given up, which somebody held until then.
 */
export function leaderProof(cluster: Cluster): number {
  let proof = NEVER
  for (const member of cluster.members.values()) {
    const said = lastOf(
      member,
      'leader.confirmed',
      'lock.acquired',
      'lock.released',
      'failsafe.holding',
      'promotion.started',
      'race.primary-alive',
    )
    proof = Math.max(proof, said, member.primary.proven.at)
  }
  return proof
}

/** Whether the cluster copies another one: its leader is no primary by design. */
export function isStandbyCluster(cluster: Cluster): boolean {
  if (cluster.timings.standbyCluster === true) return true
  return [...cluster.members.values()].some((member) => member.claim.role.value === 'standby_leader')
}

/**
 * What is to be said of a cluster whose `/cluster` lists a running leader since later than `time`, epoch ms, of which nothing else
 * is heard: only others are polled. It is listed so while it is promoted, too; after two loops it runs as a primary.
 */
export function underListed(cluster: Cluster, time: number, clock: Clock): Verdict | undefined {
  const leader = membersOf(cluster).find((member) => isListedOnly(member, time, clock))
  if (leader?.listed === undefined) return undefined
  const { since } = leader.listed
  const words = `${leader.name} is listed as the leader since ${clock.hms(since)}`
  if (clock.past(since, 2 * cluster.timings.loopWait)) return clear(cluster.name, words)
  return unknown(cluster.name, `${words}, and nothing else is heard of it`)
}

/** Who is polled in vain is heard of: its key may outlive it, or come back when a DCS that hung carries out what it had asked. */
function isListedOnly({ name, cluster, listed, measure }: Member, time: number, clock: Clock): boolean {
  if (measure.failed !== undefined) return false
  if (listed?.view.role !== 'leader' || listed.view.state !== 'running' || !(listed.since > time)) return false
  return isUnheard(cluster, name, listed.since, clock)
}

/**
 * The same of a cluster whose members name a leader since `last` ceased to be the primary, of whom no line tells of its promotion, and
 * no later sample.
 */
export function underNamed(cluster: Cluster, last: Member, clock: Clock): Verdict | undefined {
  const witnesses = membersOf(cluster).filter((member) => namesUnheard(member, last, clock))
  const [witness] = witnesses
  if (witness === undefined) return undefined
  const follower = witnesses.find((member) => hasFollowed(member, last.primary.ended))
  if (follower === undefined)
    return unknown(cluster.name, `${witness.name} names ${namedLeader(witness)} as leader, of which nothing is heard`)
  const { evidence } = streamingOf(follower)
  return clear(cluster.name, `${follower.name} streams from ${namedLeader(follower)}`, { evidence })
}

/** Whoever names it since before the end may hold an old view, but for the former primary itself. */
function namesUnheard(member: Member, { name, primary: { ended } }: Member, clock: Clock): boolean {
  const { cluster, claim } = member
  const next = leaderInView(member, ended)
  if (next === null || next === name || (member.name !== name && claim.lockView.since <= ended)) return false
  const hole = cluster.members.get(next)?.missingUntil ?? NEVER
  return hole > ended || isUnheard(cluster, next, claim.lockView.since, clock)
}

/** Every member that counts was stopped on purpose: maintenance, not an outage. */
export function allStopped(cluster: Cluster, clock: Clock): boolean {
  return membersOf(cluster).every(
    (member) => member.claim.postgres.value === 'stopped' && plannedFor(member, clock, 'stop') !== undefined,
  )
}

/**
 * Whether the member has streamed since `time`, epoch ms, where one that led had ended: another one leads then, also where no line of
 * that one is here. A cascading replica streams from anybody.
 */
export function hasFollowed(member: Member, time: number): boolean {
  return member.kind.replicatefrom === null && streamingOf(member).since > time
}

/** Whether a member may be promoted if it is well: it does not lead, as who fell silent does not any more, and no tag forbids it. */
export function mayLead(member: Member): boolean {
  return !member.kind.nofailover && (member.claim.role.value !== 'leader' || isSucceeded(member))
}

/** Whether some member became the running primary after `time`, be it one now or not. */
export function primarySince(cluster: Cluster, time: number): Member | undefined {
  for (const member of cluster.members.values()) if (member.primary.since > time) return member
  return undefined
}

/**
 * How long the end of a primary is waited on before it counts, ms: 0 when a line told it. When a sample did, the next
 * sample is due first: at a long scrape interval a restart of seconds looks like an end.
 */
export function patienceWithEnd({ primary, measure }: Member): number {
  const [evidence] = primary.evidence
  return evidence !== undefined && 'metric' in evidence ? 1.5 * measure.spacing : 0
}

/** Whom the member names as leader, itself included; null when nobody, and where it is not known. */
export function namedLeader({ claim: { lockView } }: Member): string | null {
  return lockView.value === 'none' || lockView.value === 'unknown' ? null : lockView.value
}

/** Whom else the member names as leader by a line later than `since`, epoch ms; null when nobody. */
export function leaderInView(member: Member, since: number): string | null {
  const named = namedLeader(member)
  return named === member.name || member.claim.lockView.at <= since ? null : named
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

/** Who else has taken the leader lock since `time`, epoch ms: what the member said until then of its own hold on it is over. */
export function tookLockSince({ name, cluster: { leader } }: Member, time: number): string | null {
  return leader !== null && leader.name !== name && leader.since > time ? leader.name : null
}

/** Whether it is the last known holder of the leader lock. */
export function holdsLock({ name, cluster: { leader } }: Member): boolean {
  return leader?.name === name
}

/** Whether another one is the last known holder of the leader lock. */
export function isSucceeded({ name, cluster: { leader } }: Member): boolean {
  return leader !== null && leader.name !== name
}

/** Whether it leads by its own word, by the lock, or by what its PostgreSQL does. */
export function leads(member: Member): boolean {
  return member.claim.role.value === 'leader' || holdsLock(member) || isRunningPrimary(member)
}
