import type { Clock } from '../src/model/clock.ts'
import { mib } from '../src/model/lsn.ts'
import { isDown, isRunningPrimary, replicasOf } from '../src/model/picture.ts'
import { plannedFor } from '../src/model/planned-work.ts'
import {
  aheadBefore,
  backlog,
  type Half,
  larger,
  mayBeDelayed,
  movedMeanwhile,
  positionBefore,
  positionOf,
  stillSince,
} from '../src/model/positions.ts'
import { clear, fire, type Params, rule, unknown, type Verdict } from '../src/model/rule.ts'
import type { Member } from '../src/model/state.ts'
import { lines, says, stands, writes } from '../src/model/statement.ts'
import { comparedWith, upstreamsOf } from '../src/model/wal-source.ts'

type P = 'receiveStill' | 'replayStill' | 'moved' | 'gap' | 'archiveStill' | 'segment' | 'escalate'

export default rule<P>({
  meta: {
    id: 'replica-stalled',
    summary: 'A replica stands still while its source writes',
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: {
      receiveStill: { default: 15_000, unit: 'duration', means: 'received position still for so long' },
      replayStill: {
        default: 45_000,
        unit: 'duration',
        means: 'replayed position still for so long while WAL is received: max_standby_streaming_delay (30 s) and 15 s',
      },
      moved: { default: 1_048_576, unit: 'size', means: 'the source must have moved so far meanwhile' },
      gap: { default: 16_777_216, unit: 'size', means: 'or the replica must be so far behind' },
      archiveStill: {
        default: 60_000,
        unit: 'duration',
        means: 'least stand-still of a replica that only reads the archive, with a segment ready for it',
      },
      segment: { default: 16_777_216, unit: 'size', means: 'wal_segment_size: what such a replica gets at a time' },
      escalate: { default: 600_000, unit: 'duration', means: 'a replay that stands so long is critical' },
    },
    mutedBy: ['switchover', 'stop', 'restart', 'rebuild', 'rolling-update'],
    inhibits: ['replica-view-stale'],
    needs: ['samples of the replica', 'samples of its source'],
    fires:
      'The source moved 1 MiB or more and the position of the replica is still: received 15 s; replayed 45 s while WAL is received. Or it is still and 16 MiB or more behind, whether or not the source moves now. A replay that stands is a warning, until it has stood for 10 min.',
    ends: 'Receive stopped: streaming is proven and replay moves. Replay stopped: replay moves in two windows and the gap shrinks.',
    silent:
      'Idle source; positions that cannot be compared; replica being cloned, rewound, restarted; delayed replica within its delay; archive-only replica that has all whole segments; a stop of its source that was asked for.',
    blindSpots: ['Needs samples of both members: from logs alone see replica-without-upstream.'],
    falseAlarms: ['A query on the replica longer than max_standby_streaming_delay holds replay on purpose.'],
    remedy: [
      "psql -h {member} -c 'select pg_is_in_recovery(), pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), pg_is_wal_replay_paused()'",
      "psql -h {member} -c 'select * from pg_stat_wal_receiver'",
      "psql -h {member} -c 'show primary_conninfo'",
      'patronictl list {scope}',
      'patronictl reinit {scope} {member}   # only when its WAL is gone at the source',
    ],
  },
  *check(cluster, clock, params) {
    for (const replica of replicasOf(cluster)) yield judge(replica, clock, params)
  },
})

function judge(replica: Member, clock: Clock, params: Params<P>): Verdict {
  const source = comparedWith(replica, clock)
  if (source === undefined) return unknown(replica.name, 'no running source is known')
  if (replica.measure.receive.lsn === undefined && replica.measure.replay.lsn === undefined)
    return unknown(replica.name, 'no position of it was read')
  if (isDown(replica)) return unknown(replica.name, 'its PostgreSQL is down')
  if (upstreamsOf(replica).some((upstream) => plannedFor(upstream, clock) !== undefined))
    return unknown(replica.name, 'its upstream is being worked on')
  const half = stoppedHalf(replica, source, clock, params)
  if (half === null) return movesAgain(replica, source, params)
  if (workedOn(replica)) return unknown(replica.name, 'it was not read since the work on it ended')
  const { replication } = replica.claim
  if (half === 'receive' && receivesSince(replica))
    return clear(replica.name, `${replica.name} streams again`, { evidence: replication.evidence })
  return stalled(replica, source, half, clock, params)
}

/** Its latest position was read while work on it was under way: it says nothing of what came after. */
function workedOn({ name, cluster, measure }: Member): boolean {
  return cluster.planned.some(
    ({ member, kind, until }) => member === name && kind !== 'pause' && until >= measure.placed,
  )
}

/** A receiver of it that started after its latest position was read has not ended. */
function receivesSince({ claim: { replication }, measure: { placed } }: Member): boolean {
  return replication.value === 'streaming' && replication.basis === 'logged' && replication.since > placed
}

