import type { Clock } from '../src/model/clock.ts'
import { isOfPatroni } from '../src/model/hearing.ts'
import { namedLeader } from '../src/model/leadership.ts'
import { bytesBetween } from '../src/model/lsn.ts'
import { isRunningPrimary, lastOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { aheadOf, latestOf } from '../src/model/stamps.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { lines, reads, says } from '../src/model/statement.ts'
import { expiry } from '../src/model/wal-source.ts'

export default rule<'clockError'>({
  meta: {
    id: 'two-leaders',
    summary: 'Two members are primary at the same time',
    scope: 'cluster',
    severity: 'critical',
    for: 0,
    params: {
      clockError: {
        default: 2_000,
        unit: 'duration',
        means: 'clocks of two members may differ by so much, beside what is learned of them',
      },
    },
    mutedBy: [],
    inhibits: [
      'replica-stalled',
      'replica-without-upstream',
      'replica-view-stale',
      'leader-not-primary',
      'writes-rejected',
    ],
    needs: ['samples or Patroni lines of both members'],
    fires:
      'A is proven a running primary after the promotion of B, by samples or by a checkpoint of its own; or, probable: B was promoted while A went silent without a demotion or shutdown, and WAL of A still arrived long after its last line; or two members confirm leadership in overlapping time, one of them perhaps without the lock in a paused cluster.',
    ends: 'One of them demoted, is down, in recovery, or says that it follows.',
    silent: 'A demoted or shut down before; the second heartbeat that was under way during the change.',
    blindSpots: ['A that is neither heard nor measured after it was cut off, and whose WAL nobody received.'],
    falseAlarms: [
      'Clocks that differ by more than the parameter, of members that are not polled.',
      'By logs alone, another PostgreSQL on the host of a leader that died without a line, where both write one log.',
    ],
    remedy: [
      'patronictl list {scope}',
      '# fence the older primary first: stop its PostgreSQL, or take it off the network',
      'psql -h {member} -c "select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()"',
    ],
  },
  *check(cluster, clock, { clockError }) {
    for (const older of cluster.members.values())
      for (const newer of cluster.members.values())
        if (isPair(older, newer)) yield judge(older, newer, clock, clockError)
  },
})

/** Two members of which the one became a primary before the other was promoted. */
function isPair(older: Member, newer: Member): boolean {
  if (older === newer || !isOfPatroni(older) || !isOfPatroni(newer)) return false
  const promoted = promotionOf(newer)
  if (promoted === NEVER || older.primary.since === NEVER || older.primary.since > promoted) return false
  // The end of its first time as a primary may have been lost: what it does now is of the second.
  return lastOf(older, 'promotion.started') <= promoted
}

function judge(older: Member, newer: Member, clock: Clock, clockError: number): Verdict {
  const subject = `${older.name},${newer.name}`
  const promoted = promotionOf(newer)
  const gone = [older, newer].find(({ claim }) => claim.membership.value === 'gone')
  if (gone !== undefined) return clear(subject, gone.claim.membership.because, { reason: 'member gone' })
  const { evidence, endedBy } = older.primary
  if (!isRunningPrimary(older)) return clear(subject, `${older.name} is no primary: ${endedBy}`, { evidence })
  const given = givenUp(older)
  if (given > promoted - clockError)
    return clear(subject, `${older.name} gave up the primary role at ${clock.hms(given)}`, { evidence })
  if (!isRunningPrimary(newer) && endOf(newer) > promoted)
    return clear(subject, `${newer.name} gave up the primary role`)
  const follower = [older, newer].find((member) => follows(member, clock))
  if (follower !== undefined)
    return clear(subject, `${follower.name} follows ${namedLeader(follower) ?? 'another one'}`, {
      evidence: lines(follower, 'follower.confirmed'),
    })
  const proof = proofOf(older, newer, promoted, clockError)
  if (proof === null) {
    // Heartbeats say nothing new: what the next ones of both would prove is asked when they come.
    clock.past(older.heard, 0)
    if (!leadsAfter(newer, promoted)) clock.past(newer.heard, 0)
    return unknown(subject, `nothing proves that ${older.name} ran on after ${newer.name} was promoted`)
  }
  return fire({
    subject,
    member: null,
    since: promoted,
    summary: `${older.name} ${proof} although ${newer.name} was promoted at ${clock.hms(promoted)}`,
    claims: [...says(older, 'leader.confirmed'), ...says(newer, 'promotion.started', 'leader.confirmed')],
    measures: [older, newer].flatMap((member) =>
      member.measure.role?.value === 'primary'
        ? [reads(member, 'patroni_primary', member.measure.sampled.at, 'primary, running')]
        : [],
    ),
    evidence: [
      ...lines(older, 'leader.confirmed', 'postgres.writing'),
      ...lines(newer, 'promotion.started', 'promotion.completed'),
    ],
  })
}

/** When the member was promoted: by its own line, else when it was first proven to run as a primary, be that over or not. */
function promotionOf(member: Member): number {
  const said = lastOf(member, 'promotion.started')
  return said === NEVER ? member.primary.since : said
}

/** When its lines last took the primary role away. */
function givenUp(member: Member): number {
  return Math.max(member.primary.lost.at, lastOf(member, 'demotion.started', 'postgres.shutdown', 'postgres.crashed'))
}

/** When it ceased to be a primary: by its own lines, or by what is known of it since. */
function endOf(member: Member): number {
  const said = lastOf(member, 'demotion.started', 'postgres.shutdown')
  return Number.isNaN(member.primary.ended) ? said : Math.max(said, member.primary.ended)
}

function proofOf(older: Member, newer: Member, promoted: number, clockError: number): string | null {
  if (measuredAfter(older, newer, promoted, clockError)) return 'is measured a running primary'
  const error = clockError + aheadOf(older, newer)
  if (writesAfter(older, newer, promoted + error)) return 'makes checkpoints as a running primary'
  if (confirmedAfter(older, promoted + error) && leadsAfter(newer, promoted)) return 'confirms that it leads'
  return wroteOn(older, newer, promoted)
    ? 'fell silent without a demotion and its WAL still arrived long after its last line: it is probably still primary'
    : null
}

/**
 * A sample of the older one as a running primary, later than one of the newer: both stamped by whoever scraped them, so
 * that clocks of members which differ do not matter.
 */
function measuredAfter(older: Member, newer: Member, promoted: number, clockError: number): boolean {
  const { sampled, role, state } = older.measure
  if (role?.value !== 'primary' || state?.value !== 'running' || role.time !== sampled.at) return false
  if (newer.measure.sampled.at === NEVER) return sampled.at > promoted + clockError
  if (!isRunningPrimary(newer) || newer.primary.measuredSince < newer.primary.since) return false
  return sampled.at > newer.primary.measuredSince + clockError
}

/** Its own last word is that it is a secondary, since it was a primary: the end of that was not heard. As long as it is read, that counts. */
function follows(member: Member, clock: Clock): boolean {
  const { claim, primary, measure } = member
  if (claim.role.value !== 'replica') return false
  if (measure.role?.value === 'primary' && !clock.past(measure.role.time, expiry(member))) return false
  return lastOf(member, 'follower.confirmed') > latestOf(primary.since)
}

/**
 * A checkpoint of the older one, later than any clock is off, where both last said that they lead: a host's log may hold lines of
 * another PostgreSQL, which may be started or promoted too.
 */
function writesAfter(older: Member, newer: Member, time: number): boolean {
  if (older.claim.role.value !== 'leader' || newer.claim.role.value !== 'leader') return false
  return lastOf(older, 'postgres.writing') > time + older.cluster.timings.ttl
}

function confirmedAfter(member: Member, time: number): boolean {
  const said = member.said.get('leader.confirmed')
  // Two heartbeats: a single one may stem from before, by a clock that is ahead.
  return said !== undefined && said.params.standby === undefined && said.previous > time
}

/** It confirms that it leads, or, in a paused cluster, that its PostgreSQL is a primary without the lock. */
function leadsAfter(member: Member, time: number): boolean {
  const alone = member.said.get('lock.lost')
  return confirmedAfter(member, time) || (alone?.params.role === 'primary' && alone.at > time)
}

/**
 * A gave no sign for more than two of its heartbeats, neither a line nor an answer, yet a replica (B itself until its
 * promotion included) went on receiving WAL: PostgreSQL of A ran on while its Patroni did not, and nothing has stopped it.
 * Who has no heartbeat (log level WARNING, de-duplicated lines) is not missed in the log: then its REST API has to be read.
 */
function wroteOn(older: Member, newer: Member, promoted: number): boolean {
  const sign = Math.max(older.heard.at, older.measure.sampled.at)
  if (older.heard.at === NEVER || sign > promoted) return false
  // Whoever stops in good order says so in the DCS.
  if (older.listed?.view.state === 'stopped' && older.listed.at > sign) return false
  if (older.heartbeat === 0 && older.measure.sampled.at === NEVER) return false
  const patience = 2 * (older.heartbeat > 0 ? older.heartbeat : older.cluster.timings.loopWait)
  return lastReceived(newer, promoted) - sign > patience
}

/**
 * Latest time up to `until` at which WAL was still arriving at the member. Between two readings that lie far apart it may
 * have come at once: it is taken to have come as fast as it ever did before, so not later than proven.
 */
function lastReceived(member: Member, until: number): number {
  let last = NEVER
  let fastest = 0
  const { points } = member.measure
  for (let index = 1; index < points.length; index++) {
    const [before, now] = [points[index - 1], points[index]]
    if (now === undefined || now.time > until) break
    if (before?.receive === undefined || now.receive === undefined || now.receive <= before.receive) continue
    const [bytes, length] = [bytesBetween(before.receive, now.receive), now.time - before.time]
    last = before.time + (fastest > 0 ? Math.min(length, bytes / fastest) : 0)
    fastest = Math.max(fastest, bytes / length)
  }
  return last
}
