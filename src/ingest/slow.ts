import type { Recogniser } from '../model/record.ts'
import { CSV_START } from './csvlog.ts'
import type { Enveloped } from './envelopes/enveloped.ts'
import { type IdentityRules, NO_RULES, NOBODY } from './envelopes/identity.ts'
import { mayBegin } from './glance.ts'
import type { Names } from './names.ts'
import { asBytes } from './slow/as-bytes.ts'
import { copies } from './slow/copies.ts'
import { csvLogs } from './slow/csvlogs.ts'
import { joiner } from './slow/joiner.ts'
import { jsonTexts } from './slow/json-texts.ts'
import { lineMaker } from './slow/lines.ts'
import { isMore } from './slow/more.ts'
import type { Opening, Part, SlowLine } from './slow/part.ts'
import { loose, quick } from './slow/prefixes.ts'
import { newReading, timeWritten } from './slow/reading.ts'
import { behindTime, message, worded } from './slow/wordings.ts'
import { wrapped } from './slow/wrapped.ts'
import type { LocalClock } from './time.ts'
import { asShown } from './wrap.ts'

export type { Opening, SlowLine } from './slow/part.ts'

/**
 * Reads whatever the fast prefixes do not: wrappers, envelopes, JSON logs, csvlog, prefixes in other forms. It works on
 * strings, and costs a few microseconds a line.
 */
export interface SlowReader {
  /** Records of a line; null when it is bare; none while a record goes on. */
  read(bytes: Uint8Array, from: number, to: number, line: number, settled: boolean): readonly SlowLine[] | null
  /** Takes in how many lines of the input began with one of the usual prefixes. */
  direct(lines: number): void
  /** Whether a line of two names in front of PostgreSQL's time would be of that prefix here. */
  fronted(): boolean
  /** The same of a text taken out of an envelope, which says when it was `written` or ''; a bare line is a record too. */
  open(text: string, of: Opening, written: string): readonly SlowLine[]
  /** The same of a value that was read already; `text` is what evidence quotes, '' for the line itself. */
  openParsed(value: unknown, text: string, of: Opening): readonly SlowLine[]
  /** The same of a record out of a batch. */
  openEnveloped(record: Enveloped, text: string, of: Opening): readonly SlowLine[]
  /** What was still open when the input ended. */
  flush(): readonly SlowLine[]
  /** Whether a line of these bytes could begin a record: a cheap look before the strings. */
  mayBegin(bytes: Uint8Array, from: number, to: number, settled: boolean): boolean
  /** Whether a record goes on over the next lines. */
  goesOn(): boolean
  /** Least line number of the records that go on; Infinity without one. */
  since(): number
  /** Whether the file was seen to be wrapped line by line. */
  wrapped(): boolean
  shape(): string
}

export interface SlowOptions {
  readonly clock: LocalClock
  /** Of what syslog or a journal puts in front of lines, where it is another one. */
  readonly journal?: LocalClock
  readonly names: Names
  /** Day of lines without a date, epoch ms; NaN when not known. */
  readonly day: () => number
  readonly rules?: IdentityRules
  /** Tells whether a text without a level is a message; without it such lines are bare. */
  readonly recogniser?: Recogniser | undefined
}

const decoder = new TextDecoder()

export function slowReader(options: SlowOptions): SlowReader {
  const { clock, journal = clock, names, day, rules = NO_RULES, recogniser } = options
  const reading = newReading({ clock, journal, rules, recogniser, day })
  const make = lineMaker(names)
  const cut = joiner()
  const json = jsonTexts(reading, make, cut, open)
  const csv = csvLogs(reading, make, open)
  const copied = copies(reading, open)
  const readBytes = asBytes(reading, make)

  function open(part: Part): readonly SlowLine[] | null {
    const { text } = part
    if (csv.continues(part)) return csv.goOn(part)
    if (text.trim() === '') return [make.line('empty', part, {})]
    if (isMore(reading, part, copied.indented())) return [make.more(part)]
    const records = mayBeJson(text) ? json.open(part) : null
    if (records !== null) return records
    if (CSV_START.test(text)) return csv.begin(part)
    const bytes = make.encoded(text)
    if (!mayBegin(bytes, 0, bytes.length, false, true)) return null
    const line = quick(reading, make, part, bytes, 0, bytes.length)
    return line === null ? openOther(part) : [line]
  }

  /** What is in none of the common forms, by the others in turn. */
  function openOther(part: Part): readonly SlowLine[] | null {
    const following = copied.following(part)
    if (isMore(reading, following, copied.indented())) return [make.more(following)]
    return (
      wrapped(reading, make, cut, open, copied, part) ??
      behindTime(reading, open, part) ??
      (copied.isOwn(part, false) ? null : copied.open(part)) ??
      loose(reading, make, part) ??
      json.embedded(part) ??
      // what stands in front of lines with times of their own is another's clock
      (following === part ? worded(reading, make, part) : null)
    )
  }

  return {
    goesOn: () => !csv.idle(),
    since: () => Math.min(csv.since(), cut.since()),
    wrapped: () => reading.wrapped,
    direct(lines) {
      reading.direct = lines
    },
    fronted: () => copied.fronted(),
    shape: () => reading.shape,
    read(bytes, from, to, number, settled) {
      const may = mayBegin(bytes, from, to, settled, reading.wrapped)
      if (csv.idle() && !copied.any() && !may) return null
      const read = csv.idle() && cut.idle() ? readBytes(bytes, from, to, number, settled) : null
      if (read !== null) return read
      const text = asShown(decoder.decode(bytes.subarray(from, to)))
      const part = { text, identity: NOBODY, stream: '', depth: 0, line: number }
      return open(part) ?? (copied.any() ? [make.bare(copied.following(part))] : null)
    },
    open(text, of, written) {
      const part = { ...of, text: asShown(text) }
      return open(part) ?? message(reading, make, part, timeWritten(reading, written)) ?? [make.bare(part)]
    },
    openParsed: (value, text, of) => json.parsed({ ...of, text }, value),
    openEnveloped: (record, text, of) => json.enveloped({ ...of, text }, record, 0),
    flush() {
      const left = csv.flush()
      return [...left, ...cut.flush().flatMap((part) => open(part) ?? [make.bare(part)])]
    },
    mayBegin: (bytes, from, to, settled) => mayBegin(bytes, from, to, settled, reading.wrapped),
  }
}

function mayBeJson(text: string): boolean {
  const first = text[0]
  return first === '{' || first === '[' || (first === '"' && text.endsWith('"'))
}
