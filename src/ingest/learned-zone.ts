import { bsdAlone } from './bsd.ts'
import { dateFields, type LocalClock, writtenOffset, zoneName } from './time.ts'

const MINUTE = 60_000
/** Zones lie so far apart, or a multiple of it. */
const QUARTER = 15 * MINUTE
const FARTHEST = 14 * 60 * MINUTE
/** Neighbours written within so long of each other may be compared. */
const NEAR = 30_000
/** One pair of neighbours is enough where they are as near as this. */
const SAME_MOMENT = 2_000
/** A wrapper may come so much later than the line in it. */
const SHIPPED = 60_000
/** An offset counts when so many times more pairs speak for it than for any other. */
const CLEARLY = 3
/** A clock that shows what is written. */
const UTC: LocalClock = { toUtc: (local) => local, readings: (local) => [local] }
/** Stamps stand in the head of a line. */
const HEAD = 300

const LOCAL = String.raw`(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)[.,](\d{3})`
/** Patroni's stamp, which names no zone: in front of its level, or a field of its JSON. */
const ZONELESS = new RegExp(`${LOCAL}(?="[,}]| (?:\\[\\d{1,10}\\]:? )?(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):)`)
/** PostgreSQL's. */
const ZONED =
  /(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{3}))? (Z|[A-Z]{3,4}|[+-]\d\d(?::?\d\d)?)(?=[ ,:;\]>)])/
/** What a container's runtime, kubectl or syslog puts in front. */
const WRAPPER = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{3})\d{0,6})?(Z|[+-]\d\d:?\d\d)(?= )/
/** A stamp behind this is quoted by a message. */
const MESSAGE = /(?:LOG|FATAL|PANIC|ERROR|WARNING|INFO|DETAIL|HINT|STATEMENT): /

/** Whether a stamp names its zone, and its time in ms: as UTC where it does not. */
interface Stamp {
  readonly zoned: boolean
  readonly time: number
}

/**
 * The zone of stamps that name none, by those beside them that do: Patroni writes the clock of its host, PostgreSQL in the
 * same stream and the wrapper of a line say which zone theirs is of. Where only the wrapper names none, as that of syslog
 * and of a journal, the line in it tells. Gives `UTC+3`, `UTC-3:30`; null when nothing tells it, or it is UTC.
 */
export function learnedZone(lines: readonly string[]): string | null {
  const votes = new Map<number, number>()
  const journal = new Map<number, number>()
  let zoneless = false
  let last: Stamp | null = null
  for (const line of lines) {
    const head = line.slice(0, HEAD)
    const stamp = stampOf(head)
    if (stamp === null) continue
    if (stamp.zoned) byJournal(journal, head, stamp.time)
    else zoneless = true
    const wrapper = stamp.zoned ? null : readStamp(WRAPPER.exec(head))
    if (wrapper !== null) vote(votes, stamp.time - wrapper.time, SHIPPED, CLEARLY)
    else if (last !== null && last.zoned !== stamp.zoned) {
      const apart = stamp.zoned ? last.time - stamp.time : stamp.time - last.time
      vote(votes, apart, NEAR, 1)
    }
    last = stamp
  }
  return clearest(zoneless ? votes : journal)
}

/** `Nov 22 19:16:44` in front of a line whose own stamp, `time`, names its zone. */
function byJournal(votes: Map<number, number>, head: string, time: number): void {
  const stamp = bsdAlone(head, { clock: UTC, latest: time, day: time })
  if (stamp !== null) vote(votes, stamp.time - time, SHIPPED, CLEARLY)
}

function stampOf(head: string): Stamp | null {
  const zoneless = ZONELESS.exec(head)
  const zoned = ZONED.exec(head)
  const found = zoned === null || (zoneless !== null && zoneless.index < zoned.index) ? zoneless : zoned
  return found === null || MESSAGE.test(head.slice(0, found.index)) ? null : readStamp(found)
}

function readStamp(found: RegExpExecArray | null): Stamp | null {
  if (found === null) return null
  const [year, month, day, hour, minute, second] = dateFields(found)
  const local = Date.UTC(year, month - 1, day, hour, minute, second, Number(found[7] ?? 0))
  if (found[8] === undefined) return { zoned: false, time: local }
  const offset = writtenOffset(found[8])
  return offset === undefined ? null : { zoned: true, time: local - offset }
}

/** A pair within a moment weighs as much as it takes to be believed alone. */
function vote(votes: Map<number, number>, apart: number, tolerance: number, weight: number): void {
  const offset = Math.round(apart / QUARTER) * QUARTER
  const off = Math.abs(apart - offset)
  if (off > tolerance || Math.abs(offset) > FARTHEST) return
  votes.set(offset, (votes.get(offset) ?? 0) + (off <= SAME_MOMENT ? CLEARLY : weight))
}

function clearest(votes: ReadonlyMap<number, number>): string | null {
  const [first, second] = [...votes].sort(([, a], [, b]) => b - a)
  if (first === undefined || first[0] === 0) return null
  const [offset, count] = first
  return count < 2 || count < CLEARLY * (second?.[1] ?? 0) ? null : zoneName(offset / MINUTE)
}
