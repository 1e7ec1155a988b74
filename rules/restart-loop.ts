import { holdsLock } from '../src/model/leadership.ts'
import { membersOf } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<'starts' | 'window'>({
  meta: {
    id: 'restart-loop',
    summary: 'PostgreSQL of a member starts again and again',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {
      starts: { default: 3, unit: 'count', means: 'so many starts' },
      window: { default: 300_000, unit: 'duration', means: 'within so long; running for so long ends it' },
    },
    mutedBy: ['pause', 'switchover', 'stop', 'restart', 'rebuild', 'rolling-update'],
    inhibits: [],
    needs: ['PostgreSQL lines of the member, those of Patroni, or samples with its state'],
    fires:
      'Three starts within 5 min that followed a crash, a failed start, or an exit that nobody asked for. Critical on the leader.',
    ends: '5 min running.',
    silent: 'Starts after a shutdown that was asked for: restarts, rewind, reinit, slot copy; the first start seen.',
    blindSpots: [
      'On Spilo PostgreSQL writes to files of its own: without them only the starts that Patroni orders are seen.',
    ],
    falseAlarms: [],
    remedy: [
      'journalctl -k | grep -i "out of memory"   # on {member}',
      'df -h   # on {member}',
      '# the last FATAL or PANIC line of its PostgreSQL log',
    ],
  },
  *check(cluster, clock, { starts, window }) {
    for (const member of membersOf(cluster)) {
      const { restarts } = member.history
      const last = restarts.at(-1)
      if (last === undefined) continue
      const first = restarts.at(-starts)
      const { postgres } = member.claim
      if (postgres.value === 'running' && clock.past(Math.max(postgres.since, last), window))
        yield clear(member.name, `its PostgreSQL runs since ${clock.hms(postgres.since)}`)
      else if (first !== undefined && last - first <= window && !clock.past(last, window))
        yield fire({
          subject: member.name,
          member: member.name,
          since: last,
          severity: holdsLock(member) ? 'critical' : 'warning',
          summary: `PostgreSQL of ${member.name} started ${starts} times within ${window / 60_000} min without a request`,
          claims: says(member, 'postgres.starting'),
          evidence: lines(
            member,
            'postgres.crashed',
            'postgres.start-failed',
            'postgres.crash-recovery',
            'process.killed',
          ),
        })
    }
  },
})
