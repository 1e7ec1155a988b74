import type { Clock } from '../src/model/clock.ts'
import { hasCome, lastOf, loopOf, replicasOf, seriesSince } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import type { Cluster, Member } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'replica-view-stale',
    summary: "A replica's view of the DCS does not name the leader that others confirm",
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: ['switchover', 'stop', 'restart', 'rebuild', 'rolling-update'],
    inhibits: [],
    needs: ['Patroni lines of the replica and of the leader'],
    fires:
      'The view is stale (a leader race without a leader while the leader confirms its lock), or names another leader than the confirmed one, for two loops.',
    ends: 'The view names the leader again.',
    silent: 'One lost race right after an election; no leader confirmed meanwhile.',
    blindSpots: ['A stale view that still names the right leader looks healthy (Kubernetes, pods watch).'],
    falseAlarms: [],
    remedy: [
      'patronictl list {scope}',
      'curl -s http://{member}:8008/patroni | jq .cluster_unlocked,.dcs_last_seen',
      '# restart Patroni on {member} (not PostgreSQL) to renew its watches',
    ],
  },
  *check(cluster, clock) {
    for (const replica of replicasOf(cluster)) yield judge(cluster, replica, clock)
  },
})

function judge(cluster: Cluster, replica: Member, clock: Clock): Verdict {
  const { leader } = cluster
  const view = replica.claim.lockView
  if (leader === null || view.value === 'unknown') return unknown(replica.name, 'no leader or no view is known')
  if (view.value === leader.name) return clear(replica.name, `${replica.name} names ${leader.name} as leader again`)
  const holder = cluster.members.get(leader.name)
  if (holder === undefined) return unknown(replica.name, 'nothing is heard of the leader')
  const confirmed = holder.said.get('leader.confirmed')
  // The same member may have been without the lock meanwhile.
  const taken = lastOf(holder, 'lock.acquired', 'promotion.started')
  const stale = view.value === 'none' && view.basis === 'inferred'
  if ((view.value === 'none' && !stale) || !hasNamed(replica, leader.since + 2_000, clock))
    return unknown(replica.name, 'it has not said since that it names another or nobody')
  if (confirmed === undefined || !hasCome(confirmed, Math.max(view.since, leader.since, taken), clock))
    return unknown(replica.name, 'the leader has not confirmed since')
  return fire({
    subject: replica.name,
    member: replica.name,
    since: stale
      ? Math.max(view.since, leader.since, taken)
      : Math.max(view.since, namedSince(replica, Math.max(leader.since, taken) + 2_000)),
    // Words come once a loop: in less than two it has said so only once, and its lost upstream, the cause, is not told yet.
    for: 2 * loopOf(replica),
    summary: stale
      ? `${replica.name} sees no leader since ${clock.hms(view.since)} while ${leader.name} confirms that it holds the lock`
      : `${replica.name} names ${view.value} as leader while ${leader.name} holds the lock`,
    claims: says(replica, 'race.primary-alive', 'race.not-healthiest', 'follower.confirmed'),
    measures: says(holder, 'leader.confirmed'),
    evidence: [...view.evidence, ...lines(replica, 'race.primary-alive')],
  })
}

const NAMES = ['lock.owner-seen', 'follower.confirmed', 'leader.confirmed']

/** Whether it has named somebody or nobody later than `time`. As long as it has not, its next heartbeat asks again. */
function hasNamed({ said, claim }: Member, time: number, clock: Clock): boolean {
  if (claim.lockView.at > time) return true
  for (const each of NAMES.flatMap((type) => said.get(type) ?? [])) clock.past(each, 0)
  return false
}

/** Since when, after `floor`, it has said whom it takes for the leader: who was frozen meanwhile said nothing before. */
function namedSince({ said, claim }: Member, floor: number): number {
  const series = NAMES.flatMap((type) => said.get(type) ?? []).map((each) => seriesSince(each, floor, floor))
  return Math.min(claim.lockView.at, ...series.filter((since) => since !== undefined))
}
