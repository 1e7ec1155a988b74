import { fire, rule } from '../src/model/rule.ts'
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
    fires: 'Another member than the one last known holds the lock. Info when it was requested.',
    ends: 'At once: it is an event, one record.',
    silent: 'The first leader seen; the same member again.',
    blindSpots: ['At log level WARNING, and without samples, nobody says who leads.'],
    falseAlarms: [],
    remedy: ['patronictl history {scope}', 'patronictl list {scope}'],
  },
  *check(cluster, clock) {
    const change = cluster.leaderChange
    if (change === null) return
    const [from, to] = [cluster.members.get(change.from), cluster.members.get(change.to)]
    yield fire({
      subject: cluster.name,
      member: change.to,
      since: change.at,
      severity: change.planned ? 'info' : 'warning',
      once: true,
      summary: `leadership moved from ${change.from} to ${change.to} at ${clock.hms(change.at)}${change.planned ? `, ${change.how}` : ''}`,
      claims: [
        ...(from === undefined ? [] : says(from, 'demotion.started', 'demotion.completed', 'leader.confirmed')),
        ...(to === undefined ? [] : says(to, 'promotion.started', 'lock.acquired')),
      ],
      evidence: change.evidence,
    })
  },
})
