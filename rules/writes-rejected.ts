import type { Clock } from '../src/model/clock.ts'
import { isHeardAlone, isSilent } from '../src/model/hearing.ts'
import { isStandbyCluster, patienceWithEnd, underListed, underNamed } from '../src/model/leadership.ts'
import { membersOf, runningPrimary } from '../src/model/picture.ts'
import { concerns, plannedFor, underWay } from '../src/model/planned-work.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Cluster, type Member, NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

/** Patience when a line told the end of the primary. */
const BY_LINE = 5_000

export default rule<'planned'>({
  meta: {
    id: 'writes-rejected',
    summary: 'No member takes writes',
    scope: 'cluster',
    severity: 'critical',
    for: BY_LINE,
    params: {
      planned: {
        default: 30_000,
        unit: 'duration',
        means: 'requested work may leave the cluster without a primary so long',
      },
    },
    mutedBy: ['pause'],
    inhibits: [],
    needs: ['PostgreSQL or Patroni lines of the primary, or samples'],
    fires:
      'From demotion, crash or shutdown of the primary until the next running primary is proven, 5 s or more. Info when requested and below 30 s.',
    ends: 'A running primary is proven; says from when to when.',
    silent:
      'Standby cluster; a primary that just fell silent; a graceful stop of all members, or of the only one that was ever heard.',
    blindSpots: [
      'A primary that died without a line is known by its port, which refuses its replicas, or its REST API, which refuses to be read while nobody streams; where packets are lost instead: see no-leader.',
    ],
    falseAlarms: [],
    remedy: ['patronictl list {scope}', 'patronictl history {scope}'],
  },
  *check(cluster, clock, { planned }) {
    const primary = runningPrimary(cluster)
    const last = lastPrimary(cluster)
    if (primary !== undefined) {
      const { since, evidence } = primary.primary
      const seconds = Math.max(0, Math.round((since - endBefore(cluster, primary)) / 1000))
      const proof = `${primary.name} takes writes since ${clock.hms(since)}: ${seconds} s without a primary`
      return yield clear(cluster.name, proof, { evidence })
    }
    if (last === null) return yield unknown(cluster.name, 'no primary was seen yet')
    if (isStandbyCluster(cluster)) return yield clear(cluster.name, 'it is a standby cluster: its primary is elsewhere')
    const since = last.primary.ended
    const unheard = underNamed(cluster, last, clock) ?? underListed(cluster, since, clock)
    if (unheard !== undefined) return yield unheard
    const asked = requested(last, since, clock)
    if (!asked && wasStopped(last, clock))
      return yield unknown(cluster.name, `${last.name} was stopped, and nothing was ever heard of anybody else`)
    const patience = patienceWithEnd(last)
    yield fire({
      subject: cluster.name,
      member: null,
      since,
      ...(patience > BY_LINE ? { for: patience } : {}),
      severity: asked && (!clock.past(since, planned) || comesBack(cluster, clock, planned)) ? 'info' : 'critical',
      summary: `no member takes writes since ${clock.hms(since)}, when ${last.name} stopped being the primary: ${last.primary.endedBy}`,
      claims: says(last, 'demotion.started', 'demotion.completed', 'leader.confirmed'),
      evidence: [
        ...last.primary.evidence,
        ...lines(last, 'demotion.completed', 'postgres.crashed', 'postgres.shutdown'),
      ].slice(0, 5),
    })
  },
})

/** When the last primary before this one ended. */
function endBefore(cluster: Cluster, primary: Member): number {
  let end = primary.primary.before
  for (const { primary: span } of cluster.members.values())
    if (span.ended <= primary.primary.since && span.ended > end) end = span.ended
  return end
}

function lastPrimary(cluster: Cluster): Member | null {
  let last: Member | null = null
  for (const member of cluster.members.values())
    if (!Number.isNaN(member.primary.ended) && member.primary.ended > (last?.primary.ended ?? NEVER)) last = member
  return last
}

const REQUESTS = new Set(['switchover', 'stop', 'restart', 'rolling-update'])

function requested(member: Member, since: number, clock: Clock): boolean {
  return member.cluster.planned.some(
    (action) =>
      REQUESTS.has(action.kind) &&
      concerns(action, member.name) &&
      underWay(action, since) &&
      !clock.past(action.until, 0),
  )
}

/** The only member that was ever heard was shut down and says no more: another may have taken over, or there is no other. */
function wasStopped(last: Member, clock: Clock): boolean {
  const { claim, cluster } = last
  return claim.postgres.value === 'stopped' && isHeardAlone(last) && isSilent(last, cluster.timings.ttl, clock)
}

/** All members were stopped on purpose, and those that run again began to just now. */
function comesBack(cluster: Cluster, clock: Clock, patience: number): boolean {
  return membersOf(cluster).every((member) => {
    const { postgres } = member.claim
    if (postgres.value === 'stopped') return plannedFor(member, clock, 'stop') !== undefined
    return postgres.value !== 'crashed' && !clock.past(postgres.since, patience)
  })
}
