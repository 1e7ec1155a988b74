import type { Effect } from '../model/effect.ts'
import type { Fold } from '../model/facet.ts'
import { type Cluster, type Member, moment } from '../model/state.ts'
import { endOfForgotten } from './life.ts'
import { FACETS, newCluster, newMember } from './state.ts'

const BECAUSE = 'patrolog was told to forget it'

/**
 * Forgets a member, or all of a cluster when `name` is null: what is known of it becomes unknown, it is gone until its own
 * word is heard again, and its alerts end. What waits for its turn in the engine still has it.
 */
export function forget(cluster: Cluster, name: string | null, now: number, fold: Fold, emit: (effect: Effect) => void) {
  for (const member of cluster.members.values()) if (name === null || member.name === name) wipe(member, fold)
  endOfForgotten(cluster, name, now, BECAUSE, emit)
  if (name === null) wipeCluster(cluster)
  else if (cluster.leader?.name === name) cluster.leader = null
  cluster.planned = cluster.planned.filter(({ member }) => name !== null && member !== name)
  cluster.dirty = true
}

function wipe(member: Member, fold: Fold): void {
  for (const facet of FACETS) {
    const value = facet === 'membership' ? 'gone' : 'unknown'
    if (member.claim[facet].value !== value) fold.set(member, facet, value, { basis: 'expired', because: BECAUSE })
  }
  const { claim, kind } = member
  Object.assign(member, newMember(member.cluster, member.name), { kind })
  member.claim.membership = claim.membership
}

function wipeCluster(cluster: Cluster): void {
  const { leader, leaderChange, sync } = newCluster(cluster.name)
  Object.assign(cluster, { leader, leaderChange, sync, heard: moment() })
}
