import { find, wordOf } from './words.ts'

const [ZERO, NINE, COLON, BLANK, TAB, COMMA, BAR] = [48, 57, 58, 32, 9, 44, 124] as const
const [BRACE, BRACE_END, BRACKET, QUOTE, ANGLE, ESCAPE] = [123, 125, 91, 34, 60, 27] as const
const [STAR, AT] = [42, 64] as const
const ESCAPES = wordOf(ESCAPE)
/** Stamps and levels of all forms stand within the first bytes of a line, behind a wrapper within the first characters. */
const HEAD = 200
const FAR = 1200
/** So far into a line PostgreSQL's severity may stand. */
const REACH = 300
/** A pod's name has 253 characters. */
const LONGEST_NAME = 254

/**
 * Whether a line of these bytes could begin a record: a cheap look that spares tracebacks and other programs' output the
 * strings. In a settled file, whose lines have a common prefix, only what begins like one of the others in common use is
 * looked at; in a file that is wrapped line by line, also what could be another wrapper.
 */
export function mayBegin(bytes: Uint8Array, from: number, to: number, settled: boolean, wrapped: boolean): boolean {
  const first = bytes[from] as number
  if (settled && !wrapped && !common(bytes, from))
    return (bytes[to - 1] === BRACE_END && first !== BLANK) || hasSeverity(bytes, from, Math.min(to, from + REACH))
  if (first === BRACE || first === QUOTE || first === BRACKET || first === ANGLE || first === ESCAPE) return true
  if (
    bytes[to - 1] === BRACE_END ||
    epoch(bytes, from) ||
    hasTime(bytes, from, Math.min(to, from + (wrapped ? FAR : HEAD))) ||
    hasSeverity(bytes, from, Math.min(to, from + REACH))
  )
    return true
  return wrapped && mayBeWrapped(bytes, from, to)
}

/** Whether a clock time stands in the bytes: `h:mm:s`. */
function hasTime(bytes: Uint8Array, from: number, to: number): boolean {
  const end = to - 5
  for (let at = from; at < end; at++) {
    if (bytes[at] !== COLON) continue
    if (bytes[at + 3] === COLON && digit(bytes[at - 1]) && digit(bytes[at + 1]) && digit(bytes[at + 4])) return true
  }
  return false
}

/** Whether a capital, or a letter of another alphabet, stands in front of a colon and two blanks, as PostgreSQL's severity does. */
function hasSeverity(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from] === TAB) return false
  for (let at = from + 1; at < to - 2; at++) {
    if (bytes[at] !== COLON || bytes[at + 1] !== BLANK || bytes[at + 2] !== BLANK) continue
    const letter = bytes[at - 1] as number
    if (letter >= 128 || (letter >= 65 && letter <= 90)) return true
  }
  return false
}

/** Whether a line without a time could be wrapped, or be something else than it seems: coloured, blank in UTF-8. */
function mayBeWrapped(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] as number
  if (first >= 128 || epoch(bytes, from) || (first <= BLANK && isBlank(bytes, from, to))) return true
  const name = endOfName(bytes, from, to)
  if (name < to && (bytes[name] === STAR || bytes[name] === AT) && barFollows(bytes, name, to)) return true
  if (name > from && name < to && followsName(bytes, name, to)) return true
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return find(view, bytes, ESCAPES, from, to) < to
}

/** Whether nothing but white space stands in bytes[from, to). */
export function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) > BLANK) return false
  return true
}

/** Ten digits: seconds since 1970. */
function epoch(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < from + 10; at++) if (!digit(bytes[at])) return false
  return true
}

/** What stands behind a name: tags of an influx line, the bar of compose, a second name as stern's, a topic's dump. */
function followsName(bytes: Uint8Array, name: number, to: number): boolean {
  const next = bytes[name]
  if (next === COMMA || next === TAB || next === COLON) return true
  if (next !== BLANK) return false
  let at = name
  while (at < to && bytes[at] === BLANK) at++
  if (bytes[at] === BAR) return true
  if (at !== name + 1) return false
  const second = endOfName(bytes, at, to)
  return second > at && bytes[second] === BLANK && mayFollowPod(bytes[second + 1])
}

/** A line behind a pod and a container begins with a stamp, an object, or a level. */
function mayFollowPod(byte: number | undefined): boolean {
  return byte === BRACE || byte === BRACKET || digit(byte) || (byte !== undefined && byte >= 65 && byte <= 90)
}

/** Whether a bar between blanks stands behind a name that goes on with other signs, as Docker Swarm's. */
function barFollows(bytes: Uint8Array, from: number, to: number): boolean {
  const most = Math.min(to - 1, from + LONGEST_NAME)
  for (let at = from; at < most; at++)
    if (bytes[at] === BAR && bytes[at - 1] === BLANK && bytes[at + 1] === BLANK) return true
  return false
}

/** End of a run of letters, digits, `-`, `.`, `_`. */
function endOfName(bytes: Uint8Array, from: number, to: number): number {
  const most = Math.min(to, from + LONGEST_NAME)
  let at = from
  while (at < most && inName(bytes[at] as number)) at++
  return at
}

function inName(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= ZERO && byte <= NINE) ||
    (byte >= 65 && byte <= 90) ||
    byte === 45 ||
    byte === 46 ||
    byte === 95
  )
}

/** Whether a line begins as a record does: a date, a time, a level, an object, a bracket with a date. */
function common(bytes: Uint8Array, from: number): boolean {
  const first = bytes[from] as number
  if (first === BRACE || first === ANGLE) return true
  if (first === BRACKET) return digit(bytes[from + 1])
  if (digit(first))
    return epoch(bytes, from) || bytes[from + 4] === 45 || bytes[from + 4] === 47 || bytes[from + 2] === COLON
  // INFO:, WARNING:, ERROR:, DEBUG:, CRITICAL:, and time="…"
  const second = bytes[from + 1]
  return (
    (first === 73 && second === 78) ||
    (first === 87 && second === 65) ||
    (first === 69 && second === 82) ||
    (first === 68 && second === 69) ||
    (first === 67 && second === 82) ||
    (first === 116 && second === 105)
  )
}

function digit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
