import type { Outcome, Recogniser, RecordCursor } from '../../model/record.ts'
import { emptyRecord } from '../cursor.ts'
import { isBlank, mayBegin } from '../glance.ts'
import type { Names } from '../names.ts'
import { STAMP } from '../phrases.ts'
import { emptyPrefix, patroniPrefix, postgresPrefix, StampReader } from '../prefix.ts'
import { type SlowLine, slowReader } from '../slow.ts'
import { suspects } from '../suspect.ts'
import { localClock } from '../time.ts'
import type { Decoders } from './decoders.ts'
import type { RecordFormat } from './format.ts'
import { heads } from './heads.ts'
import { type Identity, type IdentityRules, NO_RULES, NOBODY } from './identity.ts'
import { isInfluxMetric } from './influx.ts'
import { LONG, lineEnd } from './line-end.ts'
import { opener } from './opener.ts'
import { phraseTable } from './phrase-table.ts'
import { type Beside, besides, type PlacedRecord } from './placed.ts'
import { merged, type RecordMeta } from './record-meta.ts'
import { settling } from './settling.ts'
import { texts } from './texts.ts'
import { type Writer, writers } from './writers.ts'

export interface RecordReaderOptions {
  /** Zone of lines that do not name theirs: an IANA name or `UTC+2`. */
  readonly zone: string
  readonly names: Names
  readonly decoders: Decoders
  readonly rules?: IdentityRules
  /** Whose the records are that do not say: what is configured for the topic. */
  readonly home?: { readonly cluster?: string; readonly member?: string }
  readonly format?: RecordFormat
  /** Tells whether a text without a time of its own is a message; without it such lines are bare. */
  readonly recogniser?: Recogniser
}

/**
 * Reads the records of one partition of a topic: one record may hold many lines, or a part of one. Outcomes are those of
 * a `LineReader`; `more` asks for the next record. Nothing in a record makes it throw.
 */
export interface RecordReader {
  /** Gives the next record; call it when `next` said `more`. The reader keeps references to the value. */
  push(value: Uint8Array | null, meta: RecordMeta): void
  /** The same for a record that lies among others, of which no objects are made. The reader keeps references to the bytes. */
  place(record: PlacedRecord): void
  next(): Outcome
  /** No more records will come: what is still open comes out of `next`, then `end`. */
  end(): void
  /** `line` is the record's offset, `index` counts its lines from 0. */
  readonly record: RecordCursor
  /** Who wrote the current line; says how member and cluster were known. */
  writer(): Writer
  /** Least offset of a line that was taken in and not given out yet; Infinity without one. */
  held(): number
  /** What was detected: `plain`, `fluent`, `otlp`, … */
  shape(): string
}

const [TAB, NEWLINE, RETURN, COMMA] = [9, 10, 13, 44] as const
/** Where the comma before the milliseconds of Patroni's stamp stands. */
const MARK = 19
/** A longer line is used by its head. */
const LONGEST = 1 << 20
const NOTHING = new Uint8Array(0)
const NO_LINES: readonly SlowLine[] = []
const NO_META: RecordMeta = { offset: 0, key: null, headers: undefined, timestamp: -1 }
/** So long before its first record was appended a stream is taken to begin, ms, in an hour that comes twice. */
const BACKLOG = 25 * 60_000

