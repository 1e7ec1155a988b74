import type { Clock } from '../src/model/clock.ts'
import {
  backlog,
  isHeardOf,
  isRunningPrimary,
  lastOf,
  latestOf,
  leaderInView,
  membersOf,
  mib,
  plannedFor,
  sourceOf,
  upstreamsOf,
} from '../src/model/picture.ts'
import { clear, fire, type Params, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { lines, reads, says, writes } from '../src/model/statement.ts'

type P = 'fromLines' | 'fromSamples' | 'archiveEnds' | 'standby' | 'standbyRefused'

/** Start, end of a stream and promotion of its source belong together so far. */
const SAME_CAUSE = 15_000

export default rule<P>({
  meta: {
    id: 'replica-without-upstream',
    summary: 'A replica follows nobody while its source runs',
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
        means: 'the same while the source refuses, starts up or shuts down',
      },
    },
    mutedBy: ['switchover', 'stop', 'restart', 'rebuild', 'rolling-update'],
    inhibits: ['replica-view-stale', 'replica-stalled'],
    needs: ['PostgreSQL lines of the replica, or its streaming flag (Patroni 3.0.4 and later)'],
    fires:
      'The upstream was removed, the WAL receiver ended, WAL is waited for again and again, the view of the leader is stale, or samples say that nothing streams, at a time when the source runs. Also without any WAL movement.',
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
  if (replica.kind.archiveOnly) return unknown(replica.name, 'it reads the archive by design')
  if (streams(replica))
    return clear(replica.name, `${replica.name} streams again`, { evidence: replica.claim.replication.evidence })
  if (replica.claim.role.value === 'standby_leader') return standbyLeader(replica, clock, params)
  const lost = lostAt(replica) ?? leftByArchive(replica, clock, params)
  if (lost === null) return unknown(replica.name, 'nothing says that it has no upstream')
  if (replica.claim.postgres.value !== 'running' && replica.claim.postgres.value !== 'unknown')
    return unknown(replica.name, 'its PostgreSQL is down')
  if (lost.measured && replica.measure.sampled.at < lost.since + measuredFor(replica, params))
    return unknown(replica.name, 'no later sample of it')
  if (upstreamBusy(replica, lost.since, clock)) return unknown(replica.name, 'its upstream is being worked on')
  if (connecting(replica, clock, params)) return unknown(replica.name, 'it connects')
  const source = sourceOf(replica)
  if (source === undefined) return withoutWordOfSource(replica, lost, params)
  const since = Math.max(lost.since, source.primary.since, replicaSince(replica))
  if (source.primary.proven.at < since || clock.past(source.primary.proven, 60_000))
    return unknown(replica.name, 'its source is not known to run since')
  if (catchesUp(replica, source)) return unknown(replica.name, 'it catches up from the archive')
  return fire({
    subject: replica.name,
    member: replica.name,
    since,
    for: lost.measured ? params.fromSamples : params.fromLines,
    summary: `${replica.name} has no upstream since ${clock.hms(since)} while ${source.name} runs: ${reasonAt(since, lost)}`,
    claims: says(replica, 'follower.confirmed', 'race.not-healthiest'),
    measures: [...measures(replica, source), ...writes(source)],
    evidence: [
      ...replica.claim.upstream.evidence,
      ...lines(
        replica,
        'race.primary-alive',
        'replication.receiver-ended',
        'replication.waiting-for-wal',
        'replication.connect-failed',
      ),
    ].slice(0, 5),
  })
}

/** What ended its stream before that tells nothing of why none began since. */
function reasonAt(since: number, { since: lost, because }: Lost): string {
  return since - lost > SAME_CAUSE ? 'nothing has streamed to it since then' : because
}

/** A leader follows nobody: what it is without counts from its end as one, and from its start as a replica. */
function replicaSince({ primary, claim: { postgres } }: Member): number {
  const ended = Number.isNaN(primary.ended) ? NEVER : primary.ended
  return postgres.value === 'running' ? Math.max(ended, postgres.since) : ended
}

function streams(replica: Member): boolean {
  const { replication, upstream } = replica.claim
  if (replication.value !== 'streaming') return false
  return upstream.value !== 'none' || replication.since >= upstream.since
}

interface Lost {
  readonly since: number
  readonly because: string
  readonly measured: boolean
}

/** Since when the replica is known to have no upstream, and how. */
function lostAt(replica: Member): Lost | null {
  const { replication, upstream } = replica.claim
  if (upstream.value === 'none' && !asLeader(replica) && upstream.since >= lastOf(replica, 'replication.started'))
    return { since: upstream.since, because: upstream.because, measured: false }
  if (replication.value === 'stopped' && replication.basis === 'logged')
    return { since: replication.since, because: replication.because, measured: false }
  const ended = replication.value === 'stopped' ? firstEnd(replica, replication.since) : Number.POSITIVE_INFINITY
  if (Number.isFinite(ended)) return { since: ended, because: 'its WAL receiver ended', measured: false }
  if (
    (replication.value === 'stopped' || replication.value === 'archive') &&
    replication.basis === 'measured' &&
    flagDown(replica)
  )
    return { since: replication.since, because: replication.because, measured: true }
  return null
}

/**
 * Its receiver ended, it read what the archive held, and waits in vain: packets lost on the way to its source leave no
 * line. A delayed replica takes its time from one segment to the next; after a start any replica may be one.
 */
function leftByArchive(replica: Member, clock: Clock, { archiveEnds }: Params<P>): Lost | null {
  const { replication } = replica.claim
  if (replication.value !== 'archive' || replication.basis !== 'logged' || replica.kind.delayed > 0) return null
  const restored = replica.said.get('replication.archive-restored')
  const begun = lastOf(replica, 'replication.started', 'postgres.starting', 'postgres.ready')
  if (restored === undefined || endedAt(replica) <= begun) return null
  if (!clock.past(restored, archiveEnds)) return null
  return { since: restored.at, because: 'its WAL receiver ended, and the archive has nothing more', measured: false }
}

/** What is without an upstream since it led is not known to be without one now. */
function asLeader({ claim: { upstream }, primary }: Member): boolean {
  return upstream.basis === 'inferred' && upstream.at <= primary.ended
}

/** Samples have to go on: one answer that a log quotes is none of now. */
function measuredFor({ measure }: Member, { fromSamples }: Params<P>): number {
  return fromSamples - Math.min(2 * measure.spacing, fromSamples / 2)
}

/** It got an upstream or a receiver just now, and no end followed; the third receiver in a row is no better than the last. */
function connecting(replica: Member, clock: Clock, params: Params<P>): boolean {
  const begun = lastOf(replica, 'replication.started', 'replication.upstream-set')
  const waits = lastOf(replica, 'replication.waiting-for-wal')
  if (waits > latestOf(begun) || endedAt(replica) >= begun || clock.past(begun, params.fromLines)) return false
  const third = replica.said.get('replication.started')?.times.at(-3)
  return third === undefined || third < begun - params.fromLines
}

const ENDS = [
  'replication.receiver-ended',
  'replication.upstream-removed',
  'replication.connect-failed',
  'replication.wal-missing',
  'timeline.diverged',
]

/** Its latest line that a receiver ended or got nothing. */
function endedAt(replica: Member): number {
  return lastOf(replica, ...ENDS)
}

/** The first such line from `since` on: positions may stand before a line says why. Infinity when there is none. */
function firstEnd(replica: Member, since: number): number {
  const times = ENDS.flatMap((type) => replica.said.get(type)?.times ?? [])
  return Math.min(...times.filter((time) => time >= since))
}

function flagDown(replica: Member): boolean {
  const { streaming, sampled } = replica.measure
  return streaming !== undefined && !streaming.value && streaming.time >= sampled.at - 60_000
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
      Math.abs((action.at ?? action.since) - since) <= 5_000 &&
      !clock.past(action.until, 0),
  )
}

