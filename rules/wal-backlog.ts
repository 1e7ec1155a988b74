import type { Clock } from '../src/model/clock.ts'
import { mib } from '../src/model/lsn.ts'
import type { Point } from '../src/model/measure.ts'
import { replicasOf, runningPrimary } from '../src/model/picture.ts'
import { plannedFor } from '../src/model/planned-work.ts'
import { backlog, comparable, type Half, mayBeDelayed, positionBefore, TOGETHER } from '../src/model/positions.ts'
import { clear, fire, type Params, rule, unknown, type Verdict } from '../src/model/rule.ts'
import type { Slot } from '../src/model/sample.ts'
import { ownerOfSlot } from '../src/model/slots.ts'
import type { Member } from '../src/model/state.ts'
import { reads, says, stands, writes } from '../src/model/statement.ts'
import { sourceOf, upstreamsOf } from '../src/model/wal-source.ts'

type P = 'gap' | 'calm' | 'critical' | 'growing' | 'idleSlot'

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
      idleSlot: {
        default: 2_100_000,
        unit: 'duration',
        means: 'a slot that nobody reads for so long and that keeps the gap: member_slots_ttl (30 min) and 5 min',
      },
    },
    mutedBy: ['rebuild'],
    inhibits: [],
    needs: ['samples of the replica', 'samples of its source'],
    fires:
      'The replica has replayed 250 MB or more less than its source wrote, bracketed, for 10 s. Or a slot of the primary that nobody reads keeps as much, for 35 min, or sooner when less than that may still be written before its WAL is given up.',
    ends: 'The gap is below half for 30 s; the slot is read, keeps less than half, or is gone.',
    silent: 'Cloning; a delayed replica within its delay; positions that cannot be compared.',
    blindSpots: ['Slots show in the metrics of postgres_exporter only.'],
    falseAlarms: ['A bulk load faster than the network: the gap shrinks by itself.'],
    remedy: [
      "psql -h {member} -c 'select pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()'",
      "psql -c 'select slot_name, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) from pg_replication_slots'",
      'df -h   # on the primary: pg_wal grows',
    ],
  },
  *check(cluster, clock, params) {
    for (const replica of replicasOf(cluster)) yield judge(replica, clock, params)
    const primary = runningPrimary(cluster)
    if (primary?.measure.slots === undefined) return
    if (clock.past(primary.measure.slots.time, OLD)) return
    for (const slot of primary.measure.slots.value) yield judgeSlot(primary, slot, params)
    yield* goneSlots(primary, [...cluster.alerts.values()])
  },
})

const SLOT = 'slot '
/** An older list of slots says nothing of now. */
const OLD = 300_000

/** WAL that the primary keeps for nobody: it fills the disk, whoever the slot was for. */
function judgeSlot(primary: Member, slot: Slot, { gap, idleSlot }: Params<P>): Verdict {
  const subject = SLOT + slot.name
  const { name, retained, safeWalSize, active } = slot
  if (active === true) return clear(subject, `slot ${name} is active again`)
  const since = primary.measure.idleSlots.get(name)
  if (since === undefined || retained === undefined) return unknown(subject, 'it is not read whether it is active')
  if (retained < gap / 2) return clear(subject, `slot ${name} keeps ${mib(retained)}`)
  if (retained < gap) return unknown(subject, 'it keeps neither much nor little')
  return fire({
    subject,
    member: readerOf(primary, name).name,
    since,
    for: safeWalSize !== undefined && safeWalSize < gap ? 0 : idleSlot,
    summary: `slot ${name} of ${primary.name} is inactive and keeps more than ${mib(gap)} of WAL`,
    measures: [reads(primary, 'pg_replication_slots', primary.measure.sampled.at, `${name} keeps ${mib(retained)}`)],
  })
}

/** Whose slot it is; that of a member which is gone is the primary's own matter. */
function readerOf(primary: Member, slot: string): Member {
  const owner = ownerOfSlot(primary.cluster, slot)
  return owner === undefined || owner.claim.membership.value === 'gone' ? primary : owner
}

/** A slot that the latest list of the primary does not name is gone, and what it kept with it. */
function* goneSlots(primary: Member, alerts: readonly { rule: string; subject: string }[]): Iterable<Verdict> {
  const listed = new Set(primary.measure.slots?.value.map(({ name }) => SLOT + name))
  for (const { rule, subject } of alerts)
    if (rule === 'wal-backlog' && subject.startsWith(SLOT) && !listed.has(subject))
      yield clear(subject, 'the slot is gone')
}

