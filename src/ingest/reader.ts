import type { Outcome, Recogniser, RecordCursor } from '../model/record.ts'
import { emptyRecord } from './cursor.ts'
import { headed } from './heading.ts'
import type { Names } from './names.ts'
import { isProcess } from './paste.ts'
import { STAMP } from './phrases.ts'
import { emptyPrefix, patroniPrefix, postgresPrefix, StampReader } from './prefix.ts'
import { type SlowLine, slowReader } from './slow.ts'
import { noPod, type Pod, pods } from './stern.ts'
import { suspects } from './suspect.ts'
import { localClock } from './time.ts'
import { LineWindow } from './window.ts'

export interface ReaderOptions {
  /** Zone of lines that do not name theirs: an IANA name or `UTC+2`. */
  readonly zone: string
  /** Zone of what syslog or a journal puts in front of lines, where it is another one. */
  readonly journal?: string | null
  readonly names: Names
  /** Day of lines without a date, epoch ms. */
  readonly dateHint?: number
  /** A time that the log had come to before its first line, epoch ms, for an hour that comes twice. */
  readonly after?: number
  /** Numbers of the writers by name, shared by the readers of files that rotation cut from one log. */
  readonly streams?: Map<string, number>
  /** Knows messages that have a time but no level in front of them. */
  readonly recogniser?: Recogniser
  /** Takes what need not become a record; needs the recogniser. */
  readonly passer?: Passer
}

/** Is offered lines that bring nothing new but their time. What it refuses becomes a record as any other. */
export interface Passer {
  /** A line of PostgreSQL that means nothing, by the number of its writer; its time in epoch ms. */
  noise(stream: number, time: number): boolean
  /** A line of Patroni that its writer said before: its record. */
  repeated(record: RecordCursor): boolean
}

/** Reads the lines of one file. */
export interface LineReader {
  /** Gives more bytes, which are copied. A line split over two chunks is joined. */
  push(chunk: Uint8Array): void
  /** No more bytes will come. */
  end(): void
  /** Moves to the next record and says what it is; its fields are in `record`. */
  next(): Outcome
  readonly record: RecordCursor
  /** What was detected, for the summary: `patroni plain`, `stern`, `cri`, `csvlog`, … */
  readonly shape: string
}

const [TAB, BLANK, COMMA, EQUALS] = [9, 32, 44, 61] as const
const LONGEST_HEADING = 300
const MOST_HEADINGS = 4096
/** A file with so many lines of the common prefixes is settled. */
const SETTLED = 200
/** With so many of them lines begin with their prefixes here: one may be what is left of a line that was copied. */
const DIRECT = 8
/** Where the comma before the milliseconds of Patroni's stamp stands. */
const MARK = 19

