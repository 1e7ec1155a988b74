import { isHeading } from './heading.ts'
import { SEVERITY_WORD } from './severity.ts'
import { TAB } from './tab.ts'
import { type LocalClock, localClock } from './time.ts'

/** A part of a text in which time goes on, and which one member wrote: lines from `from` on, the first is 0. */
export interface Section {
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

const SEVERITY = new RegExp(SEVERITY_WORD, 'u')
/** A TAB that begins a line, also behind a wrapper. */
const INDENTED = new RegExp(String.raw`(?:^|[\s"':\]])${TAB}`)
const EPOCH = /^(?:\{"t": ?|\[)?(1\d{9})\b/
const STAMP = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:([.,])\d{3})?/g
const SELF = /\bI am (?:a secondary )?\(?([^\s();,]+)/
/** What people put between two logs: nothing, a fence, a heading, a command behind its prompt, a sentence that announces. */
const BOUNDARY =
  /^\s*(?:[`~]{3}.*|==>.*|[#*].*|[-=]{3,}.*|(?:[\w.-]{1,64}@[^\s$#]{1,128}|\[[^\]]{1,128}\])?[$#] .*|[^\d].*:\s*)?$/
/** Lines are written late by seconds, not by more, ms. */
export const BACK = 30_000
const REACH = 300
/** More parts than this, or parts of fewer lines, are one log that runs back and forth. */
const MOST = 40
const LEAST = 3

/**
 * The logs that were put one behind the other into one text, as in a report of an incident: time starts again, or behind
 * a boundary another member speaks for good. A text that is one log gives one section. Time does not start again where the
 * clock of the zone goes back at the end of summer time.
 */
export function sectionsOf(lines: readonly string[], zone: string): readonly Section[] {
  const whole = { from: 0, to: lines.length }
  const parts = byTime(lines, localClock(zone))
  if (parts.length > MOST || lines.length < LEAST * parts.length) return [whole]
  return parts.flatMap((part) => byMember(lines, part))
}

function byTime(lines: readonly string[], clock: LocalClock): readonly Section[] {
  const starts = [0]
  let [ups, downs, previous] = [0, 0, Number.NaN]
  /** Patroni's lines and others go by clocks that may be hours apart. */
  let tops = new Map<string, Top>()
  /** Whether PostgreSQL speaks, whose messages go on behind a TAB. */
  let server = false
  lines.forEach((line, at) => {
    const head = headOf(line)
    const stamp = lastStamp(head)
    if (stamp === null) return
    const { kind, local, before } = stamp
    const indented = INDENTED.test(before)
    if (indented && server) return
    if (head.length < line.length && !indented) server = true
    const top = tops.get(kind) ?? { latest: Number.NEGATIVE_INFINITY, before: Number.NEGATIVE_INFINITY }
    const time = clock.toUtc(local, top.latest)
    if (time > previous) ups++
    else if (time < previous) downs++
    previous = time
    if (time < top.latest - BACK && time < top.before - BACK) {
      starts.push(boundaryBefore(lines, at, starts.at(-1) as number) ?? at)
      tops = new Map([[kind, { latest: time, before: time }]])
    } else tops.set(kind, topWith(top, time))
  })
  // Newest first, it is one log, and turned as a whole.
  return between(downs > ups ? [0] : starts, lines.length)
}

/** How far time has come, and how far it had before the line that brought it there: one line may be an outlier. */
interface Top {
  readonly latest: number
  readonly before: number
}

function topWith({ latest, before }: Top, time: number): Top {
  if (time >= latest) return { latest: time, before: latest }
  if (time >= latest - BACK) return { latest, before: latest }
  return { latest: Math.max(before, time), before: Math.max(before, time) }
}

/** What stands in front of a message of PostgreSQL, in which other times may be quoted; else the whole line. */
function headOf(line: string): string {
  const at = line.slice(0, REACH).search(SEVERITY)
  return at < 0 ? line : line.slice(0, at)
}

/** When a line says it was written. */
export interface Written {
  /** As if it were UTC, epoch ms. */
  readonly local: number
  /** Whose clock it is by: those of Patroni and of others may be hours apart. */
  readonly kind: string
  /** What stands before it. */
  readonly before: string
}

/** When a line was written; null where it does not say, or goes on with a message or a statement, which may quote other times. */
export function writtenAt(line: string): Written | null {
  const stamp = lastStamp(headOf(line))
  return stamp === null || INDENTED.test(stamp.before) || stamp.before.includes("'") ? null : stamp
}

/** The stamp nearest to the message: a wrapper's stands before it. */
function lastStamp(head: string): Written | null {
  const epoch = EPOCH.exec(head)
  if (epoch !== null) return { local: Number(epoch[1]) * 1000, kind: 'epoch', before: '' }
  const found = [...head.slice(0, REACH).matchAll(STAMP)]
  const patroni = found.find((match) => match[7] === ',')
  const match = patroni ?? found.at(-1)
  if (match === undefined) return null
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, ...number[]]
  const local = Date.UTC(year, (month as number) - 1, day, hour, minute, second)
  const kind = patroni === undefined ? `${found.length} others` : 'patroni'
  return { local, kind, before: head.slice(0, match.index) }
}

/** Where members speak in turn, each for good, a part ends at the last boundary before the next one speaks. */
function byMember(lines: readonly string[], { from, to }: Section): readonly Section[] {
  const starts = [from]
  const before = new Set<string>()
  let speaker: string | null = null
  for (let at = from; at < to; at++) {
    const self = SELF.exec(lines[at] as string)?.[1]
    if (self === undefined || self === speaker) continue
    if (before.has(self)) return [{ from, to }]
    if (speaker !== null) {
      const start = boundaryBefore(lines, at, starts.at(-1) as number)
      if (start === null) return [{ from, to }]
      starts.push(start)
    }
    speaker = self
    before.add(self)
  }
  return between(starts, to)
}

/** The heading, or the line behind the last boundary between `least` and `at`. */
function boundaryBefore(lines: readonly string[], at: number, least: number): number | null {
  for (let line = at - 1; line > least; line--) {
    // A heading goes with what it stands above.
    if (isHeading(lines[line] as string)) return line
    if (BOUNDARY.test(lines[line] as string)) return line + 1
    if (SELF.test(lines[line] as string)) return null
  }
  return null
}

function between(starts: readonly number[], end: number): readonly Section[] {
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? end }))
}
