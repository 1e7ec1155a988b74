import { isSilent } from '../src/model/hearing.ts'
import { leads, tookLockSince } from '../src/model/leadership.ts'
import { isRunningPrimary, lastOf, loopOf, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'dcs-unreachable',
    summary: 'The leader cannot reach the DCS',
    scope: 'cluster',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: ['dcs-unreachable-from-replica', 'loop-too-slow'],
    needs: ['Patroni lines of the leader'],
    fires:
      'The leader says for more than a loop that its calls to the DCS fail. Critical when a member refused its failsafe call.',
    ends: 'A cycle of it with success, or of another one that took the lock when it had fallen silent.',
    silent: 'Single failed requests and retries.',
    blindSpots: [
      "On Kubernetes a leader whose API server answers 'no' (401, 409) has a reachable DCS: see leader-lock-lost.",
    ],
    falseAlarms: [],
    remedy: [
      'patronictl list {scope}',
      '# reach the DCS from {member}: etcdctl endpoint health, or kubectl get --raw /healthz',
    ],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) {
      const { dcs } = member.claim
      if (dcs.value === 'reachable') yield clear(member.name, dcs.because, { evidence: dcs.evidence })
      else if (tookLockSince(member, dcs.at) !== null)
        yield isSilent(member, cluster.timings.ttl, clock)
          ? clear(member.name, `${cluster.leader?.name} holds the lock, and nothing is heard of ${member.name}`)
          : unknown(member.name, 'another one took the lock since it said so')
      else if (dcs.value === 'unknown') yield unknown(member.name, 'nothing is known of its DCS')
      else if (!saysHeartbeats(member) && dcs.basis === 'logged' && dcs.at - dcs.since < loopOf(member))
        yield unknown(member.name, 'said once, and no heartbeat of it would tell the end')
      else if (isRunningPrimary(member) && member.primary.since > dcs.at)
        yield unknown(member.name, 'it became the primary since, for which it took the lock')
      else if (leads(member)) {
        const refused = lastOf(member, 'failsafe.peer-refused') >= dcs.since
        yield fire({
          subject: member.name,
          member: member.name,
          since: dcs.since,
          for: loopOf(member),
          severity: refused ? 'critical' : 'warning',
          summary: refused
            ? `leader ${member.name} cannot reach the DCS and a member refused its failsafe call`
            : `leader ${member.name} cannot reach the DCS since ${clock.hms(dcs.since)}`,
          claims: says(member, 'dcs.unreachable'),
          evidence: [...dcs.evidence, ...lines(member, 'failsafe.peer-refused', 'dcs.request-failed')],
        })
      }
    }
  },
})

/** At level WARNING there are none; one that is left out because it repeats the last says that the last still holds. */
function saysHeartbeats(member: Member): boolean {
  return lastOf(member, 'leader.confirmed', 'follower.confirmed') !== NEVER
}
