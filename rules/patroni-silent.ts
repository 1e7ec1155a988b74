import { type Clock, GRID } from '../src/model/clock.ts'
import { postgresWritesOn } from '../src/model/hearing.ts'
import { holdsLock, namedLeader } from '../src/model/leadership.ts'
import { hasCome, isDown, loopOf, membersOf } from '../src/model/picture.ts'
import { plannedFor, underWay } from '../src/model/planned-work.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'patroni-silent',
    summary: "A member's Patroni fell silent while others go on",
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: ['pause', 'switchover', 'stop', 'restart', 'rolling-update'],
    inhibits: [],
    needs: ['Patroni lines with regular heartbeats, or REST polls beside the log'],
    fires:
      'The learned heartbeat stopped for more than two loops and two retry timeouts, or Patroni ended by itself and did not come back for as long, while others still name the member or its PostgreSQL goes on. Critical of the leader.',
    ends: 'Word of it again.',
    silent: 'De-duplicated heartbeats (4.1) and levels above INFO unless REST fails too; a graceful stop.',
    blindSpots: ['A member without regular heartbeats.'],
    falseAlarms: ['Its log shipper died while REST is not polled.'],
    remedy: [
      'systemctl status patroni   # or: kubectl logs {member} --tail 50',
      'curl -s -o /dev/null -w "%{http_code}\\n" http://{member}:8008/liveness',
    ],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) yield judge(member, clock)
  },
})

function judge(member: Member, clock: Clock): Verdict {
  const { patroni } = member.claim
  if (patroni.value === 'alive') return clear(member.name, `Patroni on ${member.name} writes again`)
  if (patroni.value !== 'silent' || endedAsAsked(member)) return unknown(member.name, 'its silence is not known')
  if (patroni.basis === 'logged' && !clock.past(patroni.since, patienceWith(member)))
    return unknown(member.name, 'it ended by itself just now, and may be started again')
  const asked = plannedFor(member, clock, 'stop', 'restart')
  if ((asked !== undefined && underWay(asked, patroni.since)) || member.claim.membership.value === 'leaving')
    return unknown(member.name, 'it was stopped on purpose')
  if (member.measure.sampled.at > patroni.since + 5_000)
    return unknown(member.name, 'its REST API answers: only its log is missing')
  if (!goesOn(member, patroni.since, clock)) return unknown(member.name, 'nobody names it and nothing of it goes on')
  return fire({
    subject: member.name,
    member: member.name,
    since: patroni.since,
    severity: holdsLock(member) ? 'critical' : 'warning',
    summary: `Patroni on ${member.name} is silent since ${clock.hms(patroni.since)}: ${patroni.because}`,
    claims: says(member, 'leader.confirmed', 'follower.confirmed'),
  })
}

/** Its end is written, and nothing says that it was no end it was asked for. */
function endedAsAsked({ claim: { patroni }, said }: Member): boolean {
  return patroni.basis === 'logged' && said.get('patroni.stopped')?.params.asked !== 'no'
}

/** A Patroni that ended by itself gets as long as one that fell silent. */
function patienceWith(member: Member): number {
  return 2 * loopOf(member) + 2 * member.cluster.timings.retryTimeout
}

/** Others still name it, list it, or its PostgreSQL writes on. */
function goesOn(member: Member, since: number, clock: Clock): boolean {
  if (postgresWritesOn(member, since, Math.max(since, downAt(member)), clock)) return true
  if (member.listed !== undefined && member.listed.at > since && member.listed.view.state !== 'stopped') return true
  for (const other of member.cluster.members.values()) {
    if (other === member || namedLeader(other) !== member.name) continue
    if (hasCome(other.heard, since + 1, clock)) return true
  }
  return false
}

/** Its latest lines are those of its end, if it is down. */
function downAt(member: Member): number {
  return isDown(member) ? member.claim.postgres.at + GRID : NEVER
}
