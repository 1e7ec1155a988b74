import type { Clock } from '../src/model/clock.ts'
import { isMute } from '../src/model/hearing.ts'
import {
  connects,
  goesOnAlone,
  type Lost,
  lostUpstream,
  unheardLeader,
  upstreamMayHaveDied,
  whyNoStream,
} from '../src/model/lost-upstream.ts'
import { mib } from '../src/model/lsn.ts'
import { hasCome, isRunningPrimary, lastOf, membersOf } from '../src/model/picture.ts'
import { plannedFor } from '../src/model/planned-work.ts'
import { backlog } from '../src/model/positions.ts'
import { clear, fire, type Params, rule, unknown, type Verdict } from '../src/model/rule.ts'
import type { Evidence } from '../src/model/source.ts'
import { aheadOf, latestOf, SAME_MOMENT } from '../src/model/stamps.ts'
import { heardUpTo, type Member, NEVER } from '../src/model/state.ts'
import { lines, reads, says, writes } from '../src/model/statement.ts'
import { isProvenToRun, runningSince, sourceOf, upstreamsOf } from '../src/model/wal-source.ts'

type P = 'fromLines' | 'fromSamples' | 'archiveEnds' | 'standby' | 'standbyRefused'

/** Start, end of a stream and promotion of its source belong together so far. */
const SAME_CAUSE = 15_000

export default rule<P>({
  meta: {
    id: 'replica-without-upstream',
    summary: 'A replica has no upstream while its source runs',
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: {
      fromLines: { default: 15_000, unit: 'duration', means: 'patience when a line says that the upstream was lost' },
      fromSamples: {
        default: 60_000,
        unit: 'duration',
        means: 'patience when only samples say that it does not stream',
      },
      archiveEnds: {
        default: 60_000,
        unit: 'duration',
        means: 'patience when the archive had nothing more for it after its receiver ended, and no receiver started',
      },
      standby: {
        default: 60_000,
        unit: 'duration',
        means:
          'patience when nothing is heard of the source: of a standby cluster, or a member without logs and samples',
      },
      standbyRefused: {
        default: 300_000,
        unit: 'duration',
        means: 'the same while the source cannot be reached, starts up or shuts down',
      },
    },
    mutedBy: ['switchover', 'stop', 'restart', 'rebuild', 'rolling-update'],
    inhibits: ['replica-view-stale', 'replica-stalled'],
    needs: ['PostgreSQL lines of the replica, or its streaming flag (Patroni 3.0.4 and later)'],
    fires:
      'The upstream was removed, the WAL receiver ended, WAL is waited for again and again, the view of the leader is stale, or samples say that nothing streams, at a time when the source runs. Also without any WAL movement. A warning where the PostgreSQL log of one replica is all there is.',
    ends: 'Streaming is proven: a receiver started and did not end, or the received position moves again with the streaming flag up.',
    silent:
      'Source down, or nobody names one where more than the PostgreSQL log of the replica is here; replay goes on from the archive and catches up; clone, rewind, restart, promotion; archive-only replica.',
    blindSpots: ['On Spilo PostgreSQL writes to files of its own: without them only a stale view or samples show it.'],
    falseAlarms: [
      'A connection that is lost and comes back within seconds does not fire; one that flaps more slowly does.',
    ],
    remedy: [
      "psql -h {member} -c 'show primary_conninfo'",
      "psql -h {member} -c 'select status, written_lsn, latest_end_time from pg_stat_wal_receiver'",
      'patronictl list {scope}',
      '# a stale watch heals when Patroni on {member} is restarted; PostgreSQL may go on',
      'patronictl reload {scope} {member}',
    ],
  },
  *check(cluster, clock, params) {
    for (const member of membersOf(cluster))
      if (isRunningPrimary(member)) yield clear(member.name, `${member.name} is the running primary now`)
      else if (member.claim.role.value !== 'leader') yield judge(member, clock, params)
  },
})

