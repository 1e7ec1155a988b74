import type { Level, Program } from '../model/message.ts'
import { type Severity, severityLevel } from './severity.ts'
import { type LocalClock, writtenOffset } from './time.ts'
import { alike } from './words.ts'

/** What a prefix says; one object, overwritten by the next line. */
export interface Prefix {
  time: number
  program: Program | 'unknown'
  level: Level
  messageFrom: number
  /** A line with a prefix that still belongs to the one before: DETAIL, HINT, STATEMENT. */
  continues: boolean
}

export function emptyPrefix(): Prefix {
  return { time: Number.NaN, program: 'unknown', level: 'INFO', messageFrom: 0, continues: false }
}

const [ZERO, COLON, BLANK, COMMA, DOT, DASH, T] = [48, 58, 32, 44, 46, 45, 84]
const [OPEN, CLOSE] = [91, 93]
/** `YYYY-MM-DD HH:MM:SS`. */
const DATED = 19
/** Digits of seconds since 1970. */
const EPOCH = 10

/** Reads the times of one stream; remembers the last minute, so that most lines only add seconds. */
export class StampReader {
  readonly #clock: LocalClock
  /** The last minute read, `YYYY-MM-DD HH:MM`, as it was written. */
  readonly #minute = new DataView(new ArrayBuffer(16))
  #base = Number.NaN
  #local = Number.NaN
  /** Latest time read, for the hour that comes twice. */
  latest = Number.NaN

  constructor(clock: LocalClock) {
    this.#clock = clock
  }

  /**
   * Reads `YYYY-MM-DD HH:MM:SS` at `from` (blank or T between) and gives its local time as if it were UTC, without the
   * fraction; NaN when it is none, or names a day that does not exist. Faster with the view of the same bytes.
   */
  local(bytes: Uint8Array, from: number, view?: DataView): number {
    if (!this.#sameMinute(bytes, from, view) && !this.#learn(bytes, from)) return Number.NaN
    const tens = (bytes[from + 17] as number) - ZERO
    const ones = (bytes[from + 18] as number) - ZERO
    if (bytes[from + 16] !== COLON || tens < 0 || tens > 6 || ones < 0 || ones > 9) return Number.NaN
    return this.#local + (tens * 10 + ones) * 1000
  }

  #sameMinute(bytes: Uint8Array, from: number, view: DataView | undefined): boolean {
    if (view !== undefined) return alike(view, from, this.#minute, 0, 16)
    for (let at = 0; at < 16; at++) if (this.#minute.getUint8(at) !== bytes[from + at]) return false
    return true
  }

  #learn(bytes: Uint8Array, from: number): boolean {
    if (bytes[from + 4] !== DASH || bytes[from + 7] !== DASH || bytes[from + 13] !== COLON) return false
    if (bytes[from + 10] !== BLANK && bytes[from + 10] !== T) return false
    const [year, month, day] = [number(bytes, from, 4), number(bytes, from + 5, 2), number(bytes, from + 8, 2)]
    const [hour, minute] = [number(bytes, from + 11, 2), number(bytes, from + 14, 2)]
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && year > 1970)) return false
    const local = Date.UTC(year, month - 1, day, hour, minute)
    if (new Date(local).getUTCDate() !== day) return false
    this.#local = local
    this.#base = this.#clock.toUtc(local, this.latest)
    for (let at = 0; at < 16; at++) this.#minute.setUint8(at, bytes[from + at] as number)
    return true
  }

  /** Patroni's `YYYY-MM-DD HH:MM:SS,mmm ` at `from` as epoch ms, NaN when it is none. */
  patroni(bytes: Uint8Array, from: number, view: DataView): number {
    if (bytes[from + 19] !== COMMA || bytes[from + 23] !== BLANK) return Number.NaN
    const ms = number(bytes, from + 20, 3)
    const local = this.local(bytes, from, view)
    return Number.isNaN(ms) || Number.isNaN(local) ? Number.NaN : this.utc(local) + ms
  }

  /** `YYYY-MM-DD HH:MM:SS` and ms behind a comma or a dot: its local time as if it were UTC; NaN when it is none. */
  localMs(bytes: Uint8Array, from: number): number {
    if (bytes[from + 19] !== COMMA && bytes[from + 19] !== DOT) return Number.NaN
    return this.local(bytes, from) + number(bytes, from + 20, 3)
  }

  /** A local time of the last minute read, as epoch ms. */
  utc(local: number): number {
    const time = this.#base + (local - this.#local)
    this.latest = time
    return time
  }
}

