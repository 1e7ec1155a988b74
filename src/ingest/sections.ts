/** A part of a text in which time goes on, and which one member wrote: lines from `from` on, the first is 0. */
export interface Section {
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

const STAMP = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:([.,])\d{3})?/g
const SELF = /\bI am (?:a secondary )?\(?([^\s();,]+)/
/** What people put between two logs: nothing, a fence, a heading, a sentence that announces. */
const BOUNDARY = /^\s*(?:[`~]{3}.*|==>.*|[#*].*|[-=]{3,}.*|[^\d].*:\s*)?$/
/** Lines are written late by seconds, not by more. */
const BACK = 30_000
const REACH = 300
/** More parts than this, or parts of fewer lines, are one log that runs back and forth. */
const MOST = 40
const LEAST = 3

/**
 * The logs that were put one behind the other into one text, as in a report of an incident: time starts again, or behind
 * a boundary another member speaks for good. A text that is one log gives one section.
 */
export function sectionsOf(lines: readonly string[]): readonly Section[] {
  const whole = { from: 0, to: lines.length }
  const parts = byTime(lines)
  if (parts.length > MOST || lines.length < LEAST * parts.length) return [whole]
  return parts.flatMap((part) => byMember(lines, part))
}

function byTime(lines: readonly string[]): readonly Section[] {
  const starts = [0]
  let [ups, downs, previous] = [0, 0, Number.NaN]
  /** Patroni's lines and others go by clocks that may be hours apart. */
  let tops = new Map<string, Top>()
  lines.forEach((line, at) => {
    const stamp = lastStamp(line)
    if (stamp === null) return
    if (stamp.time > previous) ups++
    else if (stamp.time < previous) downs++
    previous = stamp.time
    const top = tops.get(stamp.kind) ?? { latest: Number.NEGATIVE_INFINITY, before: Number.NEGATIVE_INFINITY }
    if (stamp.time < top.latest - BACK && stamp.time < top.before - BACK) {
      starts.push(boundaryBefore(lines, at, starts.at(-1) as number) ?? at)
      tops = new Map([[stamp.kind, { latest: stamp.time, before: stamp.time }]])
    } else tops.set(stamp.kind, topWith(top, stamp.time))
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

/** The stamp nearest to the message: a wrapper's stands before it. */
function lastStamp(line: string): { readonly time: number; readonly kind: string } | null {
  const found = [...line.slice(0, REACH).matchAll(STAMP)]
  const patroni = found.find((match) => match[7] === ',')
  const match = patroni ?? found.at(-1)
  if (match === undefined) return null
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, ...number[]]
  const time = Date.UTC(year, (month as number) - 1, day, hour, minute, second)
  return { time, kind: patroni === undefined ? `${found.length} others` : 'patroni' }
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

/** The line behind the last boundary between `least` and `at`. */
function boundaryBefore(lines: readonly string[], at: number, least: number): number | null {
  for (let line = at - 1; line > least; line--) {
    if (BOUNDARY.test(lines[line] as string)) return line + 1
    if (SELF.test(lines[line] as string)) return null
  }
  return null
}

function between(starts: readonly number[], end: number): readonly Section[] {
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? end }))
}
