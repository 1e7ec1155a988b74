import type { Clock } from '../src/model/clock.ts'
import { backlog, comparable, type Half, mib, positionBefore, replicasOf, sourceOf } from '../src/model/picture.ts'
import { clear, fire, type Params, rule, unknown, type Verdict } from '../src/model/rule.ts'
import type { Member } from '../src/model/state.ts'
import { says, stands, writes } from '../src/model/statement.ts'

type P = 'gap' | 'calm' | 'critical' | 'growing'

export default rule<P>({
  meta: {
    id: 'wal-backlog',
    summary: 'WAL piles up before a replica',
    scope: 'member',
    severity: 'warning',
    for: 10_000,
    params: {
      gap: { default: 250_000_000, unit: 'size', means: 'bytes the replica is behind' },
      calm: { default: 30_000, unit: 'duration', means: 'less than half of it for so long ends the alert' },
      critical: { default: 4, unit: 'ratio', means: 'so many times the gap is critical' },
      growing: { default: 60_000, unit: 'duration', means: 'unless it shrank over so long' },
    },
    mutedBy: ['rebuild'],
    inhibits: [],
    needs: ['samples of the replica', 'samples of its source'],
    fires: 'The replica has replayed 250 MB or more less than its source wrote, bracketed, for 10 s.',
    ends: 'The gap is below half for 30 s.',
    silent: 'Cloning; a delayed replica within its delay; positions that cannot be compared.',
    blindSpots: ['WAL retained by an inactive slot of a member that gives no samples.'],
    falseAlarms: ['A bulk load faster than the network: the gap shrinks by itself.'],
    remedy: [
      "psql -h {member} -c 'select pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()'",
      "psql -c 'select slot_name, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) from pg_replication_slots'",
      'df -h   # on the primary: pg_wal grows',
    ],
  },
  *check(cluster, clock, params) {
    for (const replica of replicasOf(cluster)) yield judge(replica, clock, params)
  },
})

function judge(replica: Member, clock: Clock, params: Params<P>): Verdict {
  const source = sourceOf(replica)
  if (source === undefined) return unknown(replica.name, 'no running source is known')
  const half = halfOf(replica)
  const behind = backlog(replica, source, half)
  if (behind === undefined) return unknown(replica.name, 'its position cannot be compared with its source')
  if (behind >= params.gap && half === 'replay' && maySettle(replica, source, params))
    return unknown(replica.name, 'its replay has just begun to move, it may be delayed on purpose')
  if (behind >= params.gap) return piled(replica, source, half, behind, clock, params)
  const before = gapAt(replica, source, half, replica.measure.sampled.at - params.calm)
  if (behind < params.gap / 2 && before !== undefined && before < params.gap / 2)
    return clear(replica.name, `${replica.name} is ${mib(behind)} behind`)
  return unknown(replica.name, 'the gap is neither large nor small for long enough')
}

/** Of a delayed replica, or one that may be delayed, only what it received counts. */
function halfOf(replica: Member): Half {
  const { start, replay, receive } = replica.measure
  const maybe = start !== undefined && replay.moved.at < start.value && receive.moved.at > start.value
  return replica.kind.delayed > 0 || maybe ? 'receive' : 'replay'
}

/** So many moves of the replay tell a delay from a backlog. */
const TELLING = 4
/** A commit replayed so long after it was made may be held back on purpose. */
const TRAILS = 10_000

/** It received all, stood still, and replays again, long behind: a delay nobody told us of begins like this. */
function maySettle(replica: Member, source: Member, params: Params<P>): boolean {
  const { points } = replica.measure
  const newest = points.at(-1)
  if (newest?.replayedAt === undefined || newest.time - newest.replayedAt < TRAILS) return false
  if ((backlog(replica, source, 'receive') ?? params.gap) >= params.gap) return false
  let moves = 0
  while (moves < TELLING && points.at(-1 - moves)?.replay !== points.at(-2 - moves)?.replay) moves++
  return moves > 0 && moves < TELLING
}

function piled(replica: Member, source: Member, half: Half, behind: number, clock: Clock, params: Params<P>): Verdict {
  const before = gapAt(replica, source, half, replica.measure.sampled.at - params.growing)
  const large = behind >= params.gap * params.critical && (before === undefined || behind >= before)
  return fire({
    subject: replica.name,
    member: replica.name,
    severity: large ? 'critical' : 'warning',
    summary: `${replica.name} is more than ${mib(params.gap)} behind ${source.name}`,
    claims: says(replica, 'follower.confirmed', 'race.not-healthiest'),
    measures: [
      ...stands(replica, half, `${mib(behind)} behind at ${clock.hms(replica.measure.sampled.at)}`),
      ...writes(source),
    ],
  })
}

/** The gap as it was at the replica's newest point at or before `time`. */
function gapAt(replica: Member, source: Member, half: Half, time: number): number | undefined {
  const point = replica.measure.points.findLast((each) => each.time <= time)
  if (point === undefined || !comparable(replica, source)) return undefined
  const own = half === 'replay' ? point.replay : (point.receive ?? point.replay)
  const ahead = positionBefore(source, point.time, 120_000)
  return own === undefined || ahead === undefined ? undefined : Math.max(0, Number(ahead.lsn - own))
}
