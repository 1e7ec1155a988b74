import type { Clock } from '../src/model/clock.ts'
import { isRunningPrimary, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import type { Member, Said } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<'calm'>({
  meta: {
    id: 'disk-full',
    summary: 'No space left on a device',
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: { calm: { default: 300_000, unit: 'duration', means: 'writes must succeed for so long' } },
    mutedBy: [],
    inhibits: [
      'bootstrap-failed',
      'loop-too-slow',
      'patroni-silent',
      'postgres-crashed',
      'reinit-loop',
      'replica-stalled',
      'replica-without-upstream',
      'restart-loop',
      'wal-backlog',
    ],
    needs: ['PostgreSQL lines of the member, or of its helpers'],
    fires: 'Any line of the member says "No space left on device".',
    ends: 'Its positions move, and no such line came for 5 min.',
    silent: 'Shared memory of a query (/dev/shm) that could not grow: only that query fails.',
    blindSpots: ['Without samples nothing proves that writes succeed: the alert stays.'],
    falseAlarms: [],
    remedy: [
      'df -h   # on {member}',
      'du -sh /home/postgres/pgdata/pgroot/data/pg_wal',
      '# a slot that keeps WAL: see slot-lost, wal-backlog',
    ],
  },
  *check(cluster, clock, { calm }) {
    for (const member of membersOf(cluster)) {
      const full = member.said.get('disk.full')
      if (full !== undefined) yield judge(member, full, clock, calm)
    }
  },
})

function judge(member: Member, full: Said, clock: Clock, calm: number): Verdict {
  if (isSharedMemory(full) && full.count === 1) return unknown(member.name, 'only shared memory is short')
  if (clock.past(full, calm))
    return wroteAfter(member) > full.at + calm
      ? clear(member.name, `${member.name} writes, and no disk is full since ${clock.hms(full.at)}`)
      : unknown(member.name, 'nothing was said of it of late, and nothing proves that it writes')
  return fire({
    subject: member.name,
    member: member.name,
    since: full.times[0] ?? full.at,
    summary: `a disk of ${member.name} is full`,
    claims: says(member, 'leader.confirmed', 'follower.confirmed'),
    evidence: lines(member, 'disk.full'),
  })
}

function isSharedMemory(full: Said): boolean {
  return full.params.segment !== undefined && full.params.bytes !== undefined
}

/** Latest proof that the member wrote to its disk. */
function wroteAfter(member: Member): number {
  const { receive, replay, points } = member.measure
  if (!isRunningPrimary(member)) return Math.max(receive.moved.at, replay.moved.at)
  const [last, before] = [points.at(-1), points.at(-2)]
  return last?.write !== undefined && before?.write !== undefined && last.write > before.write ? last.time : 0
}