/** The leader of a standby cluster is judged by time alone: its source stands elsewhere. */
function standbyLeader(leader: Member, clock: Clock, params: Params<P>): Verdict {
  const { replication } = leader.claim
  if (replication.value === 'unknown') return unknown(leader.name, 'nothing is known of its replication')
  if (replication.value === 'archive') return unknown(leader.name, 'it reads the archive')
  const refused = lastOf(leader, 'replication.connect-failed') > replication.since - 10_000
  return fire({
    subject: leader.name,
    member: leader.name,
    since: replication.since,
    for: refused ? params.standbyRefused : params.standby,
    summary: `${leader.name}, leader of a standby cluster, receives nothing since ${clock.hms(replication.since)}`,
    claims: says(leader, 'leader.confirmed'),
    evidence: replication.evidence,
  })
}

/** Only the replica's log is here: judged by time, as long as the replica itself goes on naming whom it should follow. */
function withoutWordOfSource(replica: Member, lost: Lost, params: Params<P>): Verdict {
  const named = leaderNamed(replica, lost.since)
  if (named === null) {
    if (goesOnAlone(replica, lost.since)) return alone(replica, lost, params)
    return unknown(replica.name, 'no running source is known')
  }
  if (isHeardOf(replica.cluster, named, lost.since)) return unknown(replica.name, 'its source does not run')
  return fire({
    subject: replica.name,
    member: replica.name,
    since: lost.since,
    for: params.standby,
    summary: `${replica.name} has no upstream and names ${named} as leader, of which nothing is heard here: ${lost.because}`,
    claims: says(replica, 'follower.confirmed', 'race.primary-alive'),
    evidence: [
      ...replica.claim.upstream.evidence,
      ...lines(replica, 'replication.receiver-ended', 'replication.waiting-for-wal', 'replication.connect-failed'),
    ].slice(0, 5),
  })
}

