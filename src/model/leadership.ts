import type { Clock } from './clock.ts'
import { isHeardOf, isMute, lastOf, membersOf, plannedFor, streamingOf } from './picture.ts'
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
function isListedOnly(member: Member, time: number, clock: Clock): boolean {
  const { name, cluster, listed, measure } = member
  if (measure.failed !== undefined) return false
  if (listed?.view.role !== 'leader' || listed.view.state !== 'running' || !(listed.since > time)) return false
  return isMute(member, clock) || !isHeardOf(cluster, name, listed.since)
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
export function mayLead({ kind, claim, cluster: { leader }, name }: Member): boolean {
  return !kind.nofailover && (claim.role.value !== 'leader' || (leader !== null && leader.name !== name))
}
