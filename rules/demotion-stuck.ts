import { lastOf, loopOf, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { NEVER, type Said } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'demotion-stuck',
    summary: 'A demotion does not end',
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the leader'],
    fires:
      'A demotion goes on for more than two loops. Critical while the leader lock is renewed in it: nobody else can take over.',
    ends: 'The demotion is completed, or the member follows a leader.',
    silent: 'A demotion that ends within two loops.',
    blindSpots: ['A member that says nothing while it demotes itself: see no-leader.'],
    falseAlarms: [],
    remedy: [
      '# PostgreSQL on {member} does not shut down: look for a hanging walsender or checkpoint',
      'psql -h {member} -c "select pid, state, application_name from pg_stat_replication"',
    ],
  },
  *check(cluster) {
    for (const member of membersOf(cluster)) {
      const running = member.said.get('demotion.running')
      if (running === undefined) continue
      const begun = lastOf(member, 'demotion.started')
      const ended = Math.max(
        lastOf(member, 'demotion.completed', 'follower.confirmed', 'promotion.started'),
        plainHeartbeat(member.said.get('leader.confirmed')),
      )
      const since =
        Math.min(begun, running.at) > ended && begun > running.at - 600_000
          ? begun
          : (running.times.find((time) => time > ended) ?? running.at)
      if (ended >= running.at) yield clear(member.name, 'the demotion is over')
      else if (running.at - since > 2 * loopOf(member)) {
        // `… in progress` says that the lock was not renewed in this cycle (`Ha.handle_long_action_in_progress`).
        const renews = running.params.lockRenewed !== undefined
        yield fire({
          subject: member.name,
          member: member.name,
          since,
          severity: renews ? 'critical' : 'warning',
          summary: `${member.name} has not finished demoting itself${renews ? ' and still renews the leader lock' : ''}`,
          claims: says(member, 'demotion.running'),
          evidence: [running.evidence(), ...lines(member, 'demotion.started')],
        })
      }
    }
  },
})

/** A heartbeat that is not itself "updated leader lock during …". */
function plainHeartbeat(said: Said | undefined): number {
  return said !== undefined && said.params.action === undefined ? said.at : NEVER
}
