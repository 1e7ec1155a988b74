import { type Fold, facet, type Seen } from '../model/facet.ts'
import { privateMemory } from '../model/facet-help.ts'
import { handedOver, wantedBy, workBehind } from '../model/hand-over.ts'
import { holdsLock } from '../model/leadership.ts'
import { isRunningPrimary, lastOf } from '../model/picture.ts'
import type { Evidence } from '../model/source.ts'
import { type Cluster, type Member, NEVER } from '../model/state.ts'

interface Memory {
  /** When its source last ended the stream because it had no more WAL. */
  sourceEnded: number
}

function newMemory(): Memory {
  return { sourceEnded: NEVER }
}

const memoryOf = privateMemory('leader', newMemory)

/**
 * The holder of the leader lock, by the holder's own word: another member than the one last known is a change. Others
 * are believed only where nothing is heard of the holder itself: a view may be old, a clock may be off.
 */
export default facet({
  id: 'leader',
  memory: newMemory,
  on: {
    'leader.confirmed': (event, fold) => {
      if (goesOn(event.member)) event.member.cluster.dirty = true
      else holds(event, fold)
    },
    'lock.acquired': (event, fold) => holds(event, fold),
    'promotion.started': (event, fold) => {
      if (event.program === 'patroni') holds(event, fold)
    },
    'replication.receiver-ended': (event) => {
      if (event.param('end') !== null) memoryOf(event.member).sourceEnded = event.time
    },
    'follower.confirmed': (event, fold) => named(event, event.param('leader'), fold),
    'lock.owner-seen': (event, fold) => named(event, event.param('owner'), fold),
  },
  sample(member, sample, fold) {
    if (sample.role !== 'primary' || sample.state !== 'running' || sample.clusterUnlocked !== false) return
    if (!isRunningPrimary(member) || tellsItself(member, sample.time)) return
    const { leader } = member.cluster
    if (leader !== null && (leader.name === member.name || leader.since > member.primary.since)) return
    const evidence = [{ metric: `patroni_primary{member="${member.name}"}`, time: sample.time, value: 1 }]
    changed(member.cluster, member.name, sample.time, evidence, fold)
  },
})

/** Whether its log tells who leads: at level WARNING no such line is written. */
function tellsItself(member: Member, time: number): boolean {
  return lastOf(member, 'leader.confirmed', 'follower.confirmed', 'lock.acquired') > time - 60_000
}

function holds(event: Seen, fold: Fold): void {
  const { cluster } = event.member
  if (holdsLock(event.member)) return
  // A standby leader's lock is the same lock.
  changed(cluster, event.member.name, event.time, [event.evidence()], fold)
}

/** It led before the present holder and never said that it lost the lock: two holders are for the rule that compares them. */
function goesOn({ name, cluster, claim }: Member): boolean {
  const { leader } = cluster
  if (leader === null || leader.name === name || claim.role.value !== 'leader' || claim.role.since >= leader.since)
    return false
  return cluster.members.get(leader.name)?.claim.role.value === 'leader'
}

/** A leader of whom no line is here, named by another: the first one known, or the successor of the member that says so. */
function named(event: Seen, name: string | null, fold: Fold): void {
  const { name: own, cluster } = event.member
  if (name === null || name === own || name === cluster.leader?.name) return
  if ((cluster.members.get(name)?.said.size ?? 0) > 0) return
  if (cluster.leader === null || cluster.leader.name === own)
    changed(cluster, name, event.time, [event.evidence()], fold)
}

function changed(cluster: Cluster, name: string, time: number, evidence: readonly Evidence[], fold: Fold): void {
  const before = cluster.leader
  cluster.leader = { name, since: time, evidence }
  cluster.dirty = true
  cluster.changes++
  if (before === null) return
  const old = cluster.members.get(before.name)
  const asked = workBehind(cluster, before, time)
  const planned = asked.length > 0
  const given = handedOver(old, time) || cleanlyLeft(old, cluster.members.get(name), time)
  for (const action of asked) if (action.kind === 'switchover') action.done = time
  cluster.leaderChange = {
    from: before.name,
    to: name,
    at: time,
    planned: planned || given,
    how: wantedBy(old, name, asked),
    evidence,
  }
  if (!planned && given)
    fold.plan(cluster, {
      kind: 'switchover',
      member: null,
      since: time,
      until: time + 60_000,
      done: time,
      evidence,
    })
}

/**
 * Nothing is heard of the old holder, but its PostgreSQL sent all its WAL and ended the stream just before: it was shut
 * down cleanly and the lock given up. One that demotes itself for the DCS does so long before its lease expires.
 */
function cleanlyLeft(old: Member | undefined, next: Member | undefined, time: number): boolean {
  if (next === undefined || (old !== undefined && old.said.size > 0)) return false
  return time - memoryOf(next).sourceEnded < next.cluster.timings.ttl / 4
}
