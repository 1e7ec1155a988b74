import { membersOf, tookLockSince } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'failsafe-end-unconfirmed',
    summary: 'A leader in failsafe mode fell silent: nobody knows whether it still holds',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the leader'],
    fires: 'In failsafe mode by its last word, and neither a line nor a sample of it for ttl.',
    ends: 'Failsafe mode ended, word of it again, or another member that takes the lock.',
    silent: 'Any later line or sample that tells.',
    blindSpots: ['A leader whose log is shipped late looks the same until the lines arrive.'],
    falseAlarms: ['The log shipper of that member died: check its lag.'],
    remedy: ['curl -s http://{member}:8008/patroni | jq .role,.failsafe_mode_is_active', 'patronictl list {scope}'],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) {
      const { failsafe } = member.claim
      const held = member.said.get('failsafe.holding')
      if (failsafe.value !== 'unknown') {
        yield clear(member.name, failsafe.because)
        continue
      }
      if (held !== undefined && tookLockSince(member, held.at) !== null) {
        yield clear(member.name, `${cluster.leader?.name} holds the leader lock since`)
        continue
      }
      if (failsafe.basis !== 'expired' || held === undefined) continue
      yield fire({
        subject: member.name,
        member: member.name,
        since: Math.max(held.at, member.heard.at, member.measure.sampled.at),
        for: cluster.timings.ttl,
        summary: `${member.name} was in failsafe mode at ${clock.hms(held.at)} and nothing was heard of it since`,
        claims: says(member, 'failsafe.holding'),
        evidence: [held.evidence()],
      })
    }
  },
})