function number(bytes: Uint8Array, from: number, digits: number): number {
  let value = 0
  for (let at = from; at < from + digits; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** Three digits as a number; -1 when they are none. */
function threeDigits(bytes: Uint8Array, from: number): number {
  const [one, two, three] = [bytes[from], bytes[from + 1], bytes[from + 2]] as [number, number, number]
  if (!isDigit(one) || !isDigit(two) || !isDigit(three)) return -1
  return 100 * one + 10 * two + three - 111 * ZERO
}

/** Digits after the second's mark, as ms; `end` is where they end. */
const fraction = { ms: 0, end: 0 }

function readFraction(bytes: Uint8Array, at: number, to: number): void {
  let scale = 100
  fraction.ms = 0
  let index = at + 1
  for (; index < to; index++) {
    const digit = (bytes[index] as number) - ZERO
    if (!(digit >= 0 && digit <= 9)) break
    fraction.ms += digit * scale
    scale = scale === 1 ? 0 : scale / 10
  }
  fraction.end = index
}

/** `2025-01-20 12:25:26,394 INFO: text`, Patroni's default. */
export function patroniPrefix(
  stamps: StampReader,
  bytes: Uint8Array,
  from: number,
  to: number,
  prefix: Prefix,
  view?: DataView,
): boolean {
  if (to - from < 28 || bytes[from + 19] !== COMMA || bytes[from + 23] !== BLANK) return false
  const ms = number(bytes, from + 20, 3)
  const after = levelAt(bytes, from + 24, to)
  if (Number.isNaN(ms) || after < 0 || (after < to && bytes[after] !== BLANK)) return false
  const local = stamps.local(bytes, from, view)
  if (Number.isNaN(local)) return false
  prefix.time = stamps.utc(local) + ms
  prefix.level = python.level
  prefix.program = 'patroni'
  prefix.messageFrom = Math.min(after + 1, to)
  prefix.continues = false
  return true
}

const python: { level: Level } = { level: 'INFO' }
const LEVELS: readonly (readonly [string, Level])[] = [
  ['INFO:', 'INFO'],
  ['WARNING:', 'WARNING'],
  ['ERROR:', 'ERROR'],
  ['DEBUG:', 'DEBUG'],
  ['CRITICAL:', 'CRITICAL'],
]
const LEVEL_BYTES = LEVELS.map(([text, level]) => ({ bytes: new TextEncoder().encode(text), level }))

/** Python's level and its colon at `from`: where the text behind begins, or -1. */
function levelAt(bytes: Uint8Array, from: number, to: number): number {
  for (let index = 0; index < LEVEL_BYTES.length; index++) {
    const { bytes: word, level } = LEVEL_BYTES[index] as (typeof LEVEL_BYTES)[number]
    if (word[0] !== bytes[from] || !startsWith(bytes, from, to, word)) continue
    python.level = level
    return from + word.length
  }
  return -1
}

function startsWith(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from < word.length) return false
  for (let at = 0; at < word.length; at++) if (bytes[from + at] !== word[at]) return false
  return true
}

/** So far into a line PostgreSQL's severity may stand: prefixes with user, database, application, host. */
const REACH = 300

/**
 * PostgreSQL's stderr with any log_line_prefix that begins with %t or %m: `2026-11-22 19:07:56.567 UTC [29934] LOG:  …`;
 * pgqd's, which has no colon: `… UTC [25] LOG {ticks…`.
 */
export function postgresPrefix(
  stamps: StampReader,
  bytes: Uint8Array,
  from: number,
  to: number,
  prefix: Prefix,
  view?: DataView,
): boolean {
  const mark = bytes[from + 19]
  if (to - from < 24 || (mark !== DOT && mark !== BLANK)) return false
  let at = from + 19
  let ms = 0
  if (mark === DOT) {
    ms = bytes[at + 4] === BLANK ? threeDigits(bytes, at + 1) : -1
    at += 4
    if (ms < 0) {
      readFraction(bytes, from + 19, to)
      ms = fraction.ms
      at = fraction.end
    }
  }
  if (bytes[at] !== BLANK) return false
  const zoneFrom = at + 1
  at = zoneFrom
  while (at < to && bytes[at] !== BLANK && at - zoneFrom < 8) at++
  if (bytes[at] !== BLANK || at === zoneFrom) return false
  let severity = severityBehindPid(bytes, at, to)
  if (severity < 0) {
    // A zone that ends like a severity has one behind it without a blank.
    if (bytes[at - 1] === COLON && bytes[at + 1] === BLANK) return false
    severity = severityAt(bytes, at, Math.min(to, from + REACH))
    if (severity < 0 || laterStamp(bytes, from, at, severity)) return false
  }
  const local = stamps.local(bytes, from, view)
  if (Number.isNaN(local)) return false
  const offset = zoneOffset(bytes, zoneFrom, at)
  prefix.time = (offset === undefined ? stamps.utc(local) : local - offset) + ms
  prefix.level = severe.level
  prefix.program = severe.pgqd ? 'pgqd' : 'postgres'
  prefix.messageFrom = severity
  prefix.continues = severe.continues
  return true
}

const severe: { level: Level; continues: boolean; pgqd: boolean } = { level: 'INFO', continues: false, pgqd: false }
const lastZone = { bytes: new Uint8Array(8), length: 0, offset: undefined as number | undefined }

/** The offset of the written zone; the last one is remembered by its bytes. */
function zoneOffset(bytes: Uint8Array, from: number, to: number): number | undefined {
  const length = to - from
  let same = lastZone.length === length
  for (let at = 0; same && at < length; at++) same = lastZone.bytes[at] === bytes[from + at]
  if (same) return lastZone.offset
  let text = ''
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at] as number)
  lastZone.length = Math.min(length, 8)
  for (let at = 0; at < lastZone.length; at++) lastZone.bytes[at] = bytes[from + at] as number
  lastZone.offset = writtenOffset(text)
  return lastZone.offset
}

