import type { Clock } from '../src/model/clock.ts'
import { hasFollowed, isStandbyCluster, namedLeader, primarySince } from '../src/model/leadership.ts'
import { lastOf, membersOf, runningPrimary, seriesSince, streamingOf } from '../src/model/picture.ts'
import { plannedFor } from '../src/model/planned-work.ts'
import { clear, fire, type Params, rule, type Verdict } from '../src/model/rule.ts'
import { type Member, NEVER, type Said } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

type P = 'selfPromotion' | 'unexplained'

export default rule<P>({
  meta: {
    id: 'leader-lock-lost',
    summary: 'The leader lost its lock, or gave up the primary role for the DCS',
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: {
      selfPromotion: {
        default: 10_000,
        unit: 'duration',
        means: 'the same member promoting itself again so soon is no failover',
      },
      unexplained: {
        default: 5_000,
        unit: 'duration',
        means: 'patience when it demotes itself and said of no trouble before: its next line may tell of a request',
      },
    },
    mutedBy: ['pause', 'switchover', 'stop', 'restart', 'rolling-update'],
    inhibits: [],
    needs: ['Patroni lines of the leader'],
    fires: 'An update of the lock was refused, the lock was lost, or a demotion for the DCS.',
    ends: 'A running primary is proven somewhere, or it streams from another one.',
    silent: 'Switchover and other requested work.',
    blindSpots: ['A member that died without a line: see no-leader and patroni-silent.'],
    falseAlarms: ['After a frozen Kubernetes API the leader demotes and promotes itself within seconds: a warning.'],
    remedy: [
      'patronictl list {scope}',
      'patronictl history {scope}',
      '# why did {member} lose the lock: its own ERROR lines before, the DCS, its CPU',
    ],
  },
  *check(cluster, clock, params) {
    for (const member of membersOf(cluster)) {
      const loss = lossOf(member)
      const verdict = loss === null ? null : judge(member, loss, clock, params)
      if (verdict !== null) yield verdict
    }
  },
})

function judge(member: Member, loss: Loss, clock: Clock, { selfPromotion, unexplained }: Params<P>): Verdict | null {
  const { cluster } = member
  if (isStandbyCluster(cluster)) return clear(member.name, 'it is in a standby cluster: its primary is elsewhere')
  const again = lastOf(member, 'promotion.started')
  const self = again > loss.at && again - loss.at <= selfPromotion
  // Down and up again between two points of the grid: told all the same.
  const fresh = self && runningPrimary(cluster) === member && !clock.past(loss.at, selfPromotion)
  const proven = primarySince(cluster, loss.at) ?? otherPrimary(member, loss.at)
  if (proven !== undefined && !fresh) {
    const { since, evidence } = proven.primary
    return clear(member.name, `${proven.name} is the running primary since ${clock.hms(since)}`, { evidence })
  }
  if (hasFollowed(member, loss.at))
    return clear(member.name, `${member.name} streams from another one`, { evidence: streamingOf(member).evidence })
  // It has led for long since: no proof is left to wait for, and none to fire by.
  if (loss.at < ledAt(member) - SETTLED) return null
  if (!self && leadsOn(member, loss.at)) return null
  if (plannedFor(member, clock, 'switchover') !== undefined) return null
  return fire({
    subject: member.name,
    member: member.name,
    since: loss.at,
    for: isExplained(member, loss) ? 0 : unexplained,
    severity: self ? 'warning' : 'critical',
    summary: self
      ? `${member.name} lost the leader lock and restarted as primary, no failover`
      : `${member.name} lost the leader lock at ${clock.hms(loss.at)}`,
    claims: says(member, 'demotion.completed', 'demotion.started', 'lock.lost'),
    evidence: [
      loss.said.evidence(),
      ...lines(member, 'lock.update-failed', 'lock.acquire-failed', 'dcs.unreachable'),
    ].slice(0, 5),
  })
}

/** Another one that took over since this one last led: the lock was lost then; or that was the primary all the time. */
function otherPrimary(member: Member, loss: number): Member | undefined {
  const led = ledAt(member)
  for (const other of member.cluster.members.values())
    if (other !== member && (other.primary.since > led || other.primary.proven.at > loss)) return other
  return undefined
}

/** It said since that it leads; that it renews the lock while it comes up again after a demotion says less. */
function leadsOn({ said }: Member, loss: number): boolean {
  const confirmed = said.get('leader.confirmed')
  return confirmed !== undefined && confirmed.at > loss && confirmed.params.action === undefined
}

/** A member that led again for so long has not lost its lock now, ms. */
const SETTLED = 60_000

function ledAt(member: Member): number {
  return lastOf(member, 'leader.confirmed', 'lock.acquired', 'failsafe.holding', 'promotion.started')
}

/**
 * Whether the loss says why. A cluster that becomes the standby of another one demotes its leader in the mode in which a lost
 * lock does; then there was no trouble before.
 */
function isExplained(member: Member, { said, at }: Loss): boolean {
  if (said.params.mode !== 'immediate-nolock') return true
  const types = ['lock.lost', 'lock.update-failed', 'lock.acquire-failed', 'dcs.unreachable']
  return lastOf(member, ...types, 'postgres.crashed', 'postgres.down') >= at - member.cluster.timings.ttl
}

/** Modes of a demotion that somebody asked for: a switchover, a cluster that becomes the standby of another. */
const ON_REQUEST: ReadonlySet<string> = new Set(['graceful', 'demote-cluster'])

/** Since when the member says that it has no role. */
function withoutRole({ claim: { role } }: Member): number {
  return role.value === 'none' ? role.since : NEVER
}

/** It has named another one as the leader since before it was promoted at `led`: by hand, without the lock. */
function neverHeld(member: Member, led: number): boolean {
  const named = namedLeader(member)
  return named !== null && named !== member.name && member.claim.lockView.since < led
}

interface Loss {
  readonly said: Said
  readonly at: number
}

/** The line by which a member that led gave up, or was refused, its lock: the first since it led, else the latest. */
function lossOf(member: Member): Loss | null {
  const led = ledAt(member)
  if (neverHeld(member, led)) return null
  let loss: Loss | null = null
  for (const type of ['lock.lost', 'lock.acquire-failed', 'demotion.started', 'demotion.completed']) {
    const said = member.said.get(type)
    if (said === undefined || (type === 'lock.acquire-failed' && said.params.reason === undefined)) continue
    if (ON_REQUEST.has(said.params.mode ?? '') || said.params.paused === 'yes') continue
    const at = seriesSince(said, led, withoutRole(member)) ?? said.at
    if (loss === null || (loss.at > led ? at > led && at < loss.at : at > loss.at)) loss = { said, at }
  }
  if (loss === null) return null
  const { mode, reason } = loss.said.params
  // A log may begin with the loss; only a primary is demoted.
  return led === NEVER && mode === undefined && reason === undefined ? null : loss
}