function judge(replica: Member, clock: Clock, params: Params<P>): Verdict {
  const source = sourceOf(replica, clock)
  if (source === undefined) return unknown(replica.name, 'no running source is known')
  if (upstreamsOf(replica).some((upstream) => plannedFor(upstream, clock, 'rebuild') !== undefined))
    return unknown(replica.name, 'its upstream is being copied or rewound')
  const half = halfOf(replica)
  const behind = backlog(replica, source, half)
  if (behind === undefined) return unknown(replica.name, 'its position cannot be compared with its source')
  if (behind >= params.gap && within(replica)) return unknown(replica.name, 'it replays within its delay')
  if (behind >= params.gap && half === 'replay' && maySettle(replica, source, params))
    return unknown(replica.name, 'its replay has just begun to move, it may be delayed on purpose')
  if (behind >= params.gap && justStarted(replica))
    return unknown(replica.name, 'one reading since its start shows a gap: it may be closing')
  if (behind >= params.gap) return piled(replica, source, half, behind, clock, params)
  const before = gapAt(replica, source, half, replica.measure.sampled.at - params.calm)
  if (behind < params.gap / 2 && before !== undefined && before < params.gap / 2)
    return clear(replica.name, `${replica.name} is ${mib(behind)} behind`)
  return unknown(replica.name, 'the gap is neither large nor small for long enough')
}

/** Of a delayed replica, or one that may be delayed, only what it received counts. */
function halfOf(replica: Member): Half {
  return mayBeDelayed(replica) ? 'receive' : 'replay'
}

/** Its first reading since its PostgreSQL started: what piled up while it was down may be gone at the next one. */
function justStarted(replica: Member): boolean {
  const { points, placed } = replica.measure
  const before = points.findLast(({ time }) => time < placed - TOGETHER)
  return before !== undefined && startedSince(replica, before)
}

function startedSince({ measure: { start } }: Member, point: Point): boolean {
  return start !== undefined && point.start !== undefined && point.start < start.value - 1_000
}

/** Commits are replayed so much later than the delay, at most, where nothing else holds them up. */
const SLACK = 10_000

/**
 * A delayed replica that replays what it is to replay now. After its start it reads on from its own pg_wal, and the WAL
 * receiver comes only at the end of that: a delay later.
 */
function within({ kind: { delayed }, measure: { points, replay } }: Member): boolean {
  const newest = points.at(-1)
  if (delayed === 0 || newest?.replayedAt === undefined || replay.moved.at < newest.time - SLACK) return false
  return newest.time - newest.replayedAt <= delayed + SLACK
}

/** So many moves of the replay tell a delay from a backlog. */
const TELLING = 4
/** They take so long at least, ms: until then a delay is learned. */
const LASTING = 45_000
/** A commit replayed so long after it was made may be held back on purpose. */
const TRAILS = 10_000

/** It received all, stood still, and replays again, long behind: a delay nobody told us of begins like this. */
function maySettle(replica: Member, source: Member, params: Params<P>): boolean {
  const { points } = replica.measure
  const newest = points.at(-1)
  if (newest?.replayedAt === undefined || newest.time - newest.replayedAt < TRAILS) return false
  if (receives(replica) && (backlog(replica, source, 'receive') ?? params.gap) >= params.gap) return false
  let moves = 0
  while (moves + 1 < points.length && points.at(-1 - moves)?.replay !== points.at(-2 - moves)?.replay) moves++
  const begun = points.at(-1 - moves)?.time ?? newest.time
  return moves > 0 && (moves < TELLING || newest.time - begun < LASTING)
}

/** Without a WAL receiver since the start, Patroni gives the replayed position as the received one. */
function receives({ measure: { receive, replay } }: Member): boolean {
  return receive.lsn === undefined || replay.lsn === undefined || receive.lsn > replay.lsn
}

function piled(replica: Member, source: Member, half: Half, behind: number, clock: Clock, params: Params<P>): Verdict {
  const before = gapAt(replica, source, half, replica.measure.sampled.at - params.growing)
  const large = behind >= params.gap * params.critical && before !== undefined && behind >= before
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

/** The gap as it was at the replica's newest point at or before `time`; of an earlier life of its PostgreSQL there is none. */
function gapAt(replica: Member, source: Member, half: Half, time: number): number | undefined {
  const point = replica.measure.points.findLast((each) => each.time <= time)
  if (point === undefined || !comparable(replica, source) || startedSince(replica, point)) return undefined
  const own = half === 'replay' ? point.replay : (point.receive ?? point.replay)
  const ahead = positionBefore(source, point.time)
  return own === undefined || ahead === undefined ? undefined : Math.max(0, Number(ahead.lsn - own))
}