/**
 * As `severityAt` for PostgreSQL's default, `[29934] LOG:  `: told at a glance. -1 leaves it to the search, which would find
 * nothing before.
 */
function severityBehindPid(bytes: Uint8Array, from: number, to: number): number {
  let at = from + 1
  if (bytes[at] !== OPEN) return -1
  do at++
  while (isDigit(bytes[at] as number))
  if (bytes[at] !== CLOSE || bytes[at + 1] !== BLANK) return -1
  const word = at + 2
  const colon = colonBehind(bytes, word)
  if (colon < 0 || colon >= to) return -1
  const read = severityLevel(bytes, word, colon)
  return read === null ? -1 : found(read, bytes, colon)
}

/** Whether a later time stands in bytes[at, to) than at `from`: then that was when the session began, `%s`. */
function laterStamp(bytes: Uint8Array, from: number, at: number, to: number): boolean {
  for (let mark = at + 4; mark < to; mark++) {
    const byte = bytes[mark]
    if (byte === DOT && !Number.isNaN(number(bytes, mark - EPOCH, EPOCH))) return true
    if (byte === DASH && bytes[mark + 3] === DASH && bytes[mark + 12] === COLON && isLater(bytes, mark - 4, from))
      return true
  }
  return false
}

function isLater(bytes: Uint8Array, one: number, other: number): boolean {
  let same = 0
  while (same < DATED && bytes[one + same] === bytes[other + same]) same++
  // The mark of a fraction is greater than a blank.
  return (bytes[one + same] as number) > (bytes[other + same] as number)
}

/** Where the colon stands behind a word that may be a severity, with two blanks behind it; -1 when it does not. */
function colonBehind(bytes: Uint8Array, from: number): number {
  let at = from
  while (inSeverity(bytes[at] as number)) at++
  return bytes[at] === COLON && bytes[at + 1] === BLANK && bytes[at + 2] === BLANK ? at : -1
}

/**
 * Finds `SEVERITY:  ` (a word and a colon with two blanks behind) and gives where the message begins. A word in capitals
 * right behind `[pid]` with one blank is pgqd's.
 */
function severityAt(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]
    if (byte === COLON && bytes[at + 1] === BLANK && bytes[at + 2] === BLANK) {
      const begin = wordBefore(bytes, at, from)
      const read = severityLevel(bytes, begin, at)
      if (read === null) continue
      return found(read, bytes, at)
    }
    if (byte === CLOSE && bytes[at + 1] === BLANK) {
      const after = pgqdSeverity(bytes, at + 2, to)
      if (after > 0) return after
    }
  }
  return -1
}

/** Notes a severity whose colon stands at `colon`; where its message begins. */
function found(read: Severity, bytes: Uint8Array, colon: number): number {
  severe.level = read.level
  severe.continues = read.continues
  severe.pgqd = false
  return behindState(bytes, colon + 3)
}

const STATE = 5

/** `57P03: ` in front of a message, where `log_error_verbosity` is verbose: letters and digits, one at least. */
function behindState(bytes: Uint8Array, from: number): number {
  if (bytes[from + STATE] !== COLON || bytes[from + STATE + 1] !== BLANK) return from
  let digits = 0
  for (let at = from; at < from + STATE; at++) {
    const byte = bytes[at] as number
    if (isDigit(byte)) digits++
    else if (byte < 65 || byte > 90) return from
  }
  return digits === 0 ? from : from + STATE + 2
}

/** Whether PostgreSQL's own severity stands here: the word before it is the name of an application. */
function isSeverity(bytes: Uint8Array, from: number): boolean {
  const colon = colonBehind(bytes, from)
  return colon >= 0 && severityLevel(bytes, from, colon) !== null
}

function pgqdSeverity(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && (bytes[at] as number) >= 65 && (bytes[at] as number) <= 90) at++
  if (bytes[at] !== BLANK || at === from) return -1
  const read = severityLevel(bytes, from, at)
  if (read === null || read.continues || isSeverity(bytes, at + 1)) return -1
  severe.level = read.level
  severe.continues = false
  severe.pgqd = true
  return at + 1
}

/** Capitals, or bytes of other alphabets; DEBUG1 to DEBUG5 end with a digit. A prefix may end right before it. */
function wordBefore(bytes: Uint8Array, end: number, least: number): number {
  let at = end
  if (at > least && isDigit(bytes[at - 1] as number)) at--
  while (at > least && inSeverity(bytes[at - 1] as number)) at--
  return at
}

function inSeverity(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || byte >= 128
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9
}
