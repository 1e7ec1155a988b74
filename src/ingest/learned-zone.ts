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
/** Patroni's stamp, which names no zone: in front of its level, or a field of its JSON; and that of pgBackRest. */
const ZONELESS = new RegExp(
  `${LOCAL}(?="[,}]| (?:\\[\\d{1,10}\\]:? |P\\d\\d {1,3})?(?:DEBUG|DETAIL|INFO|WARN|WARNING|ERROR|CRITICAL):)`,
)
/** PostgreSQL's. */
const ZONED =
  /(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{3}))? (Z|[A-Z]{3,4}|[+-]\d\d(?::?\d\d)?)(?=[ ,:;\]>)])/
/** What a container's runtime, kubectl or syslog puts in front. */
const WRAPPER = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{3})\d{0,6})?(Z|[+-]\d\d:?\d\d)(?= )/
/** A stamp behind this is quoted by a message. */
const MESSAGE = /(?:LOG|FATAL|PANIC|ERROR|WARNING|INFO|DETAIL|HINT|STATEMENT): /

/** Weights of pairs of stamps by how far they lie apart, ms. */
type Votes = Map<number, number>

/** Whether a stamp names its zone, and its time in ms: as UTC where it does not. */
interface Stamp {
  readonly zoned: boolean
  readonly time: number
  /** By how much the zone that it names is ahead of UTC, ms. */
  readonly offset: number
}

/** From the first to the last time of some stamps, ms. */
type Span = readonly [from: number, to: number]

/** What times the stamps are of: those that name no zone, as if they were UTC; the others by their offset, ms. */
interface Spans {
  zoneless: Span | null
  readonly zoned: Map<number, Span>
}

/** Zones as `UTC+3`, `UTC-3:30`; null when nothing tells one, or it goes without saying. */
export interface LearnedZones {
  /** Of stamps that name none; UTC goes without saying. */
  readonly zone: string | null
  /** Of what syslog or a journal puts in front of lines, where those are of another zone. */
  readonly journal: string | null
}

export const NO_ZONES: LearnedZones = { zone: null, journal: null }

/**
 * The zone of stamps that name none, by those beside them that do: Patroni writes the clock of its container, PostgreSQL in
 * the same stream and the wrapper of a line say which zone theirs is of. A journal that names none is read by the lines in it.
 */
export function learnedZones(lines: readonly string[]): LearnedZones {
  const votes: Votes = new Map()
  const ahead = { zoned: new Map() as Votes, zoneless: new Map() as Votes }
  const spans: Spans = { zoneless: null, zoned: new Map() }
  let zoneless = false
  let last: Stamp | null = null
  for (const line of lines) {
    const head = line.slice(0, HEAD)
    const stamp = stampOf(head)
    if (stamp === null) continue
    widen(spans, stamp)
    zoneless ||= !stamp.zoned
    byJournal(stamp.zoned ? ahead.zoned : ahead.zoneless, head, stamp.time)
    const wrapper = stamp.zoned ? null : readStamp(WRAPPER.exec(head))
    if (wrapper !== null) vote(votes, stamp.time - wrapper.time, SHIPPED, CLEARLY)
    else if (last !== null && last.zoned !== stamp.zoned) {
      const apart = stamp.zoned ? last.time - stamp.time : stamp.time - last.time
      vote(votes, apart, NEAR, 1)
    }
    last = stamp
  }
  if (!zoneless) return { zone: named(clearest(ahead.zoned)), journal: null }
  const zone = clearest(votes) || sharedOffset(spans)
  const apart = clearest(ahead.zoneless)
  return { zone: named(zone), journal: apart === 0 ? null : zoneName((zone + apart) / MINUTE) }
}

function named(offset: number): string | null {
  return offset === 0 ? null : zoneName(offset / MINUTE)
}

/** `Nov 22 19:16:44` in front of a line whose own stamp is of this time. */
function byJournal(votes: Votes, head: string, time: number): void {
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
  if (found[8] === undefined) return { zoned: false, time: local, offset: 0 }
  const offset = writtenOffset(found[8])
  return offset === undefined ? null : { zoned: true, time: local - offset, offset }
}

/** A pair within a moment weighs as much as it takes to be believed alone. */
function vote(votes: Votes, apart: number, tolerance: number, weight: number): void {
  const offset = Math.round(apart / QUARTER) * QUARTER
  const off = Math.abs(apart - offset)
  if (off > tolerance || Math.abs(offset) > FARTHEST) return
  votes.set(offset, (votes.get(offset) ?? 0) + (off <= SAME_MOMENT ? CLEARLY : weight))
}

function widen(spans: Spans, { zoned, time, offset }: Stamp): void {
  if (zoned) spans.zoned.set(offset, including(spans.zoned.get(offset) ?? null, time))
  else spans.zoneless = including(spans.zoneless, time)
}

function including(span: Span | null, time: number): Span {
  return span === null ? [time, time] : [Math.min(span[0], time), Math.max(span[1], time)]
}

/**
 * Logs put one behind the other have few neighbours to compare. Where all stamps that name a zone name one, and they and
 * those that name none are of the same minutes on a clock of that zone but far from each other if read as UTC, it is theirs.
 */
function sharedOffset({ zoneless, zoned }: Spans): number {
  const [only] = zoned
  if (zoneless === null || only === undefined || zoned.size > 1) return 0
  const [offset, span] = only
  return !meet(zoneless, span, 0) && meet(zoneless, span, offset) ? offset : 0
}

function meet([from, to]: Span, [first, last]: Span, offset: number): boolean {
  return from <= last + offset + NEAR && first + offset <= to + NEAR
}

/** The offset that clearly most pairs speak for; 0 where none is. */
function clearest(votes: Votes): number {
  const [first, second] = [...votes].sort(([, a], [, b]) => b - a)
  if (first === undefined) return 0
  const [offset, count] = first
  return count < 2 || count < CLEARLY * (second?.[1] ?? 0) ? 0 : offset
}
