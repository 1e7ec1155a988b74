import type { Clock } from '../src/model/clock.ts'
import { fire, rule } from '../src/model/rule.ts'
import type { LeaderChange } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'leader-changed',
    summary: 'Another member holds the leader lock',
    scope: 'cluster',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: ['pause'],
    inhibits: [],
    needs: ['Patroni lines or samples of the members'],
    fires:
      'Another member than the one last known holds the lock. Info when it was requested, or when the lines are missing that would tell whether it was.',
    ends: 'At once: it is an event, one record.',
    silent: 'The first leader seen; the same member again.',
    blindSpots: [
      'At log level WARNING, and without samples, nobody says who leads.',
      'A failover of which no line arrives is told as information; what it did is the matter of other rules.',
    ],
    falseAlarms: [],
    remedy: ['patronictl history {cluster}', 'patronictl list {cluster}'],
  },
  *check(cluster, clock) {
    const change = cluster.leaderChange
    if (change === null) return
    const [from, to] = [cluster.members.get(change.from), cluster.members.get(change.to)]
    yield fire({
      subject: cluster.name,
      member: change.to,
      since: change.at,
      severity: change.planned || unheardSince(change) !== null ? 'info' : 'warning',
      once: true,
      summary: `leadership moved from ${change.from} to ${change.to} ${when(change, clock)}`,
      claims: [
        ...(from === undefined ? [] : says(from, 'demotion.started', 'demotion.completed', 'leader.confirmed')),
        ...(to === undefined ? [] : says(to, 'promotion.started', 'lock.acquired')),
      ],
      evidence: change.evidence,
    })
  },
})

/** Snapshots of earlier releases do not say. */
const unheardSince = ({ unheard }: LeaderChange): number | null => unheard ?? null

function when(change: LeaderChange, clock: Clock): string {
  const unheard = unheardSince(change)
  if (unheard === null) return `at ${clock.hms(change.at)}${change.planned ? ', as requested' : ''}`
  return `between ${clock.hms(unheard)} and ${clock.hms(change.at)}; lines of ${change.from} are missing that would tell whether that was requested`
}
