import { isTraceback } from './blocks.ts'
import { isHeading } from './heading.ts'
import type { Stamps } from './stamped.ts'

/** Words above a log in a text that somebody wrote, which say whose log it is. */
export interface Headline {
  /** Its line. */
  readonly at: number
  /** The first line without a time of its own above the log. */
  readonly from: number
  /** The first line of the log. */
  readonly to: number
  readonly member: string
}

/** So far above a log its headline stands. */
const ABOVE = 8
const LONGEST = 100
/** Nothing, a fence, a rule. */
const BLANK = /^\s*(?:[`~]{3}.*|[-=_*]{3,}\s*)?$/
const TITLE = /^ {0,3}(?:#{1,6}\s.*|\*\*.*\*\*:?\s*|[^\d\s].*:\s*|[\w.-]{1,64}\s*)$/
const PROMPT = /^ {0,3}\[?[\w.-]{1,64}@(?<host>[\w.-]{1,128})[^$#]{0,128}[$#](?: |$)/
const WORDS = /[\p{L}\d_][\p{L}\d_.-]*/gu
/** What members call themselves and each other. */
const NAMES = /\bI am (?:a secondary )?\(?([^\s();,]+)|\bLock owner: ([^\s;]+)|following a leader \(([^\s)]+)\)/g
const SELF = /\bI am /
/** A name with a number in it, and no version, no file, no number of something else. */
const NUMBERED = /^\p{L}[\w.-]*\d[\w.-]*$/u
const OTHER =
  /\.(?:log|csv|json|txt|gz|ya?ml)\b|^(?:postgres(?:ql)?|pg)-?(?:9|1\d)(?:\.\d+)?$|^(?:v|etcd|test|case|step|attempt|try|run|part|phase|example|scenario|log|logs|update|edit)-?\d/i
const COUNTED = /\b(node|server|host|member|instance|pod|vm|machine|replica|standby)[ #]{1,2}(\d{1,2})\b/i
const ROLE = /\b(?:(old|new|former|other|first|second)[ -])?(primary|master|leader|standby|replica|slave|secondary)\b/i

/**
 * The headlines of a text, in order. One name alone tells nothing apart: then there are none. A role names a member only
 * where no line does.
 */
export function headlinesOf(lines: readonly string[], stamps: Stamps): readonly Headline[] {
  const places = titled(lines, stamps)
  if (places.length < 2) return []
  const known = namesIn(lines)
  const roles = !lines.some((line) => SELF.test(line))
  const found = places.flatMap((place) => headlineAbove(lines, place, (text) => subjectOf(text, known, roles)) ?? [])
  return new Set(found.map(({ member }) => member)).size < 2 ? [] : found
}

/** Where a log begins, and the first of the lines above it that have no time of their own. */
type Place = Pick<Headline, 'from' | 'to'>

/** The places where a log may begin under a headline. */
function titled(lines: readonly string[], stamps: Stamps): readonly Place[] {
  const places: Place[] = []
  let from = 0
  stamps.forEach((stamp, to) => {
    if (stamp === null) return
    if (from < to && (BLANK.test(lines[to - 1] as string) || isTitle(lines[to - 1] as string)))
      places.push({ from, to })
    from = to + 1
  })
  return places
}

function namesIn(lines: readonly string[]): ReadonlySet<string> {
  const found = lines.flatMap((line) => [...line.matchAll(NAMES)].flatMap((match) => match.slice(1)))
  return new Set(found.filter((name) => name !== undefined && name !== 'None'))
}

function headlineAbove(
  lines: readonly string[],
  { from, to }: Place,
  subject: (text: string) => string | null,
): Headline | null {
  for (let at = to - 1; at >= Math.max(from, to - ABOVE); at--) {
    const line = lines[at] as string
    if (BLANK.test(line)) continue
    if (!isTitle(line)) return null
    const member = subject(line)
    if (member !== null) return { at, from, to, member }
  }
  return null
}

/** A heading that names a file is the reader's, whichever lines it stands above. */
function isTitle(line: string): boolean {
  if (line.length > LONGEST || isTraceback(line) || isHeading(line)) return false
  return PROMPT.test(line) || TITLE.test(line)
}

function subjectOf(text: string, known: ReadonlySet<string>, roles: boolean): string | null {
  const host = PROMPT.exec(text)?.groups?.host
  const words = (text.match(WORDS) ?? []).map((word) => word.replace(/[.-]+$/, ''))
  const name = words.find((word) => known.has(word)) ?? host ?? words.find(isNumbered)
  if (name !== undefined) return name
  const counted = COUNTED.exec(text)
  if (counted !== null) return likeKnown(`${counted[1]}${counted[2]}`.toLowerCase(), known)
  return roles ? roleIn(text) : null
}

function isNumbered(word: string): boolean {
  return NUMBERED.test(word) && !OTHER.test(word)
}

/** `Node 1` is whom the lines call `node-1`. */
function likeKnown(name: string, known: ReadonlySet<string>): string {
  return [...known].find((each) => each.toLowerCase().replace(/[-_.]/g, '') === name) ?? name
}

function roleIn(text: string): string | null {
  const found = ROLE.exec(text)
  return found === null ? null : found.slice(1).filter(Boolean).join('-').toLowerCase()
}