export function recordReader(options: RecordReaderOptions): RecordReader {
  const { names, rules = NO_RULES, recogniser } = options
  const clock = localClock(options.zone, () => day - BACKLOG)
  const stamps = new StampReader(clock)
  const prefix = emptyPrefix()
  const known = writers(names)
  const home: Identity = {
    member: options.home?.member ?? null,
    cluster: options.home?.cluster ?? null,
    basis: 'source',
  }
  const configured = home.member === null && home.cluster === null ? NOBODY : home
  const slow = slowReader({ clock, names, day: () => day, rules, recogniser })
  const doubts = suspects()
  const phrases = phraseTable()
  const batch = texts()
  const head = heads()
  const open = opener({
    batch,
    writers: known,
    slow,
    rules,
    decoders: options.decoders,
    format: options.format ?? 'auto',
  })
  const beside = besides({ home: configured, rules, names, writers: known })
  const record = emptyRecord()
  const nobody = known.of(configured, '')
  const unnamed = known.of(NOBODY, '')
  /** Whether a value may be a raw line. */
  const raw = options.format !== 'otlp_proto'
  /** Writers by their number, for lines that come out later than their record. */
  const byStream: Writer[] = []
  /** Writer of the current line, and of the text at hand. */
  let writer = nobody
  let ofText = nobody
  const settled = settling()
  /** Writers of whom lines of PostgreSQL were read: what one goes on with begins with a TAB. */
  const servers: boolean[] = []
  /** Event time at which the current record was written or appended, epoch ms. */
  let day = Number.NaN
  let offset = 0
  let index = 0
  let ended = false
  /** The text being read. */
  let bytes: Uint8Array = NOTHING
  let view: DataView = new DataView(NOTHING.buffer)
  let at = 1
  let stop = 0
  let depth = 0
  /** Whether the text is one line for certain. */
  let single = false
  let piece = 0
  let base: Beside = beside.of(NO_META)
  let slowLines: readonly SlowLine[] = []
  let slowAt = 0
  /** The outcome of a record that was read when it was given. */
  let atOnce: Outcome | null = null

  function set(from: number, to: number, messageFrom: number): void {
    record.bytes = bytes
    record.from = from
    record.to = to
    record.messageFrom = messageFrom
    record.messageTo = to
    record.joined = false
    record.stream = writer.stream
    record.member = writer.member
    record.cluster = writer.cluster
    record.line = offset
    record.index = index++
    record.sqlstate = ''
    record.phrase = null
    byStream[writer.stream] = writer
  }

  /** A line without a prefix, or with one that continues; `said` is the time it says then. */
  function bare(from: number, to: number, said: number, messageFrom = from): Outcome | null {
    record.time = Number.NaN
    record.program = 'unknown'
    record.level = 'INFO'
    set(from, to, messageFrom)
    return doubts.holding() && doubts.follow(record, said) ? null : 'bare'
  }

  function empty(from: number): Outcome {
    record.time = Number.NaN
    set(from, from, from)
    return 'empty'
  }

  /** Whether a text may be a message though it has no time: nothing that the writer is known to say has one. */
  function mayLackTime(): boolean {
    return recogniser !== undefined && !settled.dated(writer.stream)
  }

  /** One line of the text: by the fast prefixes, else by strings. Null when it gave nothing yet. */
  function readLine(from: number, to: number): Outcome | null {
    let looked = false
    let written = ''
    if (isBlank(bytes, from, to)) {
      if (!slow.goesOn()) return empty(from)
    } else if (!slow.goesOn()) {
      const first = bytes[from] as number
      if (first >= 48 && first <= 57) {
        const outcome = stamped(from, to)
        if (outcome !== undefined) return outcome
      }
      if (first === TAB && servers[writer.stream] === true) return bare(from, to, Number.NaN, to)
      const usual = settled.other(writer.stream) && writer.member !== null
      if (mayLackTime()) written = open.written()
      if (written === '' && !slow.mayBegin(bytes, from, to, usual)) return unprefixed(from, to)
      looked = depth === 0 && base.identity === configured
      if (looked && head.find(bytes, from, to)) {
        const inner = behindHead(head.from, to)
        if (inner !== undefined) return inner
        looked = false
      }
    }
    const text = decoder.decode(bytes.subarray(from, to))
    const { identity, name } = writer
    slowLines = slow.open(text, { identity, stream: name, depth, line: offset }, written)
    slowAt = 0
    if (looked && slowLines.length === 1 && !slow.goesOn()) learnHead(slowLines[0] as SlowLine, to)
    return null
  }

  /** A line behind a head that is known; undefined when it needs the slow way itself. */
  function behindHead(from: number, to: number): Outcome | null | undefined {
    if (isBlank(bytes, from, to)) return undefined
    writer = head.writer as Writer
    const first = bytes[from] as number
    const isDigit = first >= 48 && first <= 57
    const outcome = isDigit ? stamped(from, to) : undefined
    if (outcome !== undefined) return outcome
    if (!isDigit && !mayLackTime() && !mayBegin(bytes, from, to, false, false)) return bare(from, to, Number.NaN)
    writer = ofText
    return undefined
  }

  function learnHead({ outcome, record: one, basis, stream }: SlowLine, to: number): void {
    const { from = 0, to: end = 0, member = null, cluster = null } = one
    if (outcome !== 'line' && outcome !== 'bare') return
    head.learn(bytes, to, end - from, known.of(merged({ member, cluster, basis }, base.identity), stream))
  }

  /** A line that begins with a time, in one of the two forms that nearly all have; undefined when it is neither. */
  function stamped(from: number, to: number): Outcome | null | undefined {
    const outcome = behindStamp(from, to)
    if (outcome !== undefined) settled.stamped(writer.stream)
    return outcome
  }

  function behindStamp(from: number, to: number): Outcome | null | undefined {
    if (bytes[from + MARK] === COMMA) {
      if (repeated(from, to)) return doubts.believe(record) ? 'line' : null
      return patroniPrefix(stamps, bytes, from, to, prefix, view) ? prefixed(from, to) : undefined
    }
    return postgresPrefix(stamps, bytes, from, to, prefix, view) ? prefixed(from, to) : undefined
  }

  /** A line that its writer said before but for the time: only its stamp is read. */
  function repeated(from: number, to: number): boolean {
    if (to - from <= STAMP) return false
    const phrase = phrases.find(view, from + STAMP, to, writer.stream)
    if (phrase === null) return false
    const time = stamps.patroni(bytes, from, view)
    if (Number.isNaN(time)) return false
    record.time = time
    record.program = 'patroni'
    record.level = phrase.level
    set(from, to, from + STAMP + phrase.messageFrom)
    record.phrase = phrase
    return true
  }

  function prefixed(from: number, to: number): Outcome | null {
    if (prefix.program === 'postgres') servers[writer.stream] = true
    if (prefix.continues) return bare(from, to, prefix.time)
    record.time = prefix.time
    record.program = prefix.program
    record.level = prefix.level
    set(from, to, prefix.messageFrom)
    if (prefix.program === 'patroni') record.phrase = phrases.learn(view, from + STAMP, to, writer.stream, prefix)
    return doubts.believe(record) ? 'line' : null
  }

  function unprefixed(from: number, to: number): Outcome | null {
    if (!isInfluxMetric(bytes, from, to)) return bare(from, to, Number.NaN)
    return rejected(from, to, 'a metric, no log line')
  }

  function rejected(from: number, to: number, reason: string): Outcome {
    record.time = Number.NaN
    record.reason = reason
    set(from, to, from)
    return 'rejected'
  }

  /** A line that was read by way of strings. */
  function fromSlow(one: SlowLine): Outcome | null {
    const { member = null, cluster = null } = one.record
    writer = known.of(merged({ member, cluster, basis: one.basis }, base.identity), one.stream)
    set(0, 0, 0)
    record.bytes = batch.whole
    record.from = batch.wholeFrom
    record.to = one.outcome === 'rejected' ? batch.wholeTo : batch.wholeFrom
    const own = record.index
    Object.assign(record, one.record)
    if (record.line === offset) record.index = own
    record.member = writer.member
    record.cluster = writer.cluster
    if (one.outcome === 'line') return doubts.believe(record) ? 'line' : null
    const said = record.time
    record.time = Number.NaN
    return one.outcome === 'bare' && doubts.holding() && doubts.follow(record, said) ? null : one.outcome
  }

  function look(given: Uint8Array): void {
    if (given === bytes) return
    bytes = given
    view = new DataView(given.buffer, given.byteOffset, given.byteLength)
  }

  function nextText(): boolean {
    if (piece >= batch.count) return false
    const of = batch.writers[piece] as Writer
    ofText = base.writer(of)
    depth = batch.depth
    const other = batch.records[piece] ?? null
    if (other !== null) {
      slowLines = slow.openEnveloped(other, other.text, { identity: NOBODY, stream: '', depth, line: offset })
      slowAt = 0
      piece++
      return true
    }
    look(batch.bytes[piece] as Uint8Array)
    at = batch.bounds[2 * piece] as number
    stop = batch.bounds[2 * piece + 1] as number
    single = batch.single
    piece++
    return true
  }

  /** Next line of the text at hand. */
  function nextLine(): Outcome | null {
    const from = at
    const end = single ? stop : lineEnd(view, bytes, from, stop)
    at = end + 1
    let to = end - from > LONGEST ? from + LONGEST : end
    if (to > from && bytes[to - 1] === RETURN) to--
    writer = ofText
    return readLine(from, to)
  }

  function finish(): boolean {
    const left = slow.flush()
    slowLines = left
    slowAt = 0
    doubts.release()
    return left.length > 0 || doubts.pending()
  }

  return {
    record,
    writer: () => byStream[record.stream] ?? nobody,
    held: () => Math.min(slow.since(), doubts.since()),
    shape: open.shape,
    push(value, meta) {
      base = beside.of(meta)
      begin(value ?? NOTHING, 0, value?.length ?? 0, meta)
    },
    place(record) {
      base = beside.placed(record)
      if (!readAtOnce(record)) begin(record.bytes, Math.max(0, record.valueFrom), Math.max(0, record.valueTo), record)
    },
    end() {
      ended = true
    },
    next() {
      if (atOnce !== null) {
        const outcome = atOnce
        atOnce = null
        return outcome
      }
      for (;;) {
        const judged = doubts.ready()
        if (judged !== undefined) {
          Object.assign(record, judged.record)
          return judged.outcome
        }
        let outcome: Outcome | null = null
        if (slowAt < slowLines.length) outcome = fromSlow(slowLines[slowAt++] as SlowLine)
        else if (at <= stop) outcome = nextLine()
        else if (nextText()) continue
        else if (batch.reason !== '') {
          outcome = rejectRecord(batch.reason)
        } else if (!ended) return 'more'
        else if (!finish()) return 'end'
        if (outcome !== null) return outcome
      }
    },
  }

  /**
   * A value that is one line with a time in front of it, as most raw ones are, is read without being taken apart. False when
   * it is anything else: then nothing was taken of it.
   */
  function readAtOnce(of: PlacedRecord): boolean {
    const { bytes: value, valueFrom: from, valueTo } = of
    const first = value[from] as number
    if (from < 0 || !(first >= 48 && first <= 57) || valueTo - from > LONG) return false
    if (!raw || slow.goesOn() || open.shape() === '') return false
    let to = valueTo
    if (value[to - 1] === NEWLINE) to--
    if (value[to - 1] === RETURN) to--
    look(value)
    if (lineEnd(view, value, from, to) < to) return false
    offset = of.offset
    day = of.timestamp
    index = 0
    ofText = base.writer(unnamed)
    writer = ofText
    const outcome = stamped(from, to)
    if (outcome !== undefined) atOnce = outcome
    return outcome !== undefined
  }

  /** Takes the value value[from, to) of the next record. */
  function begin(
    value: Uint8Array,
    from: number,
    to: number,
    of: { readonly offset: number; readonly timestamp: number },
  ) {
    offset = of.offset
    day = of.timestamp
    index = 0
    piece = 0
    at = 1
    stop = 0
    slowAt = 0
    slowLines = open.open(value, from, to, offset) ?? NO_LINES
  }

  /** The record as a whole is of no use. */
  function rejectRecord(reason: string): Outcome {
    batch.reason = ''
    look(batch.whole)
    writer = base.identity === NOBODY ? nobody : known.of(base.identity, '')
    return rejected(batch.wholeFrom, batch.wholeTo, reason)
  }
}

const decoder = new TextDecoder()
