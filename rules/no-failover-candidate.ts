import type { Clock } from '../src/model/clock.ts'
import { isMute, wordOf } from '../src/model/hearing.ts'
import { isStandbyCluster, mayLead } from '../src/model/leadership.ts'
import { isDown, membersOf, runningPrimary } from '../src/model/picture.ts'
import { plannedFor } from '../src/model/planned-work.ts'
import { positionBefore } from '../src/model/positions.ts'
import { clear, fire, type Params, rule, unknown } from '../src/model/rule.ts'
import { latestOf } from '../src/model/stamps.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

type P = 'patience' | 'escalate'

export default rule<P>({
  meta: {
    id: 'no-failover-candidate',
    summary: 'No replica could take over from the primary',
    scope: 'cluster',
    severity: 'warning',
    for: 0,
    params: {
      patience: { default: 60_000, unit: 'duration', means: 'none for so long' },
      escalate: { default: 300_000, unit: 'duration', means: 'none for so long is critical' },
    },
    mutedBy: ['pause', 'switchover', 'rolling-update'],
    inhibits: [],
    needs: ['lines or samples of the replicas'],
    fires:
      'A cluster that had replicas has none that streams within maximum_lag_on_failover and may be promoted, for 60 s. Critical at 5 min.',
    ends: 'One is back.',
    silent:
      'One member; standby cluster; pause; replicas that are stopped, restarted, copied or rewound on purpose; anything not known of a replica.',
    blindSpots: ['A replica of which nothing is known counts as a candidate.'],
    falseAlarms: [
      'A bulk load that the only replica cannot follow: it is no candidate then, and Patroni would refuse it.',
    ],
    remedy: [
      'patronictl list {scope}',
      'psql -c "select application_name, state, replay_lsn from pg_stat_replication"   # on the primary',
    ],
  },
  *check(cluster, clock, params) {
    const primary = runningPrimary(cluster)
    if (primary === undefined || isStandbyCluster(cluster)) return yield unknown(cluster.name, 'no running primary')
    const replicas = membersOf(cluster).filter((member) => member !== primary && mayLead(member))
    const losses = replicas.map((member) => ({ member, loss: lossOf(member, primary, clock) }))
    const able = losses.find(({ member, loss }) => loss === null && isCandidate(member))?.member
    if (able !== undefined) return yield clear(cluster.name, `${able.name} could take over again`)
    const lost = losses.flatMap(({ member, loss }) => (loss === null ? [] : [{ member, ...loss }]))
    if (lost.length === 0 || lost.length < replicas.length)
      return yield unknown(cluster.name, 'no replica, or nothing known of it')
    if (
      replicas.some((member) => plannedFor(member, clock) !== undefined || member.claim.membership.value === 'leaving')
    )
      return yield unknown(cluster.name, 'a replica is being worked on')
    const since = Math.max(ledSince(primary), ...lost.map((each) => each.since))
    if (clock.past(primary.primary.proven, clock.now - latestOf(since)))
      return yield unknown(cluster.name, `${primary.name} is not known to run since`)
    yield report(primary, lost, since, clock, params)
  },
})

/** Since when nobody else leads: who took the lock was a candidate until then. */
function ledSince({ cluster, primary }: Member): number {
  const leaders = membersOf(cluster).filter(({ claim }) => claim.role.value === 'leader')
  return Math.max(primary.since, ...leaders.map(({ claim }) => claim.role.since))
}

interface Loss {
  readonly since: number
  readonly why: string
}

function report(
  primary: Member,
  lost: readonly (Loss & { readonly member: Member })[],
  since: number,
  clock: Clock,
  params: Params<P>,
) {
  const { cluster } = primary
  return fire({
    subject: cluster.name,
    member: null,
    since,
    for: params.patience,
    severity: clock.past(since, params.escalate) ? 'critical' : 'warning',
    summary: `no replica could take over from ${primary.name}: ${lost.map(({ member, why }) => `${member.name} ${why}`).join(', ')}`,
    claims: lost.flatMap(({ member }) => says(member, 'follower.confirmed')),
    evidence: lost.flatMap(({ member }) => member.claim.replication.evidence),
  })
}

/** Streaming by its latest word, and heard of lately. */
function isCandidate(member: Member): boolean {
  return member.claim.replication.value === 'streaming' && member.claim.postgres.value === 'running'
}

/** Why and since when the member could not be promoted; null where that is not proven. */
function lossOf(member: Member, primary: Member, clock: Clock): Loss | null {
  const { replication, postgres } = member.claim
  if (replication.value === 'unknown' && postgres.value === 'unknown') return null
  if (overheard(member, clock)) return null
  const down = downOf(member)
  if (down !== null) return down
  const dead = deadSince(member, clock)
  if (dead !== null) return { since: dead, why: 'is not heard of' }
  if (replication.value === 'stopped' && !member.kind.archiveOnly && !streamsAgain(member) && !isMute(member, clock))
    return { since: replication.since, why: 'receives nothing' }
  const lagging = laggingSince(member, primary)
  return lagging === null ? null : { since: lagging, why: 'is too far behind' }
}

/** Its flag came up after the stop: what it receives is about to prove it. */
function streamsAgain({ claim: { replication }, measure: { streaming } }: Member): boolean {
  return streaming?.value === true && streaming.since > replication.since
}

/** Down, or in one of many attempts to start it. */
function downOf(member: Member): Loss | null {
  const { postgres } = member.claim
  const { downSince } = member.history
  if (isDown(member)) return { since: Number.isNaN(downSince) ? postgres.since : downSince, why: 'is down' }
  return postgres.value === 'starting' && !Number.isNaN(downSince)
    ? { since: downSince, why: 'does not come up' }
    : null
}

/** Known from an answer that another member's log quotes, and by nothing since: what it does now is not known. */
function overheard({ heard, measure, cluster }: Member, clock: Clock): boolean {
  return heard.at === NEVER && measure.failed === undefined && clock.past(measure.sampled.at, cluster.timings.ttl)
}

/** Neither heard nor listed for ttl. */
function deadSince(member: Member, clock: Clock): number | null {
  const word = wordOf(member, clock.now)
  if (word === NEVER || Number.isNaN(member.unlistedSince)) return null
  const since = Math.max(word, member.unlistedSince)
  return clock.past(word, member.cluster.timings.ttl) && clock.past(since, member.cluster.timings.ttl) ? since : null
}

/**
 * Since when its received position lies further behind than Patroni would allow. Patroni compares with the position the
 * leader last wrote to the DCS, which is as old as a loop.
 */
function laggingSince(member: Member, primary: Member): number | null {
  const { loopWait, maximumLagOnFailover } = member.cluster.timings
  let since: number | null = null
  for (let index = member.measure.points.length - 1; index >= 0; index--) {
    const point = member.measure.points[index]
    const own = point?.receive ?? point?.replay
    const ahead = point === undefined ? undefined : positionBefore(primary, point.time - loopWait)
    if (point === undefined || own === undefined || ahead === undefined) break
    if (Number(ahead.lsn - own) <= maximumLagOnFailover) break
    since = point.time
  }
  return since
}
