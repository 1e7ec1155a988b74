import { type Fold, facet, type Seen } from '../model/facet.ts'
import { refusalIn } from '../model/lost-upstream.ts'
import { lastOf, loopOf, runningPrimary } from '../model/picture.ts'
import { busyAt } from '../model/planned-work.ts'
import type { Sample } from '../model/sample.ts'
import { isBornAfter, JUST_UP, latestOf } from '../model/stamps.ts'
import { type Cluster, type Member, NEVER, type PlannedAction, type PlannedKind } from '../model/state.ts'

const SWITCHOVER = 60_000
/** Least time that replicas have to follow the new primary. */
const HANDED_OVER = 30_000
const STOP = 5 * 60_000
const RESTART = 60_000
const REBUILD = 12 * 3_600_000
/** After the end line of a rebuild or the start of PostgreSQL the replica gets so long to stream. */
const SETTLE = 60_000
const ROLLING = 15 * 60_000

/**
 * Work that somebody asked for. A request line alone proves nothing, a refused one looks the same: only the leader's
 * `switchover:` line counts. A rolling update goes member by member: that one is announced says nothing of any pod before
 * the operator lays hands on it. SIGTERM leaves no Patroni line: PostgreSQL's fast shutdown without trouble before it does, and
 * systemd's word of it.
 */
export default facet({
  id: 'planned',
  on: {
    'switchover.started': (event, fold) => {
      if (!handedOver(event)) plan(event, fold, 'switchover', null, SWITCHOVER)
    },
    'postgres.shutdown': (event, fold) => {
      if (event.param('mode') === 'fast' && !inTrouble(event)) plan(event, fold, 'stop', event.member, STOP)
    },
    'patroni.stopped': (event, fold) => {
      if (event.param('asked') === 'yes' && !inTrouble(event)) plan(event, fold, 'stop', event.member, STOP)
    },
    'dcs.unreachable': (event) => {
      if (hasLed(event.member, event.time - event.member.cluster.timings.ttl)) withdraw(event)
    },
    'lock.update-failed': withdraw,
    'lock.lost': withdraw,
    'demotion.started': (event, fold) => {
      if (inTrouble(event)) withdraw(event)
      // The cluster becomes the standby of another one: its lock goes over to a standby leader.
      if (event.param('mode') === 'demote-cluster') plan(event, fold, 'switchover', null, SWITCHOVER)
    },
    'postgres.ready': (event) => finish(event.member, event.time, ['stop', 'restart', 'rolling-update']),
    // Whoever stopped it has started it again: what it fails of was not asked for.
    'postgres.start-failed': (event) => finish(event.member, event.time, ['stop', 'restart', 'rolling-update']),
    'postgres.restarting': (event, fold) => {
      if (event.param('after') !== 'failure') plan(event, fold, 'restart', event.member, RESTART)
    },
    'leader.confirmed': (event, fold) => {
      if (event.param('action') === 'restart') plan(event, fold, 'restart', event.member, RESTART)
    },
    'follower.confirmed': (event) => {
      // `no action` is said only when no action runs; `<action> in progress` may be said once more after its end.
      finish(event.member, event.time, ['rebuild'])
    },
    'reinit.started': (event, fold) => plan(event, fold, 'rebuild', event.member, REBUILD),
    'datadir.removed': (event, fold) => plan(event, fold, 'rebuild', event.member, REBUILD),
    'bootstrap.started': (event, fold) => plan(event, fold, 'rebuild', event.member, REBUILD),
    'bootstrap.running': (event, fold) => plan(event, fold, 'rebuild', event.member, REBUILD),
    'rewind.started': (event, fold) => plan(event, fold, 'rebuild', event.member, REBUILD),
    'rewind.failed': (event) => {
      finish(event.member, event.time, ['rebuild'])
      unsettle(event)
    },
    'timeline.diverged': unsettle,
    'replication.wal-missing': unsettle,
    'replication.connect-failed': (event) => {
      if (refusalIn(event.param('error')) !== null) unsettle(event)
    },
    'patroni.slot-copying': (event, fold) => plan(event, fold, 'rebuild', event.member, REBUILD),
    'rewind.completed': (event) => finish(event.member, event.time, ['rebuild']),
    'bootstrap.completed': (event) => finish(event.member, event.time, ['rebuild']),
    'replication.started': (event) =>
      finish(event.member, event.time, ['rebuild', 'stop', 'restart', 'rolling-update']),
  },
  sample(member, sample, fold) {
    if (sample.state === 'creating replica' && !isDone(member, sample.time, JUST_UP))
      fold.plan(member.cluster, {
        kind: 'rebuild',
        member: member.name,
        since: sample.time,
        until: sample.time + REBUILD,
        evidence: [{ metric: `postgres_state{member="${member.name}"}`, time: sample.time, value: sample.state }],
      })
    if (sample.state === 'running') bySample(member, sample)
    if (sample.streaming !== false) settled(member, sample.time)
  },
  view({ cluster }, { members, time }, fold) {
    for (const { name, state } of members) {
      if (state !== 'stopped') continue
      const stopped = fold.member(cluster, name)
      if (isUp(stopped, time) || isDone(stopped, time, loopOf(stopped))) continue
      if (!hasRun(stopped) || inTroubleAt(stopped, time) || busyAt(stopped, time, 'stop')) continue
      fold.plan(cluster, { kind: 'stop', member: name, since: time, until: time + STOP, evidence: [] })
    }
  },
  clusterLine(cluster, line, fold) {
    const since = fold.time
    if (line.type === 'operator.switchover')
      fold.plan(cluster, {
        kind: 'switchover',
        member: null,
        since,
        until: since + SWITCHOVER,
        evidence: [line.evidence()],
      })
    const member = line.type.startsWith('operator.') && line.param('namespace') !== null ? line.param('pod') : null
    if (member === null) return
    if (line.param('back') === null)
      fold.plan(cluster, {
        kind: 'rolling-update',
        member,
        since,
        until: since + ROLLING,
        evidence: [line.evidence()],
      })
    else
      for (const action of cluster.planned)
        if (action.kind === 'rolling-update' && action.member === member) finishOne(action, since)
  },
  expire(member, clock) {
    const { cluster } = member
    if (cluster.planned.length === 0) return
    settles(cluster)
    const left = cluster.planned.filter((action) => !clock.past(action.until, STOP))
    if (left.length < cluster.planned.length) cluster.dirty = true
    cluster.planned = left
  },
})

