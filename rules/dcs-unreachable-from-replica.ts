import type { Clock } from '../src/model/clock.ts'
import { isMute } from '../src/model/hearing.ts'
import { leads } from '../src/model/leadership.ts'
import { hasCome, loopOf, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'dcs-unreachable-from-replica',
    summary: 'A replica cannot reach the DCS, the leader can',
    scope: 'member',
    severity: 'info',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the replica'],
    fires: 'Only replicas say so, for more than two loops.',
    ends: 'A cycle of it with success.',
    silent: 'The leader cannot reach it either; a replica that says nothing any more.',
    blindSpots: ['On Kubernetes a replica whose watches stay open says nothing in an outage.'],
    falseAlarms: [],
    remedy: ['# reach the DCS from {member}; replication is not touched by this'],
  },
  *check(cluster, clock) {
    const leading = membersOf(cluster).filter(leads)
    const leaderSays = leading.some((member) => member.claim.dcs.value === 'unreachable')
    // The leader's cycle comes first when an outage ends: from then on it is the replica's alone.
    const alone = Math.max(NEVER, ...leading.map((member) => member.claim.dcs.since))
    for (const member of membersOf(cluster)) {
      const { dcs, role } = member.claim
      if (dcs.value === 'reachable') yield clear(member.name, dcs.because)
      else if (dcs.value === 'unknown' || leaderSays) yield unknown(member.name, 'unknown, or the leader says so too')
      else if (isMute(member, clock)) yield unknown(member.name, 'nothing is heard of it')
      else if (!saysSince(member, alone, clock))
        yield unknown(member.name, 'it has not said so since the leader does not')
      else if (role.value === 'replica')
        yield fire({
          subject: member.name,
          member: member.name,
          since: Math.max(dcs.since, alone),
          for: 2 * loopOf(member),
          summary: `${member.name} cannot reach the DCS since ${clock.hms(dcs.since)}${streams(member) ? '; replication goes on without it' : ''}`,
          claims: says(member, 'dcs.unreachable'),
          evidence: dcs.evidence,
        })
    }
  },
})

/** Whether its loops fail on, since the leader's do not: each says so, until it says nothing any more. */
function saysSince({ said }: Member, time: number, clock: Clock): boolean {
  const failed = said.get('dcs.unreachable')
  return failed !== undefined && hasCome(failed, time, clock)
}

/** Positions read since then still move: its word alone proves no replication. */
function streams({ claim, measure }: Member): boolean {
  return claim.replication.value === 'streaming' && measure.receive.moved.at > claim.dcs.since
}
