import { dateFields } from './time.ts'

/**
 * A first look at a log: which way it runs, and from when to when. Works on samples of both ends, before anything is
 * known about the format, so it looks for anything that is written like a time.
 */
export interface Ends {
  /** Earliest and latest stamp, epoch ms, as UTC where no offset is written; null without one that names its year. */
  readonly first: number | null
  readonly last: number | null
  readonly newestFirst: boolean
}

/** Where in a line a stamp is looked for: wrappers are short, messages may quote other times. */
const REACH = 600
/** Lines at each end that say when it begins and ends: single ones may be out of order. */
const EDGE = 8
/** Steps back that may happen in a healthy log: lines stamped before, written after. */
const JITTER = 15_000

const decoder = new TextDecoder()
const DATED =
  /(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ]| @ )(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?( ?(?:Z|[+-]\d\d:?\d\d)(?![\d-]))?/
/** Epoch seconds at the begin of a line, as of a poll. */
export const EPOCH = /^(?:\{"t": ?|\[)?(1\d{9})(?:\.(\d{1,9}))?\b/
const SYSLOG =
  /(?:^|[\s>"])(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

interface Stamp {
  readonly time: number
  readonly hasYear: boolean
}

/** Judges the first and the last bytes of a file; they may overlap, and the tail may be empty. */
export function probe(head: Uint8Array, tail: Uint8Array): Ends {
  const opening = stamps(head, false)
  const closing = stamps(tail, true)
  const newestFirst = descends(...comparable(opening, closing))
  const [start, end] = newestFirst ? [closing, opening] : [opening, closing]
  const early = newestFirst
    ? (start.length > 0 ? start : end).slice(-EDGE)
    : (start.length > 0 ? start : end).slice(0, EDGE)
  const late = newestFirst ? (end.length > 0 ? end : start).slice(0, EDGE) : (end.length > 0 ? end : start).slice(-EDGE)
  return { first: extreme(early, Math.min), last: extreme(late, Math.max), newestFirst }
}

/** Stamps with a year and stamps without cannot be compared: the kind that is more common tells the direction. */
function comparable(opening: readonly Stamp[], closing: readonly Stamp[]): [readonly Stamp[], readonly Stamp[]] {
  const all = [...opening, ...closing]
  const dated = 2 * all.filter(({ hasYear }) => hasYear).length >= all.length
  const alike = (stamps: readonly Stamp[]): readonly Stamp[] => stamps.filter(({ hasYear }) => hasYear === dated)
  return [alike(opening), alike(closing)]
}

/** The stamps of the lines, one a line. The first line of a tail is likely cut. */
function stamps(bytes: Uint8Array, cutAtStart: boolean): readonly Stamp[] {
  const lines = decoder.decode(bytes).split('\n')
  if (cutAtStart && lines.length > 1) lines.shift()
  return lines.map((line) => stampOf(line.slice(0, REACH))).filter((stamp) => stamp !== null)
}

function stampOf(line: string): Stamp | null {
  const dated = DATED.exec(line)
  if (dated !== null) return readDated(dated)
  const epoch = EPOCH.exec(line)
  if (epoch !== null) return { time: Number(epoch[1]) * 1000 + fraction(epoch[2]), hasYear: true }
  const [, month, day, hour, minute, second, part] = SYSLOG.exec(line) ?? []
  if (month === undefined) return null
  // Any leap year will do: only the order within the file is asked.
  const time = Date.UTC(2000, MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second))
  return { time: time + fraction(part), hasYear: false }
}

function readDated(found: RegExpExecArray): Stamp | null {
  const [year, month, day, hour, minute, second] = dateFields(found)
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null
  const time = Date.UTC(year, month - 1, day, hour, minute, second) + fraction(found[7])
  return { time: time - offset(found[8]), hasYear: true }
}

function fraction(digits: string | undefined): number {
  return digits === undefined ? 0 : Math.floor(Number(`0.${digits}`) * 1000)
}

/** ` +02:00`, `+0200`, `Z` in ms. */
function offset(written: string | undefined): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/.exec(written ?? '') ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** Whether most steps go back in time. Two clocks in one stream, or a few late lines, go both ways. */
function descends(opening: readonly Stamp[], closing: readonly Stamp[]): boolean {
  const [downs, ups] = [steps(opening, -1) + steps(closing, -1), steps(opening, 1) + steps(closing, 1)]
  if (downs <= 2 * ups) return falls(opening) && falls(closing) && middle(opening) - middle(closing) > JITTER
  if (downs >= 3) return true
  const [first, last] = [opening[0], closing.at(-1) ?? opening.at(-1)]
  return first !== undefined && last !== undefined && first.time - last.time > JITTER
}

/** Fewer stamps show no trend. */
const TREND = 16

/** Whether the second half is earlier than the first: writers that alternate step up and down in either direction. */
function falls(stamps: readonly Stamp[]): boolean {
  const half = stamps.length >> 1
  return stamps.length >= TREND && middle(stamps.slice(0, half)) > middle(stamps.slice(half))
}

/** Median of the times. */
function middle(stamps: readonly Stamp[]): number {
  const times = stamps.map(({ time }) => time).sort((a, b) => a - b)
  return times[times.length >> 1] ?? Number.NaN
}

function steps(stamps: readonly Stamp[], sign: 1 | -1): number {
  let count = 0
  for (let at = 1; at < stamps.length; at++) {
    if (((stamps[at] as Stamp).time - (stamps[at - 1] as Stamp).time) * sign > 0) count++
  }
  return count
}

function extreme(stamps: readonly Stamp[], pick: (...times: number[]) => number): number | null {
  const times = stamps.filter(({ hasYear }) => hasYear).map(({ time }) => time)
  return times.length === 0 ? null : pick(...times)
}
