import { type Fold, facet, type Seen } from '../model/facet.ts'
import { privateMemory } from '../model/facet-help.ts'
import { holdsLock } from '../model/leadership.ts'
import { isRunningPrimary, lastOf } from '../model/picture.ts'
import { concerns, underWay } from '../model/planned-work.ts'
import type { Evidence } from '../model/source.ts'
import { type Cluster, type Member, NEVER, type PlannedAction } from '../model/state.ts'

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
  const lost = old === undefined ? time : lostAt(old, before.since, time)
  const asked = cluster.planned.filter(
    (action) =>
      action.kind !== 'pause' &&
      underWay(action, lost) &&
      concerns(action, before.name) &&
      (action.kind === 'switchover' || action.since > startFailed(old)),
  )
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

/** That the change was wanted, in words: who took over may be another than who was asked to. */
function wantedBy(old: Member | undefined, to: string, asked: readonly PlannedAction[]): string {
  const request = old?.said.get('switchover.requested')
  const begun = asked.find(({ kind }) => kind === 'switchover')?.since
  const wanted = request?.params.candidate ?? null
  if (request === undefined || begun === undefined || wanted === null || wanted === to) return 'as requested'
  return Math.abs(begun - request.at) > ACCEPTED ? 'as requested' : `though ${wanted} was requested`
}

/** A request and the begin of what was requested lie no further apart, ms. */
const ACCEPTED = 5_000

/** When the old holder stopped being the primary, if that was before the change; a standby leader was none. */
function lostAt({ primary: { ended } }: Member, since: number, time: number): number {
  return ended > since && ended < time ? ended : time
}

/**
 * Without a line of the request: the lock changed hands sooner after the holder's last renewal than it could expire
 * (a hand-over takes 4 to 10 s, an expired lease more than ttl), and the holder wrote of no trouble.
 */
function handedOver(old: Member | undefined, time: number): boolean {
  if (old === undefined) return false
  const { ttl } = old.cluster.timings
  const said = lastOf(old, 'leader.confirmed', 'lock.acquired')
  // No heartbeats at log level WARNING, nor where those that repeat themselves are left out.
  const unheard = time - said > 2 * ttl
  if (unheard && (lostSight(old) || isUnreached(old, time) || isReplicaAlready(old, time))) return false
  const renewed = unheard ? old.primary.proven.at : said
  // Samples show both ends late; an expired lease still takes ttl less one loop.
  const soon = unheard ? Math.min(ttl / 2 + old.measure.spacing, (2 * ttl) / 3) : ttl / 2
  const trouble = lastOf(
    old,
    'dcs.unreachable',
    'lock.update-failed',
    'lock.lost',
    'postgres.crashed',
    'postgres.down',
    'failsafe.holding',
  )
  return time - renewed < soon && Math.max(trouble, torn(old), startFailed(old)) < time - ttl
}

/** Patroni answers while it hands over; where it is stopped, it gives the lock up sooner, ms. */
const HANDING_OVER = 10_000

/** Whether its REST API has not answered since long before. */
function isUnreached({ measure: { failed } }: Member, time: number): boolean {
  return failed !== undefined && failed.path !== 'postgres_exporter' && time - failed.time > HANDING_OVER
}

/** Who handed over is started again about when its successor leads, ms. */
const STARTED_AGAIN = 5_000

/** Whether readings show it as a running replica since long before, while nobody led. */
function isReplicaAlready({ measure: { role, state, spacing } }: Member, time: number): boolean {
  if (role?.value !== 'replica' || state?.value !== 'running') return false
  return time - Math.max(role.since, state.since) > spacing + STARTED_AGAIN
}

/** When its PostgreSQL could not be started: work that was asked for has failed then, and nobody asked for another leader. */
function startFailed(old: Member | undefined): number {
  return old === undefined ? NEVER : Math.max(lastOf(old, 'postgres.start-failed'), broken(old))
}

/** When its latest reading showed a PostgreSQL that had crashed or could not be started. */
function broken({ measure: { state } }: Member): number {
  return state?.value === 'crashed' || state?.value === 'start failed' ? state.time : NEVER
}

/** When it began its latest demotion, if that was no orderly one. */
function torn({ said }: Member): number {
  const demotion = said.get('demotion.started')
  const mode = demotion?.params.mode
  return demotion === undefined || mode === 'graceful' || mode === 'demote-cluster' ? NEVER : demotion.at
}

/**
 * Nothing is heard of the old holder, but its PostgreSQL sent all its WAL and ended the stream just before: it was shut
 * down cleanly and the lock given up. One that demotes itself for the DCS does so long before its lease expires.
 */
function cleanlyLeft(old: Member | undefined, next: Member | undefined, time: number): boolean {
  if (next === undefined || (old !== undefined && old.said.size > 0)) return false
  return time - memoryOf(next).sourceEnded < next.cluster.timings.ttl / 4
}

/** Its latest reading says that it has not seen the DCS for more than a loop: its lock ran out, it handed nothing over. */
function lostSight({ measure: { dcsLastSeen, clock }, cluster: { timings } }: Member): boolean {
  if (dcsLastSeen === undefined) return false
  const behind = clock !== undefined && clock.most < 0 ? -clock.least : 0
  return dcsLastSeen.time - dcsLastSeen.value - behind > 1.5 * timings.loopWait
}
