import { isRunningPrimary, lastOf, membersOf, tookLockSince } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
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
    ends: 'A later line that needed the lock, a demotion, another member that takes the lock, or a sample with the flag down and a leader in view.',
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
      else if (tookLockSince(member, saidAt(member)) !== null)
        yield clear(member.name, `${cluster.leader?.name} holds the leader lock since`, {
          evidence: cluster.leader?.evidence ?? [],
        })
      else if (failsafe.value === 'unknown') yield unknown(member.name, 'nothing is known of its failsafe mode')
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

/** When it said so last, or its flag was up. */
function saidAt(member: Member): number {
  const { failsafeActive } = member.measure
  return Math.max(lastOf(member, 'failsafe.holding'), failsafeActive?.value === true ? failsafeActive.time : NEVER)
}
