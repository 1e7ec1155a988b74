import { between, blocksOf, isBoundary, type Span } from './blocks.ts'
import { isHeading } from './heading.ts'
import { type Headline, headlinesOf } from './headlines.ts'
import { type Stamps, stampOf } from './stamped.ts'
import { type LocalClock, localClock } from './time.ts'

/** A part of a text in which time goes on, and which one program of one member wrote. */
export interface Section extends Span {
  /** Whom what stands above it names, or null. */
  readonly member: string | null
  /** The lines of the same member around it, which tell who wrote it. */
  readonly of: Span
}

const SELF = /\bI am (?:a secondary )?\(?([^\s();,]+)/
/** Lines are written late by seconds, not by more, ms. */
export const BACK = 30_000
/** More parts than this, or parts of fewer lines, are one log that runs back and forth. */
const MOST = 40
const LEAST = 3

/**
 * The logs that were put one behind the other into one text, as in a report of an incident: time starts again, behind a
 * boundary another member or another program speaks, a headline names another member. A text that is one log gives one
 * section. Time does not start again where the clock of the zone goes back at the end of summer time.
 */
export function sectionsOf(lines: readonly string[], zone: string): readonly Section[] {
  const whole = { from: 0, to: lines.length }
  const one = [{ ...whole, member: null, of: whole }]
  const stamps = lines.map(stampOf)
  const parts = byTime(lines, stamps, localClock(zone))
  if (parts.length > MOST || lines.length < LEAST * parts.length) return one
  const headlines = headlinesOf(lines, stamps)
  const sections = parts
    .flatMap((part) => byMember(lines, part))
    .flatMap((part) => byHeadline(part, headlines))
    .flatMap(({ member, ...of }) => blocksOf(lines, stamps, of).map((block) => ({ ...block, member, of })))
  return sections.length > MOST ? one : paired(sections, lines, stamps)
}

/**
 * Logs of Patroni of several members, and behind them as many of PostgreSQL that nothing names, as the form of a report asks for
 * them: they stand in the same order.
 */
function paired(sections: readonly Section[], lines: readonly string[], stamps: Stamps): readonly Section[] {
  const half = sections.length / 2
  const members = sections.slice(0, half).map((section) => speakersOf(lines, section))
  const servers = sections.slice(half)
  const isForm =
    half >= 2 &&
    Number.isInteger(half) &&
    members.every(({ size }) => size === 1) &&
    new Set(members.flatMap((names) => [...names])).size === half &&
    servers.every((section) => section.member === null && !ofPatroni(stamps, section))
  return isForm
    ? sections.map((section, at) => (at < half ? section : { ...section, of: sections[at - half] as Section }))
    : sections
}

function speakersOf(lines: readonly string[], { from, to }: Span): ReadonlySet<string> {
  return new Set(lines.slice(from, to).flatMap((line) => SELF.exec(line)?.[1] ?? []))
}

function ofPatroni(stamps: Stamps, { from, to }: Span): boolean {
  return stamps.slice(from, to).some((stamp) => stamp?.isPatroni === true)
}

function byTime(lines: readonly string[], stamps: Stamps, clock: LocalClock): readonly Span[] {
  const starts = [0]
  let [ups, downs, previous] = [0, 0, Number.NaN]
  /** Patroni's lines and others go by clocks that may be hours apart. */
  let tops = new Map<string, Top>()
  /** Whether PostgreSQL speaks, whose messages go on behind a TAB. */
  let server = false
  stamps.forEach((stamp, at) => {
    if (stamp === null || (stamp.indented && server)) return
    const { kind, local, ofServer } = stamp
    if (ofServer) server = true
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

/** Where members speak in turn, each for good, a part ends at the last boundary before the next one speaks. */
function byMember(lines: readonly string[], { from, to }: Span): readonly Span[] {
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
    if (isBoundary(lines[line] as string)) return line + 1
    if (SELF.test(lines[line] as string)) return null
  }
  return null
}

/** A headline within a part that names another member begins another part. */
function byHeadline({ from, to }: Span, headlines: readonly Headline[]): readonly Omit<Section, 'of'>[] {
  const starts: { at: number; member: string | null }[] = [{ at: from, member: null }]
  for (const headline of headlines) {
    if (headline.to < from || headline.to >= to) continue
    const latest = starts.at(-1) as { at: number; member: string | null }
    if (headline.from <= from) latest.member = headline.member
    else if (headline.member !== latest.member) starts.push(headline)
  }
  const spans = between(
    starts.map(({ at }) => at),
    to,
  )
  return spans.map((span, index) => ({ ...span, member: starts[index]?.member ?? null }))
}
