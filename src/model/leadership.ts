import type { Clock } from './clock.ts'
import { lastOf, membersOf, plannedFor, streamingOf } from './picture.ts'
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
