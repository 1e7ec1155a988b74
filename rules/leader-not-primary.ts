import type { Clock } from '../src/model/clock.ts'
import { holdsLock, namesSuccessor, patienceWithEnd } from '../src/model/leadership.ts'
import { hasCome, isRunningPrimary, lastOf, loopOf, membersOf, runningPrimary } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

/** What Patroni says when its PostgreSQL does not answer it. */
const UNANSWERED = ['postgres.unreachable', 'postgres.role-remembered']

export default rule<'patience' | 'unanswered'>({
  meta: {
    id: 'leader-not-primary',
    summary: "The lock holder's PostgreSQL is no running primary",
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: {
      patience: { default: 30_000, unit: 'duration', means: 'so long after its primary ended' },
      unanswered: {
        default: 60_000,
        unit: 'duration',
        means: 'so long without an answer to its own Patroni in any cycle: a warning',
      },
    },
    mutedBy: ['pause', 'switchover', 'stop', 'restart', 'rolling-update'],
    inhibits: [],
    needs: ['PostgreSQL lines or samples of the leader'],
    fires:
      "The lock holder's PostgreSQL is in recovery or down for more than 30 s (while it starts: primary_start_timeout), or it does not promote for so long since it cannot renew the lock; or it runs, and has not answered its own Patroni for 1 min (a warning).",
    ends: 'A running primary is proven, or it gives up the lock: see no-leader.',
    silent: 'Standby cluster; leader whose PostgreSQL is not known.',
    blindSpots: ['A promotion that hangs while the log says "the leader with the lock".'],
    falseAlarms: ['Crash recovery of a large instance.'],
    remedy: ['psql -h {member} -c "select pg_is_in_recovery()"', 'patronictl list {scope}'],
  },
  *check(cluster, clock, { patience, unanswered }) {
    for (const member of membersOf(cluster)) {
      if (member.history.unansweredSince > NEVER && leadsUp(member)) yield hangs(member, clock, unanswered)
      else if (isRunningPrimary(member))
        yield clear(member.name, `${member.name} is a running primary`, { evidence: member.primary.evidence })
      else if (released(member))
        yield clear(member.name, `${member.name} gave up the leader lock`, { evidence: lines(member, 'lock.released') })
      else if ((promotes(member) || recovers(member, patience)) && holdsLock(member))
        yield fire({
          subject: member.name,
          member: member.name,
          since: lastOf(member, 'promotion.started'),
          for: patience,
          summary: `${member.name} holds the leader lock and has been promoting since ${clock.hms(lastOf(member, 'promotion.started'))}`,
          claims: says(member, 'leader.confirmed', 'promotion.started'),
          evidence: lines(member, 'promotion.started', 'leader.confirmed'),
        })
      else if (runningPrimary(cluster) !== undefined) yield succeeded(member, runningPrimary(cluster) as Member)
      else if ((cluster.leader?.name ?? member.name) === member.name && refusedSince(member) !== NEVER)
        yield fire({
          subject: member.name,
          member: member.name,
          since: refusedSince(member),
          for: patience,
          summary: `the leader lock bears the name of ${member.name}, which cannot renew it and is no primary since ${clock.hms(refusedSince(member))}`,
          claims: says(member, 'lock.owner-seen'),
          evidence: lines(member, 'lock.update-failed', 'dcs.session-lost'),
        })
      else if (!holdsLock(member) || member.claim.role.value !== 'leader' || member.primary.ended === NEVER)
        yield unknown(member.name, 'it does not hold the lock, or was never seen as primary')
      else if (namesSuccessor(cluster, member.name, member.primary.ended) !== undefined)
        yield unknown(member.name, 'another took the lock since, as a third one says')
      else
        yield fire({
          subject: member.name,
          member: member.name,
          since: Math.max(member.primary.ended, member.claim.role.since),
          for:
            member.claim.postgres.value === 'starting'
              ? cluster.timings.primaryStartTimeout
              : Math.max(patience, patienceWithEnd(member)),
          summary: `${member.name} holds the leader lock but is no running primary since ${clock.hms(member.primary.ended)}: ${member.primary.endedBy}`,
          claims: says(member, 'leader.confirmed', 'lock.acquired'),
          evidence: [...member.primary.evidence, ...lines(member, 'postgres.down', 'postgres.starting')],
        })
    }
  },
})

/** Whether it leads and nothing says that its PostgreSQL is down; a log may begin with that it does not answer. */
function leadsUp(member: Member): boolean {
  return holdsLock(member) && member.claim.role.value === 'leader' && !(member.primary.ended > NEVER)
}

/** Patroni of a leader that is up gets no answer from it; until nothing more is said of that, and something else tells that it runs. */
function hangs(member: Member, clock: Clock, patience: number): Verdict {
  const { name, primary, history } = member
  const told = lastOf(member, ...UNANSWERED)
  if (clock.past(told, 3 * loopOf(member))) {
    if (!hasCome(primary.proven, told + 1, clock)) return unknown(name, 'nothing more is said of it')
    return clear(name, `${name} is a running primary`, { evidence: primary.evidence })
  }
  // A PostgreSQL that was down until then could not answer.
  const since = Math.max(history.unansweredSince, primary.since)
  return fire({
    subject: name,
    member: name,
    since,
    for: patience,
    severity: 'warning',
    summary: `Patroni of ${name}, the leader, has had no answer from its PostgreSQL since ${clock.hms(since)}`,
    claims: says(member, 'leader.confirmed'),
    evidence: lines(member, ...UNANSWERED),
  })
}

/** Whether it gave up the lock that it held: that nobody leads then is for no-leader to tell. */
function released(member: Member): boolean {
  const held = lastOf(member, 'leader.confirmed', 'lock.acquired', 'promotion.started', 'lock.update-failed')
  return lastOf(member, 'lock.released') > held
}

/** Another one runs as primary, and was proven to after this one's end. */
function succeeded(member: Member, { name, primary }: Member): Verdict {
  const ended = Math.max(member.primary.ended, refusedSince(member))
  if (ended === NEVER || primary.proven.at <= ended) return unknown(member.name, `${name} runs as primary`)
  return clear(member.name, `${name} is the running primary`, { evidence: primary.evidence })
}

/** Since when it names itself as the leader and is refused, cycle after cycle, and does not promote for that; or NEVER. */
function refusedSince(member: Member): number {
  const { lockView } = member.claim
  const ended = member.primary.ended > NEVER ? member.primary.ended : NEVER
  const confirmed = lastOf(member, 'leader.confirmed', 'follower.confirmed', 'lock.acquired', 'promotion.started')
  const refused = member.said.get('lock.update-failed')
  if (refused === undefined || refused.at <= confirmed || refused.params.role !== 'replica') return NEVER
  return lockView.value === member.name ? Math.max(lockView.since, confirmed, ended) : NEVER
}

/** It renews the lock while it still promotes: its own word, and none since that it is done. */
function promotes(member: Member): boolean {
  const begun = lastOf(member, 'promotion.started')
  const renewed = member.said.get('leader.confirmed')
  if (renewed === undefined || renewed.at < begun || lastOf(member, 'promotion.completed') > begun) return false
  return begun !== NEVER && renewed.params.action === 'promote'
}

/** The same by samples: long after its promotion began it is still in recovery. */
function recovers({ measure: { role }, said, claim }: Member, patience: number): boolean {
  const begun = said.get('promotion.started')?.at
  if (begun === undefined || role === undefined || claim.role.value !== 'leader') return false
  return role.value === 'replica' && role.time >= begun + patience
}