export function lineReader(options: ReaderOptions): LineReader {
  const { names, recogniser, passer } = options
  const clock = localClock(options.zone, () => options.after ?? Number.NaN)
  const stamps = new StampReader(clock)
  const prefix = emptyPrefix()
  const slow = slowReader({
    clock,
    journal: localClock(options.journal ?? options.zone),
    names,
    day: () => options.dateHint ?? Number.NaN,
    recogniser,
  })
  const record = emptyRecord()
  const lines = new LineWindow()
  let shape = ''
  /** Lines read by the fast prefixes. */
  let quick = 0
  /** Streams of pods and containers behind a stern prefix, by their names. */
  const streams = options.streams ?? new Map<string, number>()
  /** Whether lines come behind `POD CONTAINER`, as stern prints them. */
  let stern = false
  /** Whether lines of PostgreSQL were read: what they go on with begins with a TAB, and may be anything. */
  let server = false
  const doubts = suspects()
  /** Time that a line says which belongs to the one before; NaN when it says none. */
  let said = Number.NaN
  /** Whether the present line was taken as noise. */
  let passed = false
  const ready: { outcome: Outcome; record: RecordCursor }[] = []

  const known = pods(names, (key) => streamOf(key))
  /** Whose the lines without such a prefix are: of whom a heading above them names. */
  let nobody = noPod()
  const headings = new Map<string | null, Pod>([[null, nobody]])
  const decoder = new TextDecoder()

  /** Takes in a heading; false when a line is none. */
  function heads(from: number, to: number): boolean {
    const { bytes } = lines
    if (bytes[from] !== EQUALS || bytes[from + 1] !== EQUALS || to - from > LONGEST_HEADING) return false
    const name = headed(decoder.decode(bytes.subarray(from, to)))
    if (name === undefined) return false
    const before = headings.get(name)
    nobody = before ?? { ...noPod(), member: name, stream: streamOf(`heading ${name}`) }
    if (headings.size < MOST_HEADINGS) headings.set(name, nobody)
    return true
  }

  function streamOf(key: string): number {
    let stream = streams.get(key)
    if (stream === undefined) {
      // Beyond so many writers in one file they share a stream: hostile input must not grow the table.
      if (streams.size >= 65_536) return 0
      stream = streams.size + 1
      streams.set(key, stream)
    }
    return stream
  }

  function bare(start: number, stream: number, member: string | null): Outcome {
    record.time = Number.NaN
    record.program = 'unknown'
    record.level = 'INFO'
    set(start, start, stream, member)
    return 'bare'
  }

  /** A line that PostgreSQL's message goes on with, whatever it looks like. */
  function more(start: number, stream: number, member: string | null): Outcome {
    const outcome = bare(start, stream, member)
    record.messageFrom = record.messageTo
    return outcome
  }

  function set(start: number, messageFrom: number, stream: number, member: string | null): void {
    record.bytes = lines.bytes
    record.from = start
    record.to = lines.to
    record.messageFrom = messageFrom
    record.messageTo = lines.to
    record.joined = false
    record.stream = stream
    record.member = member
    record.cluster = null
    record.line = lines.line
    record.index = 0
    record.sqlstate = ''
    record.phrase = null
  }

  /** Whose line begins here, as far as its first bytes say: the last byte of them is not looked at again. */
  function ahead(): Pod | null {
    if (stern) return known.known(lines.view, lines.bytes, lines.at, lines.filled)
    return slow.wrapped() || slow.goesOn() ? null : nobody
  }

  /** A line that its writer said before but for the time: only its stamp is read. */
  function repeats(pod: Pod): boolean {
    const { bytes, view, at, filled } = lines
    const start = at + pod.length
    if (bytes[start + MARK] !== COMMA || start + STAMP > filled || lines.skipping) return false
    const phrase = pod.phrases.find(view, bytes, start + STAMP, filled)
    if (phrase === null) return false
    const time = stamps.patroni(bytes, start, view)
    if (Number.isNaN(time)) return false
    lines.take(start + STAMP + phrase.length)
    record.time = time
    record.program = 'patroni'
    record.level = phrase.level
    set(start, start + STAMP + phrase.messageFrom, pod.stream, pod.member)
    record.phrase = phrase
    quick++
    return true
  }

  /** The two prefixes that nearly all lines have. */
  function fast(start: number, pod: Pod): boolean {
    const { stream, member } = pod
    const { view, bytes, to } = lines
    const first = bytes[start] as number
    if (first < 48 || first > 57) return false
    if (
      !patroniPrefix(stamps, bytes, start, to, prefix, view) &&
      !postgresPrefix(stamps, bytes, start, to, prefix, view)
    )
      return false
    passed = false
    if (prefix.program === 'postgres') server = true
    if (prefix.continues) {
      bare(start, stream, member)
      said = prefix.time
      return true
    }
    if (passes(stream)) return true
    record.time = prefix.time
    record.program = prefix.program
    record.level = prefix.level
    set(start, prefix.messageFrom, stream, member)
    if (prefix.program === 'patroni')
      record.phrase = pod.phrases.learn(bytes, start + STAMP, to, prefix.messageFrom, prefix.level)
    return true
  }

  /** Null when the line gave no record yet. */
  function read(begin: Pod | null): Outcome | null {
    const { bytes, from, to } = lines
    if ((begin === null || begin === nobody) && blank(bytes, from, to)) {
      set(from, from, record.stream, record.member)
      record.time = Number.NaN
      return 'empty'
    }
    const direct = !stern && !slow.wrapped() && !slow.goesOn()
    if (direct && fast(from, nobody)) return outcome('plain')
    if (stern || (direct && quick < DIRECT && letter(bytes[from] as number) && !slow.fronted())) {
      const pod = stern && begin !== null ? begin : known.at(lines.view, bytes, from, to)
      if (pod !== null && (stern || !isProcess(pod.member))) {
        const start = from + pod.length
        if (fast(start, pod)) {
          stern = true
          return outcome('stern')
        }
        if (stern) return slowly(start, pod.stream, pod.member)
      }
    }
    if (direct && heads(from, to)) return bare(from, nobody.stream, nobody.member)
    return slowly(from, nobody.stream, nobody.member)
  }

  function outcome(found: string): Outcome | null {
    quick++
    if (shape === '') shape = `${found === 'plain' ? '' : `${found} + `}${prefix.program}`
    if (passed) return null
    return Number.isNaN(record.time) ? 'bare' : 'line'
  }

  /** Everything else goes by strings: one line may give many records, or none until its record is complete. */
  function slowly(start: number, stream: number, member: string | null): Outcome | null {
    if (server && lines.bytes[start] === TAB && !slow.goesOn()) return more(start, stream, member)
    set(start, start, stream, member)
    if (!stern) slow.direct(quick)
    const records = slow.read(lines.bytes, start, lines.to, lines.line, quick > SETTLED)
    if (records === null) return bare(start, stream, member)
    if (shape === '') shape = slow.shape()
    if (records.length === 1) return taken(records[0] as SlowLine, stream, member)
    for (const one of records) ready.push(made(one, stream, member))
    return waiting()
  }

  /** The one record of a line: nothing waits before it. */
  function taken(one: SlowLine, stream: number, member: string | null): Outcome {
    Object.assign(record, one.record)
    record.member = one.record.member ?? member
    if (one.key !== '') record.stream = streamOf(`${stream}/${one.key}`)
    if (one.outcome === 'line') stamps.latest = record.time
    return one.outcome
  }

  function made(one: SlowLine, stream: number, member: string | null): { outcome: Outcome; record: RecordCursor } {
    const of = one.key === '' ? stream : streamOf(`${stream}/${one.key}`)
    return {
      outcome: one.outcome,
      record: { ...record, ...one.record, member: one.record.member ?? member, stream: of },
    }
  }

  /** What was read already by way of strings. */
  function waiting(): Outcome | null {
    if (ready.length === 0) return null
    const next = ready.shift() as (typeof ready)[number]
    Object.assign(record, next.record)
    if (next.outcome === 'line') stamps.latest = record.time
    return next.outcome
  }

  /** Whether a line was kept behind one that is held. */
  function follows(result: Outcome): boolean {
    return result === 'bare' && doubts.holding() && doubts.follow(record, said)
  }

  return {
    record,
    get shape() {
      return shape === '' ? 'plain text' : shape
    },
    push: (chunk) => lines.push(chunk),
    end: () => lines.end(),
    next() {
      for (;;) {
        const settled = doubts.ready()
        if (settled !== undefined) {
          Object.assign(record, settled.record)
          return settled.outcome
        }
        said = Number.NaN
        const result = waiting() ?? nextLine()
        if (result === null) continue
        if (result === 'line' ? doubts.believe(record) : !follows(result)) return result
      }
    },
  }

  function nextLine(): Outcome | null {
    for (;;) {
      const pod = ahead()
      if (pod !== null && repeats(pod)) {
        if (!echoes()) return 'line'
      } else {
        if (!lines.next(pod === null ? 0 : pod.length)) return over()
        const outcome = read(pod)
        if (outcome !== null) return outcome
      }
    }
  }

  /** Whether a line that its writer said before was taken as such. */
  function echoes(): boolean {
    return passer !== undefined && doubts.passes(record.stream, record.program, record.time) && passer.repeated(record)
  }

  /** Whether the line whose prefix was read means nothing and was taken as such. */
  function passes(stream: number): boolean {
    passed =
      passer !== undefined &&
      prefix.program === 'postgres' &&
      recogniser?.isNoise('postgres', lines.bytes, prefix.messageFrom, lines.to, lines.view) === true &&
      doubts.passes(stream, 'postgres', prefix.time) &&
      passer.noise(stream, prefix.time)
    return passed
  }

  /** At the end of the bytes: `more`, or what is still open, then `end`. */
  function over(): Outcome | null {
    if (!lines.ended) return 'more'
    const last = slow.flush()
    for (const one of last) ready.push(made(one, nobody.stream, nobody.member))
    if (last.length > 0) return null
    doubts.release()
    return doubts.pending() ? null : 'end'
  }
}

function letter(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90)
}

function blank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) > BLANK) return false
  return true
}