/** A member that did not get the lock may say whom it is for when its new holder has it already. */
function handedOver({ member: { cluster }, time }: Seen): boolean {
  return cluster.planned.some(
    ({ kind, done = NEVER }) => kind === 'switchover' && time - done < cluster.timings.loopWait,
  )
}

/** Who does not stream some loops after the new primary began to run was not lost to the switchover. */
function settles(cluster: Cluster): void {
  const since = runningPrimary(cluster)?.primary.since ?? NEVER
  for (const action of cluster.planned) {
    if (action.kind !== 'switchover' || action.done === undefined || since < action.since) continue
    const settled = Math.max(HANDED_OVER, 4 * cluster.timings.loopWait)
    action.until = Math.min(action.until, Math.max(since, action.done) + settled)
  }
}

const ENDED_BY_SAMPLE: ReadonlySet<PlannedKind> = new Set(['stop', 'restart', 'rebuild'])

/** A postmaster younger than the work has come up; an older one that runs on long after was never stopped. */
function bySample(member: Member, { time, postmasterStart = time }: Sample): void {
  for (const action of member.cluster.planned) {
    if (action.member !== member.name || !ENDED_BY_SAMPLE.has(action.kind)) continue
    const runsOn = action.kind !== 'rebuild' && time > action.since + SETTLE / 2
    if (isBornAfter(postmasterStart, action.since) || runsOn) finishOne(action, time)
  }
}

/** Work that is done, and WAL has moved in two windows since: two loops more, and what stops now is another matter. */
function settled({ name, cluster, measure }: Member, time: number): void {
  for (const action of cluster.planned)
    if (action.member === name && measure.receive.movedBefore > (action.done ?? time))
      action.until = Math.min(action.until, time + 2 * cluster.timings.loopWait)
}

function plan(event: Seen, fold: Fold, kind: PlannedKind, member: Member | null, length: number): void {
  fold.plan(event.member.cluster, {
    kind,
    member: member?.name ?? null,
    since: event.time,
    until: event.time + length,
    evidence: [event.evidence()],
  })
}

/** A shutdown whose stamp lacks the fraction seems to come before the trouble that caused it. */
function withdraw({ member, time }: Seen): void {
  const { cluster } = member
  const kept = cluster.planned.filter(
    ({ kind, member: of, since }) => kind !== 'stop' || of !== member.name || latestOf(since) <= time,
  )
  if (kept.length === cluster.planned.length) return
  cluster.planned = kept
  cluster.dirty = true
  cluster.changes++
}

/** PostgreSQL is up again: what was planned for it is over as soon as it has had time to settle. */
function finish(member: Member, time: number, kinds: readonly PlannedKind[]): void {
  for (const action of member.cluster.planned) {
    if (action.member === member.name && kinds.includes(action.kind) && action.since <= time) finishOne(action, time)
  }
}

function finishOne(action: PlannedAction, time: number): void {
  action.done ??= time
  action.until = Math.min(action.until, time + SETTLE)
}

/** It says that it cannot stream: there is nothing to wait for after work that is done. */
function unsettle({ member, time }: Seen): void {
  for (const action of member.cluster.planned)
    if (action.member === member.name && action.done !== undefined) action.until = Math.min(action.until, time)
}

function isUp({ claim: { postgres } }: Member, time: number): boolean {
  return postgres.value === 'running' && postgres.at > time - 1_000
}

/**
 * Whether its lines said less than `age`, ms, before `time` that it was copied, or is up. What else is read then may be of before: its
 * entry in the DCS is as old as its last loop, and its clock may be another.
 */
function isDone(member: Member, time: number, age: number): boolean {
  return lastOf(member, 'bootstrap.completed', 'postgres.ready', 'replication.started') > time - age
}

/** A member that has not come up yet is listed as stopped too. */
function hasRun(member: Member): boolean {
  if (member.primary.since !== NEVER || member.measure.receive.lsn !== undefined) return true
  return lastOf(member, 'postgres.ready', 'leader.confirmed', 'follower.confirmed') !== NEVER
}

/** A shutdown that Patroni ordered for trouble is no graceful stop. */
function inTrouble(event: Seen): boolean {
  return inTroubleAt(event.member, event.time)
}

function inTroubleAt(member: Member, time: number): boolean {
  const begun = time - member.cluster.timings.ttl
  if (lastOf(member, 'dcs.unreachable') > begun && hasLed(member, begun)) return true
  const trouble = lastOf(
    member,
    'lock.update-failed',
    'lock.lost',
    'postgres.crashed',
    'postgres.down',
    'lock.acquire-failed',
  )
  return trouble > begun
}

/** Whether it has been a primary since, as far as is known: for want of the DCS Patroni stops no replica. */
function hasLed({ claim: { role }, primary }: Member, since: number): boolean {
  return role.value !== 'replica' || !(primary.ended <= since)
}
