import type { Clock } from '../src/model/clock.ts'
import { holdsLock, isSucceeded, namesSuccessor, patienceWithEnd } from '../src/model/leadership.ts'
import { hasCome, isRunningPrimary, lastOf, loopOf, membersOf, runningPrimary } from '../src/model/picture.ts'
import { clear, fire, type Params, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

/** What Patroni says when its PostgreSQL does not answer it. */
const UNANSWERED = ['postgres.unreachable', 'postgres.role-remembered']

type P = 'patience' | 'unanswered'

export default rule<P>({
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
  *check(cluster, clock, params) {
    for (const member of membersOf(cluster)) yield judge(member, clock, params)
  },
})

function judge(member: Member, clock: Clock, { patience, unanswered }: Params<P>): Verdict {
  const { cluster, claim, history, primary } = member
  if (history.unansweredSince > NEVER && leadsUp(member)) return hangs(member, clock, unanswered)
  if (isRunningPrimary(member))
    return clear(member.name, `${member.name} is a running primary`, { evidence: primary.evidence })
  if (released(member))
    return clear(member.name, `${member.name} gave up the leader lock`, { evidence: lines(member, 'lock.released') })
  if (holdsLock(member) && (promotes(member) || recovers(member, patience))) return promoting(member, clock, patience)
  const other = runningPrimary(cluster)
  if (other !== undefined) return succeeded(member, other)
  if (!isSucceeded(member) && refusedSince(member) !== NEVER) return refused(member, clock, patience)
  if (!holdsLock(member) || claim.role.value !== 'leader' || primary.ended === NEVER)
    return unknown(member.name, 'it does not hold the lock, or was never seen as primary')
  if (namesSuccessor(cluster, member.name, primary.ended) !== undefined)
    return unknown(member.name, 'another took the lock since, as a third one says')
  return ended(member, clock, patience)
}

/** Its PostgreSQL ended as a primary, and it holds the lock all the same. */
function ended(member: Member, clock: Clock, patience: number): Verdict {
  const { cluster, claim, primary } = member
  return fire({
    subject: member.name,
    member: member.name,
    since: Math.max(primary.ended, claim.role.since),
    for:
      claim.postgres.value === 'starting'
        ? cluster.timings.primaryStartTimeout
        : Math.max(patience, patienceWithEnd(member)),
    summary: `${member.name} holds the leader lock but is no running primary since ${clock.hms(primary.ended)}: ${primary.endedBy}`,
    claims: says(member, 'leader.confirmed', 'lock.acquired'),
    evidence: [...primary.evidence, ...lines(member, 'postgres.down', 'postgres.starting')],
  })
}

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

function refused(member: Member, clock: Clock, patience: number): Verdict {
  const since = refusedSince(member)
  return fire({
    subject: member.name,
    member: member.name,
    since,
    for: patience,
    summary: `the leader lock bears the name of ${member.name}, which cannot renew it and is no primary since ${clock.hms(since)}`,
    claims: says(member, 'lock.owner-seen'),
    evidence: lines(member, 'lock.update-failed', 'dcs.session-lost'),
  })
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

function promoting(member: Member, clock: Clock, patience: number): Verdict {
  const since = lastOf(member, 'promotion.started')
  return fire({
    subject: member.name,
    member: member.name,
    since,
    for: patience,
    summary: `${member.name} holds the leader lock and has been promoting since ${clock.hms(since)}`,
    claims: says(member, 'leader.confirmed', 'promotion.started'),
    evidence: lines(member, 'promotion.started', 'leader.confirmed'),
  })
}