/** Which half stands still against the source, if one does. */
function stoppedHalf(replica: Member, source: Member, clock: Clock, params: Params<P>): Half | null {
  const { sampled, placed, spacing } = replica.measure
  const still = (half: Half): boolean => isStill(replica, source, half, params)
  // A source that was promoted meanwhile had no chance to serve before.
  const serves = isRunningPrimary(source) ? source.primary.since : 0
  if (placed - Math.max(stillSince(replica, 'receive'), serves) >= receivePatience(replica, params) && still('receive'))
    return 'receive'
  if (mayBeDelayed(replica)) return null
  const since = Math.max(stillSince(replica, 'replay'), serves)
  // Two samples with one value, and the next not overdue: it stands until a sample says otherwise.
  if (placed <= since || !clock.past(since, params.replayStill) || clock.past(sampled, Math.max(60_000, 2 * spacing)))
    return null
  return still('replay') ? 'replay' : null
}

function receivePatience(replica: Member, params: Params<P>): number {
  if (!replica.kind.archiveOnly) return params.receiveStill
  const { moved, movedBefore } = replica.measure.replay
  const spacing = Number.isFinite(movedBefore) ? moved.at - movedBefore : 0
  return Math.max(params.archiveStill, 3 * spacing)
}

function isStill(replica: Member, source: Member, half: Half, params: Params<P>): boolean {
  if (replica.kind.archiveOnly && !isArchived(replica, source, params)) return false
  if ((movedMeanwhile(replica, source, half) ?? 0) >= params.moved) return true
  if ((aheadBefore(replica, source, half) ?? 0) < params.moved) return false
  return (backlog(replica, source, half) ?? 0) >= params.gap
}

/**
 * Whether the segment after the one in which the replica stands was complete so long ago: it gets nothing less. What it has
 * replayed may end shortly before the end of a segment it has whole.
 */
function isArchived(replica: Member, source: Member, { archiveStill, segment }: Params<P>): boolean {
  const own = positionOf(replica, 'receive')
  const ahead = positionBefore(source, replica.measure.placed - archiveStill)
  const size = BigInt(segment)
  return own !== undefined && ahead !== undefined && ahead.lsn / size > own / size + 1n
}

function stalled(replica: Member, source: Member, half: Half, clock: Clock, params: Params<P>): Verdict {
  const since = stillSince(replica, half)
  const behind = backlog(replica, source, 'replay') ?? 0
  return fire({
    subject: replica.name,
    member: replica.name,
    since,
    severity: half === 'receive' || (!paused(replica) && clock.past(since, params.escalate)) ? 'critical' : 'warning',
    summary: sentence(replica, source, half, since, clock),
    claims: says(replica, 'follower.confirmed', 'race.not-healthiest'),
    measures: [
      ...stands(replica, half, `has not moved since ${clock.hms(since)}, ${mib(behind)} behind`),
      ...writes(source),
    ],
    evidence: lines(
      replica,
      'race.primary-alive',
      'replication.upstream-removed',
      'replication.receiver-ended',
      'replication.waiting-for-wal',
    ),
  })
}

function sentence(replica: Member, source: Member, half: Half, since: number, clock: Clock): string {
  const at = clock.hms(since)
  if (half === 'receive') return `${replica.name} has received nothing since ${at} while ${source.name} writes`
  if (paused(replica)) return `${replica.name} receives WAL but its replay is paused by hand, still since ${at}`
  return `${replica.name} receives WAL but has replayed nothing since ${at}`
}

function paused(replica: Member): boolean {
  return replica.measure.replayPaused?.value === true
}

function movesAgain(replica: Member, source: Member, params: Params<P>): Verdict {
  const { receive, replay, streaming, inArchiveRecovery } = replica.measure
  const behind = backlog(replica, source, 'replay')
  if (behind === undefined) return unknown(replica.name, 'its position cannot be compared with its source')
  if (streaming?.value === false && inArchiveRecovery?.value !== true)
    return unknown(replica.name, 'it does not stream')
  const recent = replica.measure.sampled.at - Math.max(60_000, 3 * replica.measure.spacing)
  const twice = replay.movedBefore > recent && replay.moved.at > recent
  const received = larger(receive.lsn, replay.lsn)
  const caughtUp = replay.moved.at > recent && received === replay.lsn && behind < params.moved
  if (!twice && !caughtUp) return unknown(replica.name, 'it has not moved in two windows')
  if (behind >= params.gap && !shrinking(replica, source, behind))
    return unknown(replica.name, 'it moves but the gap does not shrink')
  return clear(replica.name, `${replica.name} receives and replays again, ${mib(behind)} behind ${source.name}`, {
    evidence: stands(replica, 'replay', 'moves').map(({ time, text }) => ({
      metric: 'patroni_xlog_replayed_location',
      time,
      value: text,
    })),
  })
}

/** Whether the replica replays faster than the source writes, over the points at hand. */
function shrinking(replica: Member, source: Member, behind: number): boolean {
  const earlier = replica.measure.points.at(-3)
  const then = source.measure.points.findLast((point) => earlier !== undefined && point.time <= earlier.time)
  const from = then?.write ?? then?.receive
  if (earlier?.replay === undefined || from === undefined) return false
  return behind < Number(from - earlier.replay)
}