/**
 * Nothing but the PostgreSQL log of one replica is here, and long after its upstream was removed it goes on without one.
 * Whoever hears its Patroni, or anybody else of its cluster, has better reasons to judge by.
 */
function goesOnAlone({ cluster, claim, heard, said, name }: Member, since: number): boolean {
  if (claim.upstream.value !== 'none' || claim.upstream.basis !== 'logged' || heard.at !== NEVER) return false
  for (const other of cluster.members.values())
    if (other.name !== name && (other.said.size > 0 || other.measure.sampled.at !== NEVER)) return false
  const waits = ['replication.waiting-for-wal', 'replication.archive-restored', 'replication.connect-failed']
  return waits.some((type) => (said.get(type)?.at ?? NEVER) > since + GOES_ON)
}

/** So long after an upstream was removed an election is over, ms. */
const GOES_ON = 60_000

function alone(replica: Member, lost: Lost, params: Params<P>): Verdict {
  return fire({
    subject: replica.name,
    member: replica.name,
    since: lost.since,
    for: params.standbyRefused,
    severity: 'warning',
    summary: `${replica.name} has no upstream, and nothing is heard here of whom it followed: ${lost.because}`,
    evidence: [
      ...replica.claim.upstream.evidence,
      ...lines(replica, 'replication.receiver-ended', 'replication.waiting-for-wal', 'replication.archive-restored'),
    ].slice(0, 5),
  })
}

/** Whom the replica still names after it lost its upstream: as leader, or as a primary that it found alive. */
function leaderNamed(replica: Member, since: number): string | null {
  const followed = leaderInView(replica, since)
  if (followed !== null) return followed
  const alive = replica.said.get('race.primary-alive')
  return alive !== undefined && alive.at > since ? (alive.params.member ?? null) : null
}
