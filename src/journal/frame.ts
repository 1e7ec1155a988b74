import { ByteReader, ByteWriter } from '../engine/bytes.ts'
import type { Level, Program } from '../model/message.ts'
import type { RecordCursor } from '../model/record.ts'

/**
 * Observations of one partition of an input, on their way to the engine: a versioned binary frame, one record of
 * `patrolog.observations` for each input batch and partition of it. Names stand once, in tables; a line is numbers and,
 * where it means something, its bytes.
 *
 *     'pf' version kind                                       4 bytes
 *     head (see FrameHead), names, streams, entries           tables
 *     lines, in the order they were read                      see `writeLine`
 *     heard: for each stream and slot of time, latest and first time of lines without a meaning
 */

export const FRAME_VERSION = 1
export const KIND = { lines: 1, frontiers: 2, order: 3 } as const
const MAGIC = [0x70, 0x66] as const

const PROGRAMS: readonly (Program | 'unknown')[] = [
  'unknown',
  'patroni',
  'postgres',
  'spilo',
  'pgqd',
  'operator',
  'wal-g',
]
const LEVELS: readonly Level[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']

/** Bits of a line's first byte. */
const FLAG = { entry: 1, paused: 2, time: 4, reading: 8, member: 16, text: 32 } as const

/** Lines without a meaning are noted by slots of event time, ms: those of the decisions' grid. */
export const HEARD_SLOT = 5_000

/** Which partition of which input, and how far it is read. */
export interface FrameHead {
  readonly topic: string
  readonly partition: number
  readonly epoch: number
}

/** One writer within an input partition: what the record said, and the member that it was learned to be. */
export interface FrameStream {
  readonly cluster: string | null
  readonly member: string | null
  /** Tells streams of one member apart. */
  readonly name: string
  /** The member its lines belong to: what was learned goes before what the record said. */
  readonly known: string | null
}

/** How far an input partition was read when the frame was made. Times are epoch ms, NaN when there is none. */
export interface FrameTail {
  /** Latest event time of the partition, no later than its records were appended. */
  readonly frontier: number
  /** When the frame was made. */
  readonly now: number
}

/** What the writer of a frame takes of a line: where it was read, and what it was recognised as. */
export interface FrameLine {
  readonly record: Pick<
    RecordCursor,
    'line' | 'index' | 'program' | 'level' | 'bytes' | 'from' | 'to' | 'messageFrom' | 'messageTo'
  >
  /** NaN for a line without a time, before any line of its stream that has one. */
  readonly time: number
  readonly paused: boolean
  /** Key of the entry it matched; null when none. */
  readonly entry: string | null
  /** The member that it names as its writer. */
  readonly member: string | null
  readonly holes: Int32Array
  readonly holeCount: number
  /** Whether it means something: else its bytes are left out. */
  readonly meaning: boolean
}

/** When a stream was heard within a slot of time. */
interface Heard {
  readonly number: number
  latest: number
  first: number
}

/** Longer lines are used by their head. */
const LONGEST = 1 << 18

export class FrameWriter {
  private readonly head: FrameHead
  private readonly names = new Map<string, number>()
  private readonly streams = new Map<FrameStream, number>()
  private readonly lags: number[] = []
  private readonly entries = new Map<string, number>()
  private readonly lines: ByteWriter
  /** By stream: slots of time in which it was heard. */
  private readonly heard: (Heard[] | undefined)[] = []
  private count = 0
  private offset = 0
  private time = 0

  /** `lines`: room for its lines, empty; who makes many frames gives the same again when one is done. */
  constructor(head: FrameHead, lines = new ByteWriter()) {
    this.head = head
    this.lines = lines
  }

  /** Bytes of its lines so far. */
  get size(): number {
    return this.lines.length
  }

  get empty(): boolean {
    return this.count === 0 && this.streams.size === 0
  }

  /** Notes how far a stream's latest line lay behind its partition, ms. */
  lag(stream: number, lag: number): void {
    this.lags[stream] = lag
  }

  /** A line of a stream, which is known as the lines of `known`. */
  line(stream: number, known: string | null, line: FrameLine): void {
    const { record, entry, member, meaning } = line
    const own = member !== null && member !== known
    const flags =
      (entry === null ? 0 : FLAG.entry) |
      (line.paused ? FLAG.paused : 0) |
      (Number.isNaN(line.time) ? 0 : FLAG.time) |
      (own ? FLAG.member : 0) |
      (meaning ? FLAG.text : 0)
    this.begin(stream, flags, record.line, record.index, line.time)
    this.lines.byte((PROGRAMS.indexOf(record.program) << 4) | LEVELS.indexOf(record.level))
    if (entry !== null) this.lines.count(indexIn(this.entries, entry))
    if (own) this.lines.count(indexIn(this.names, member))
    if (meaning) this.text(record, line.holes, line.holeCount)
  }

  /** A reading, as JSON, of a member of a cluster, or of a scope when `cluster` says no more. */
  reading(stream: number, offset: number, index: number, time: number, json: Uint8Array): void {
    this.begin(stream, FLAG.reading | FLAG.time, offset, index, time)
    this.lines.count(json.length)
    this.lines.raw(json)
  }

  /** A line that means nothing but that its writer was there. */
  hear(stream: number, time: number): void {
    const number = Math.floor(time / HEARD_SLOT)
    let slots = this.heard[stream]
    if (slots === undefined) {
      slots = []
      this.heard[stream] = slots
    }
    // Lines come nearly in order: the slot is the last one, or one shortly before.
    let at = slots.length - 1
    while (at >= 0 && slots[at]?.number !== number) at--
    const known = slots[at]
    if (known === undefined) slots.push({ number, latest: time, first: time })
    else if (time > known.latest) known.latest = time
    else if (time < known.first) known.first = time
  }

  /** Number of a stream in this frame. */
  streamOf(stream: FrameStream): number {
    let index = this.streams.get(stream)
    if (index === undefined) {
      index = this.streams.size
      this.streams.set(stream, index)
      this.lags.push(0)
    }
    return index
  }

  private begin(stream: number, flags: number, offset: number, index: number, time: number): void {
    const { lines } = this
    lines.byte(flags)
    lines.count(stream)
    lines.signed(offset - this.offset)
    lines.count(index)
    this.offset = offset
    this.count++
    if ((flags & FLAG.time) === 0) return
    lines.signed(time - this.time)
    this.time = time
  }

  private text(line: FrameLine['record'], holes: Int32Array, count: number): void {
    const start = Math.min(line.from, line.messageFrom)
    const end = Math.min(Math.max(line.to, line.messageTo), start + LONGEST)
    const { lines } = this
    lines.count(end - start)
    lines.raw(line.bytes, start, end)
    lines.count(line.from - start)
    lines.count(Math.min(line.to, end) - start)
    lines.count(line.messageFrom - start)
    lines.count(Math.min(line.messageTo, end) - start)
    lines.count(count)
    for (let at = 0; at < 2 * count; at++) lines.signed(Math.min(holes[at] as number, end) - start)
  }

  /** The frame, put together in `out`; the writer is of no use afterwards. */
  done(tail: FrameTail, out = new ByteWriter()): Uint8Array {
    out.clear()
    begin(out, KIND.lines)
    out.text(this.head.topic)
    out.count(this.head.partition)
    out.count(this.head.epoch)
    out.float(tail.frontier)
    out.float(tail.now)
    const streams = [...this.streams.keys()].map(({ cluster, member, name, known }) =>
      [cluster, member, name, known].map((text) => (text === null ? 0 : 1 + indexIn(this.names, text))),
    )
    writeTable(out, this.names.keys(), this.names.size)
    writeTable(out, this.entries.keys(), this.entries.size)
    out.count(streams.length)
    streams.forEach((stream, index) => {
      for (const name of stream) out.count(name)
      out.count(this.lags[index] as number)
    })
    out.count(this.count)
    out.count(this.lines.length)
    out.raw(this.lines.done())
    this.writeHeard(out)
    return out.done().slice()
  }

  private writeHeard(out: ByteWriter): void {
    out.count(this.heard.reduce((sum, slots = []) => sum + slots.length, 0))
    this.heard.forEach((slots, stream) => {
      for (const { latest, first } of slots ?? []) {
        out.count(stream)
        out.signed(latest)
        out.count(latest - first)
      }
    })
  }
}

function indexIn(table: Map<string, number>, text: string): number {
  let index = table.get(text)
  if (index === undefined) {
    index = table.size
    table.set(text, index)
  }
  return index
}

function writeTable(out: ByteWriter, texts: Iterable<string>, size: number): void {
  out.count(size)
  for (const text of texts) out.text(text)
}

export function begin(out: ByteWriter, kind: number): void {
  for (const byte of MAGIC) out.byte(byte)
  out.byte(FRAME_VERSION)
  out.byte(kind)
}

/** Kind of a record of the observations. Throws a RangeError when it is none that this version knows. */
export function frameKind(bytes: Uint8Array): number {
  if (bytes[0] !== MAGIC[0] || bytes[1] !== MAGIC[1]) throw new RangeError('no frame of observations')
  if (bytes[2] !== FRAME_VERSION)
    throw new RangeError(`frame of version ${bytes[2]}, expected ${FRAME_VERSION}: written by another release`)
  return bytes[3] as number
}

/** Reads a frame of lines: tables first, then a cursor over its lines, whose fields hold until the next `next()`. */
export class FrameReader {
  readonly topic: string
  readonly partition: number
  readonly epoch: number
  readonly tail: FrameTail
  readonly streams: readonly (FrameStream & { readonly lag: number })[]
  /** Keys of the entries matched. */
  readonly entries: readonly string[]
  readonly bytes: Uint8Array
  stream = 0
  offset = 0
  index = 0
  /** NaN for a bare line. */
  time = Number.NaN
  program: Program | 'unknown' = 'unknown'
  level: Level = 'INFO'
  paused = false
  /** Index of the entry it matched; -1 when none. */
  entry = -1
  /** Member that the line names as its writer; null when it is its stream's. */
  member: string | null = null
  /** Whether it is a reading: JSON in bytes[from, to). */
  reading = false
  /** Whether its bytes are there. */
  text = false
  from = 0
  to = 0
  messageFrom = 0
  messageTo = 0
  holes = new Int32Array(2)
  holeCount = 0
  private readonly source: ByteReader
  private readonly names: readonly string[]
  private left: number
  private clock = 0

  constructor(bytes: Uint8Array) {
    const from = new ByteReader(bytes, 4)
    this.bytes = bytes
    this.source = from
    this.topic = from.text()
    this.partition = from.count()
    this.epoch = from.count()
    this.tail = { frontier: from.float(), now: from.float() }
    this.names = readTable(from)
    this.entries = readTable(from)
    this.streams = Array.from({ length: from.count() }, () => this.readStream())
    this.left = from.count()
    from.count()
  }

  private readStream(): FrameStream & { readonly lag: number } {
    const { source } = this
    const name = (): string | null => {
      const index = source.count()
      return index === 0 ? null : (this.names[index - 1] as string)
    }
    return { cluster: name(), member: name(), name: name() ?? '', known: name(), lag: source.count() }
  }

  /** Moves to the next line; false when there is none. */
  next(): boolean {
    if (this.left === 0) return false
    this.left--
    const { source } = this
    const flags = source.byte()
    this.stream = source.count()
    this.offset += source.signed()
    this.index = source.count()
    if ((flags & FLAG.time) !== 0) this.clock += source.signed()
    this.time = (flags & FLAG.time) === 0 ? Number.NaN : this.clock
    this.reading = (flags & FLAG.reading) !== 0
    if (this.reading) this.readReading()
    else this.readLine(flags)
    return true
  }

  private readReading(): void {
    const length = this.source.count()
    this.from = this.source.skip(length)
    this.to = this.from + length
  }

  private readLine(flags: number): void {
    const { source } = this
    const kinds = source.byte()
    this.program = PROGRAMS[kinds >> 4] ?? 'unknown'
    this.level = LEVELS[kinds & 15] ?? 'INFO'
    this.paused = (flags & FLAG.paused) !== 0
    this.entry = (flags & FLAG.entry) === 0 ? -1 : source.count()
    this.member = (flags & FLAG.member) === 0 ? null : (this.names[source.count()] as string)
    this.text = (flags & FLAG.text) !== 0
    if (this.text) this.readText()
    else this.noText()
  }

  private noText(): void {
    this.from = this.to = this.messageFrom = this.messageTo = this.source.at
    this.holeCount = 0
  }

  private readText(): void {
    const { source } = this
    const start = source.skip(source.count())
    this.from = start + source.count()
    this.to = start + source.count()
    this.messageFrom = start + source.count()
    this.messageTo = start + source.count()
    this.holeCount = source.count()
    if (this.holes.length < 2 * this.holeCount) this.holes = new Int32Array(2 * this.holeCount)
    for (let at = 0; at < 2 * this.holeCount; at++) this.holes[at] = start + source.signed()
  }

  /** What was heard without a meaning; after the last line. */
  *heard(): Iterable<{ readonly stream: number; readonly latest: number; readonly first: number }> {
    const { source } = this
    for (let left = source.count(); left > 0; left--) {
      const stream = source.count()
      const latest = source.signed()
      yield { stream, latest, first: latest - source.count() }
    }
  }
}

function readTable(from: ByteReader): readonly string[] {
  return Array.from({ length: from.count() }, () => from.text())
}
