import { isRunningPrimary, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { lines, reads, says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'failsafe-active',
    summary: 'The leader runs in failsafe mode: it cannot reach the DCS',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the leader, or its REST API (3.0.0 and later)'],
    fires: 'The leader says that it goes on because every member accepted, or its flag is up.',
    ends: 'A later line that needed the lock, a demotion or a sample as replica, a sample with the flag down and a leader in view; or another took the lock.',
    silent: 'The flag of a replica, which stays up for ttl after the last call.',
    blindSpots: ['Before Patroni 3.0.0 there is no failsafe mode; at log level WARNING only the flag shows it.'],
    falseAlarms: [],
    remedy: [
      'curl -s http://{member}:8008/patroni | jq .failsafe_mode_is_active,.dcs_last_seen',
      'patronictl list {scope}',
      '# check the DCS (etcd, Kubernetes API) from {member}',
    ],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) {
      const { failsafe, role } = member.claim
      if (failsafe.value === 'off') yield clear(member.name, failsafe.because, { evidence: failsafe.evidence })
      else if (failsafe.value === 'unknown') yield unknown(member.name, 'nothing is known of its failsafe mode')
      // The flag stays up for ttl after the last call, of whoever gave up the primary role too.
      else if (role.value === 'none' || role.value === 'replica')
        yield isRunningPrimary(member)
          ? unknown(member.name, 'a running primary that says it is none')
          : clear(member.name, `it leads no more: ${role.because}`, { evidence: role.evidence })
      else if (role.value === 'leader' || isRunningPrimary(member))
        yield fire({
          subject: member.name,
          member: member.name,
          since: failsafe.since,
          summary: `${member.name} stays primary in failsafe mode since ${clock.hms(failsafe.since)}: it cannot reach the DCS`,
          claims: says(member, 'failsafe.holding'),
          measures:
            member.measure.failsafeActive?.value === true
              ? [
                  reads(
                    member,
                    'patroni_failsafe_mode_is_active',
                    member.measure.failsafeActive.time,
                    'its flag failsafe_mode_is_active is up',
                  ),
                ]
              : [],
          evidence: [...failsafe.evidence, ...lines(member, 'dcs.unreachable')],
        })
    }
  },
})