function judge(replica: Member, clock: Clock, params: Params<P>): Verdict {
  const { archiveOnly } = replica.kind
  const { postgres, replication, role } = replica.claim
  if (archiveOnly) return unknown(replica.name, 'it reads the archive by design')
  if (streams(replica)) return clear(replica.name, `${replica.name} streams again`, { evidence: replication.evidence })
  if (role.value === 'standby_leader') return standbyLeader(replica, params, clock)
  const lost = lostUpstream(replica, clock, params.archiveEnds)
  if (lost === null) return unknown(replica.name, 'nothing says that it has no upstream')
  if (postgres.value !== 'running' && postgres.value !== 'unknown')
    return unknown(replica.name, 'its PostgreSQL is down')
  if (upstreamBusy(replica, lost.since, clock)) return unknown(replica.name, 'its upstream is being worked on')
  if (upstreamMayHaveDied(replica, lost.since, clock))
    return unknown(replica.name, 'its upstream may have died just then')
  if (connects(replica, clock, params.fromLines)) return unknown(replica.name, 'it connects')
  if (isMute(replica, clock)) return unknown(replica.name, 'nothing is heard of it')
  const source = sourceOf(replica, clock)
  return source === undefined ? byItself(replica, lost, clock, params) : against(replica, source, lost, clock, params)
}

function streams(replica: Member): boolean {
  const { replication, upstream } = replica.claim
  if (replication.value !== 'streaming') return false
  return upstream.value !== 'none' || replication.since >= upstream.since
}

/**
 * Whether the replica itself is heard at `since` or later, since when it should stream: it may be gone. Samples that tell its
 * loss have to go on: one answer that a log quotes is none of now.
 */
function isHeardSince(replica: Member, { measured }: Lost, since: number, clock: Clock, params: Params<P>): boolean {
  const { heard, postgresHeard, heartbeat, measure } = replica
  if (measured) return measure.sampled.at >= since + measuredFor(replica, params)
  if (heartbeat === 0 || heardUpTo(postgresHeard, clock.now) >= since) return true
  return [heard, measure.sampled].some((word) => hasCome(word, since, clock))
}

/** How long samples have to go on, ms. */
function measuredFor({ measure }: Member, { fromSamples }: Params<P>): number {
  return fromSamples - Math.min(2 * measure.spacing, fromSamples / 2)
}

/** Its source is known, and runs. */
function against(replica: Member, source: Member, lost: Lost, clock: Clock, params: Params<P>): Verdict {
  const since = Math.max(lost.since, runningSince(source), replicaSince(replica))
  if (!isHeardSince(replica, lost, since, clock, params)) return unknown(replica.name, 'nothing is heard of it since')
  if (!isProvenToRun(source, latestOf(since) + aheadOf(source, replica), clock))
    return unknown(replica.name, 'its source is not known to run since')
  if (catchesUp(replica, source)) return unknown(replica.name, 'it catches up from the archive')
  return fire({
    subject: replica.name,
    member: replica.name,
    since,
    for: lost.measured ? params.fromSamples : params.fromLines,
    summary: `${replica.name} has no upstream since ${clock.hms(since)} while ${source.name} runs: ${reasonAt(replica, source, since, lost)}`,
    claims: says(replica, 'follower.confirmed', 'race.not-healthiest'),
    measures: [...measures(replica, source), ...writes(source)],
    evidence: evidenceOf(replica, 'race.primary-alive'),
  })
}

/** A leader has no upstream: what it is without counts from its end as one, and from its start as a replica. */
function replicaSince({ primary, claim: { postgres } }: Member): number {
  const ended = Number.isNaN(primary.ended) ? NEVER : primary.ended
  return postgres.value === 'running' ? Math.max(ended, postgres.since) : ended
}

/** Its latest attempt tells why. What ended its stream before that tells nothing of why none began since. */
function reasonAt(replica: Member, source: Member, since: number, { since: lost, because }: Lost): string {
  const told = whyNoStream(replica, source.name, since)
  if (told !== null) return told
  return since - lost > SAME_CAUSE ? 'nothing has streamed to it since then' : because
}

function measures(replica: Member, source: Member) {
  const behind = backlog(replica, source)
  if (behind === undefined) return []
  return [
    reads(
      replica,
      'patroni_xlog_replayed_location',
      replica.measure.sampled.at,
      `${mib(behind)} behind ${source.name}`,
    ),
  ]
}

