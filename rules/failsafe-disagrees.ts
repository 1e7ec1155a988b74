import type { Clock } from '../src/model/clock.ts'
import type { Read } from '../src/model/measure.ts'
import { isRunningPrimary, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import type { Member } from '../src/model/state.ts'
import { reads, says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'failsafe-disagrees',
    summary: "A member's log and its flag disagree on failsafe mode",
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines', 'REST samples (3.0.0 and later)'],
    fires:
      'Leader: inferred failsafe and its flag differ for more than ttl. Replica: the flag is up more than 2 ttl after failsafe mode ended on the leader.',
    ends: 'They agree again.',
    silent: 'The flag of a replica within ttl of the last call; no samples.',
    blindSpots: ['Members whose REST API is not polled.'],
    falseAlarms: [],
    remedy: ['curl -s http://{member}:8008/patroni | jq .failsafe_mode_is_active'],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) {
      const flag = member.measure.failsafeActive
      if (flag === undefined || flag.time < member.measure.sampled.at - 60_000)
        yield unknown(member.name, 'its flag is not read')
      else if (isRunningPrimary(member)) yield leader(member, flag, clock)
      else yield replica(member, flag, clock)
    }
  },
})

function leader(member: Member, { value: flag, time, since: turned }: Read<boolean>, clock: Clock): Verdict {
  const { failsafe } = member.claim
  if (failsafe.value === 'unknown') return unknown(member.name, 'its log says nothing of failsafe mode')
  if (time <= failsafe.since) return unknown(member.name, 'its flag was not read since')
  if ((failsafe.value === 'holding') === flag) return clear(member.name, 'log and flag agree')
  if (failsafe.basis === 'measured') return unknown(member.name, 'it is known by the flag alone')
  const since = Math.max(failsafe.since, turned)
  if (time - since <= member.cluster.timings.ttl) return unknown(member.name, 'not for longer than ttl yet')
  return fire({
    subject: member.name,
    member: member.name,
    since,
    for: member.cluster.timings.ttl,
    summary: `${member.name}'s log says that it ${failsafe.value === 'holding' ? 'is' : 'is not'} in failsafe mode since ${clock.hms(failsafe.since)}, its flag is ${flag ? 'up' : 'down'}`,
    claims: says(member, 'failsafe.holding', 'leader.confirmed'),
    measures: [
      reads(
        member,
        'patroni_failsafe_mode_is_active',
        member.measure.sampled.at,
        `its flag failsafe_mode_is_active is ${flag ? 'up' : 'down'}`,
      ),
    ],
  })
}

function replica(member: Member, { value: flag, time }: Read<boolean>, clock: Clock): Verdict {
  if (!flag) return clear(member.name, 'its flag is down')
  const leader = member.cluster.members.get(member.cluster.leader?.name ?? '')
  const failsafe = leader?.claim.failsafe
  if (leader === undefined || leader === member || failsafe?.value !== 'off' || leader.heard.at < failsafe.since)
    return unknown(member.name, 'the leader is in failsafe mode or silent')
  // A flag that rose only now belongs to a call that came only now.
  const up = member.claim.failsafe.value === 'holding' ? member.claim.failsafe.since : failsafe.since
  const since = Math.max(failsafe.since, up)
  if (time - since <= 2 * member.cluster.timings.ttl)
    return unknown(member.name, 'its flag was not read up so long after')
  return fire({
    subject: member.name,
    member: member.name,
    since,
    for: 2 * member.cluster.timings.ttl,
    summary: `${member.name}'s failsafe flag is up although ${leader.name} left failsafe mode at ${clock.hms(failsafe.since)}`,
    claims: says(leader, 'leader.confirmed'),
    measures: [
      reads(
        member,
        'patroni_failsafe_mode_is_active',
        member.measure.sampled.at,
        'its flag failsafe_mode_is_active is up',
      ),
    ],
  })
}
