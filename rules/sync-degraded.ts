import type { Clock } from '../src/model/clock.ts'
import { holdsLock } from '../src/model/leadership.ts'
import { membersOf, runningPrimary } from '../src/model/picture.ts'
import { plannedFor } from '../src/model/planned-work.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import type { Cluster, SyncList } from '../src/model/state.ts'
import { lines } from '../src/model/statement.ts'

export default rule<'patience' | 'changes'>({
  meta: {
    id: 'sync-degraded',
    summary: 'The list of synchronous standbys is empty, or changes all the time',
    scope: 'cluster',
    severity: 'warning',
    for: 0,
    params: {
      patience: { default: 60_000, unit: 'duration', means: 'empty for so long' },
      changes: { default: 6, unit: 'count', means: 'or so many changes within so long' },
    },
    mutedBy: ['switchover', 'rolling-update'],
    inhibits: [],
    needs: ['Patroni lines of the leader, or its /cluster'],
    fires: 'The list is empty or flapping for 60 s. Critical in strict mode, where commits wait.',
    ends: 'It is filled for 60 s, or synchronous mode is switched off.',
    silent:
      'Clusters without synchronous mode; a standby that is stopped, restarted or rebuilt on purpose, or copied for the first time; nobody listed while a standby streams, where only readings tell and none says that the mode is on.',
    blindSpots: ['Strict mode is known from /config only, or from its own warning.'],
    falseAlarms: [],
    remedy: ['patronictl list {scope}', 'psql -c "show synchronous_standby_names"   # on the primary'],
  },
  *check(cluster, clock, { patience, changes }) {
    const { sync } = cluster
    if (sync === null) return yield unknown(cluster.name, 'no synchronous standbys are known')
    if (sync.value === 'off') return yield clear(cluster.name, 'synchronous mode is off', { evidence: sync.evidence })
    if (runningPrimary(cluster) === undefined) return yield unknown(cluster.name, 'no running primary')
    if (sync.value === 'empty') {
      if (mayBeOff(cluster, sync)) return yield unknown(cluster.name, 'synchronous mode may have been switched off')
      if (excused(cluster, clock)) return yield unknown(cluster.name, 'its standbys are being worked on')
      return yield report(cluster, sync.since, patience, `has no synchronous standby since ${clock.hms(sync.since)}`)
    }
    const first = flapping(sync, clock, patience, changes)
    if (first !== null)
      return yield report(cluster, first, 0, `keeps changing its synchronous standby since ${clock.hms(first)}`)
    const last = Math.max(sync.since, sync.changes.at(-1) ?? 0)
    if (clock.past(last, patience))
      yield clear(cluster.name, 'a synchronous standby is named again', { evidence: sync.evidence })
    else yield unknown(cluster.name, 'the list was filled just now')
  },
})

function report(cluster: Cluster, since: number, patience: number, what: string) {
  const strict =
    cluster.timings.synchronousModeStrict === true || membersOf(cluster).some((each) => each.said.has('sync.none'))
  return fire({
    subject: cluster.name,
    member: null,
    since,
    for: patience,
    severity: strict ? 'critical' : 'warning',
    summary: `${cluster.name} ${what}${strict ? ': commits wait' : ''}`,
    evidence: membersOf(cluster).flatMap((member) => lines(member, 'sync.changed', 'sync.none')),
  })
}

/** First of so many changes within the patience. */
function flapping(sync: SyncList, clock: Clock, patience: number, changes: number): number | null {
  const [first, last] = [sync.changes.at(-changes), sync.changes.at(-1)]
  if (first === undefined || last === undefined || last - first > patience) return null
  return clock.past(last, patience) ? null : first
}

/**
 * Only readings show that nobody is on the list, and none says whether the mode is still on. Where it is, Patroni names a
 * standby that streams within a loop or two.
 */
function mayBeOff(cluster: Cluster, { evidence }: SyncList): boolean {
  if (cluster.timings.synchronousMode === true || evidence.some((each) => !('metric' in each))) return false
  return membersOf(cluster).some(
    (member) => !member.kind.nosync && !holdsLock(member) && member.claim.replication.value === 'streaming',
  )
}

/** A member that could stand in is being worked on, was stopped, or has just begun to be copied. */
function excused(cluster: Cluster, clock: Clock): boolean {
  const primary = runningPrimary(cluster)
  const standbys = membersOf(cluster).filter((member) => member !== primary && !member.kind.nosync)
  // Alone, or only the leader is heard: then its list tells whether there was somebody.
  if (standbys.length === 0) return cluster.members.size > 1 || cluster.sync?.had !== true
  return standbys.some(
    (member) => plannedFor(member, clock) !== undefined || member.claim.membership.value === 'leaving',
  )
}