/** When it last got something from the archive; it begins with the fall back. */
function restoredAt(member: Member): number {
  const { claim, measure } = member
  return Math.max(claim.replication.since, measure.replay.moved.at, lastOf(member, 'replication.archive-restored'))
}

const WORDS = ['replication.receiver-ended', 'replication.waiting-for-wal', 'replication.connect-failed']

/** What its lines say of the loss, the most telling first. */
function evidenceOf(replica: Member, ...first: readonly string[]): readonly Evidence[] {
  return [...replica.claim.upstream.evidence, ...lines(replica, ...first, ...WORDS)].slice(0, 5)
}

/** Replay goes on from the archive, and faster than the source writes. */
function catchesUp(replica: Member, source: Member): boolean {
  if (replica.claim.replication.value !== 'archive') return false
  const { replay } = replica.measure
  const behind = backlog(replica, source)
  return replay.movedBefore > replica.claim.replication.since && behind !== undefined && behind < 16_777_216
}

/**
 * A cascading replica whose upstream is stopped or restarted on purpose shares its excuse. Without its tags nobody says
 * whose it is: a member that was stopped at the moment its receiver ended was its upstream.
 */
function upstreamBusy(replica: Member, since: number, clock: Clock): boolean {
  const { cluster, tags } = replica
  const upstreams = upstreamsOf(replica)
  if (upstreams.length > 0) return upstreams.some((upstream) => plannedFor(upstream, clock) !== undefined)
  if (tags !== undefined) return false
  return cluster.planned.some(
    (action) =>
      action.member !== null &&
      action.member !== replica.name &&
      [action.since, action.at ?? action.since].some((time) => Math.abs(time - since) <= SAME_MOMENT) &&
      !clock.past(action.until, 0),
  )
}

/** The leader of a standby cluster is judged by time alone: its source stands elsewhere. What it gets from the archive counts. */
function standbyLeader(leader: Member, params: Params<P>, clock: Clock): Verdict {
  const { replication } = leader.claim
  if (replication.value === 'unknown') return unknown(leader.name, 'nothing is known of its replication')
  const why = whyNoStream(leader, 'its source', replication.since)
  const refused = lastOf(leader, 'replication.connect-failed') > replication.since - 10_000
  const patience = refused && why === null ? params.standbyRefused : params.standby
  const since = replication.value === 'archive' ? restoredAt(leader) : replication.since
  if (replication.value === 'archive' && !clock.past(since, patience))
    return clear(leader.name, `${leader.name} gets on from the archive`, { evidence: replication.evidence })
  return fire({
    subject: leader.name,
    member: leader.name,
    since,
    for: patience,
    summary: `${leader.name}, leader of a standby cluster, receives nothing since ${clock.hms(since)}${why === null ? '' : `: ${why}`}`,
    claims: says(leader, 'leader.confirmed'),
    evidence: replication.evidence,
  })
}

/** Nothing is known of a source: judged by time, as long as the replica names whom it should follow, or nobody else is heard. */
function byItself(replica: Member, lost: Lost, clock: Clock, params: Params<P>): Verdict {
  if (!isHeardSince(replica, lost, lost.since, clock, params)) return unknown(replica.name, 'no later sample of it')
  const named = unheardLeader(replica, lost.since)
  if (named === null && !goesOnAlone(replica, lost.since)) return unknown(replica.name, 'no running source is known')
  const about = { subject: replica.name, member: replica.name, since: lost.since }
  if (named === null)
    return fire({
      ...about,
      for: params.standbyRefused,
      severity: 'warning',
      summary: `${replica.name} has no upstream, and nothing is heard here of whom it followed: ${lost.because}`,
      evidence: evidenceOf(replica),
    })
  return fire({
    ...about,
    for: params.standby,
    summary: `${replica.name} has no upstream and names ${named} as leader, of which nothing is heard here: ${lost.because}`,
    claims: says(replica, 'follower.confirmed', 'race.primary-alive'),
    evidence: evidenceOf(replica),
  })
}
