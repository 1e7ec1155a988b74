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
 *     lines, in the order they were read                      see `FrameWriter.line`, `FrameWriter.again`
 *     heard: for each stream and slot of time, latest and first time of lines without a meaning
 */

export const FRAME_VERSION = 2
/** Version 1 knew no lines that are told again; all else is the same. */
const OLDEST_VERSION = 1
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
const FLAG = {
  entry: 1,
  paused: 2,
  time: 4,
  reading: 8,
  member: 16,
  text: 32,
  /** It will be told again: such lines are numbered in the order in which they come. */
  kept: 64,
  /** An earlier one once more, by its number, behind another time stamp. */
  again: 128,
} as const

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
  /** Tells the frames of one maker apart. */
  readonly serial: number
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
  private kept = 0

  /** `lines`: room for its lines, empty; who makes many frames gives the same again when one is done. */
  constructor(head: FrameHead, lines = new ByteWriter(), serial = 0) {
    this.head = head
    this.serial = serial
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
    this.write(stream, known, line, 0)
  }

  /** A line that has a meaning and will come again, all but its time stamp: gives the number to tell it by. */
  keep(stream: number, known: string | null, line: FrameLine): number {
    this.write(stream, known, line, FLAG.kept)
    return this.kept++
  }

  /** A line that was kept, read at another time and place: its stamp, `stamp` bytes long, is all that is new. */
  again(number: number, stream: number, time: number, record: FrameLine['record'], stamp: number): void {
    this.begin(stream, FLAG.again | FLAG.time, record.line, record.index, time)
    this.lines.count(number)
    this.lines.count(stamp)
    this.lines.raw(record.bytes, record.from, record.from + stamp)
  }

  private write(stream: number, known: string | null, line: FrameLine, kept: number): void {
    const { record, entry, member, meaning } = line
    const own = member !== null && member !== known
    const flags =
      kept |
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
  const version = bytes[2] as number
  if (!(version >= OLDEST_VERSION && version <= FRAME_VERSION))
    throw new RangeError(
      `frame of version ${version}, expected ${OLDEST_VERSION} to ${FRAME_VERSION}: written by another release`,
    )
  return bytes[3] as number
}

/** A line that is told again, with its bounds in `bytes`. */
type Kept = Pick<
  FrameReader,
  | 'program'
  | 'level'
  | 'paused'
  | 'entry'
  | 'member'
  | 'bytes'
  | 'text'
  | 'from'
  | 'to'
  | 'messageFrom'
  | 'messageTo'
  | 'holes'
  | 'holeCount'
>

/** Reads a frame of lines: tables first, then a cursor over its lines, whose fields hold until the next `next()`. */
export class FrameReader {
  readonly topic: string
  readonly partition: number
  readonly epoch: number
  readonly tail: FrameTail
  readonly streams: readonly (FrameStream & { readonly lag: number })[]
  /** Keys of the entries matched. */
  readonly entries: readonly string[]
  /** What the bounds of the present line refer to. */
  bytes: Uint8Array
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
  holes: Int32Array = new Int32Array(0)
  holeCount = 0
  private readonly source: ByteReader
  private readonly names: readonly string[]
  private left: number
  private clock = 0
  private room = new Int32Array(16)
  private readonly frame: Uint8Array
  private readonly kept: Kept[] = []

  constructor(bytes: Uint8Array) {
    const from = new ByteReader(bytes, 4)
    this.bytes = bytes
    this.frame = bytes
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
    this.bytes = this.frame
    if (this.reading) this.readReading()
    else if ((flags & FLAG.again) !== 0) this.readAgain()
    else this.readLine(flags)
    if ((flags & FLAG.kept) !== 0) this.kept.push(this.keep())
    return true
  }

  /** What the line says, for those that tell it again: in bytes of its own, which their stamps are written into. */
  private keep(): Kept {
    const { program, level, paused, entry, member, holeCount } = this
    const start = Math.min(this.from, this.messageFrom)
    const bytes = this.bytes.slice(start, Math.max(this.to, this.messageTo))
    const bounds = { from: this.from - start, to: this.to - start, messageFrom: this.messageFrom - start }
    const holes = this.holes.slice(0, 2 * holeCount).map((bound) => bound - start)
    const message = { messageTo: this.messageTo - start, text: true, holes, holeCount }
    return { program, level, paused, entry, member, bytes, ...bounds, ...message }
  }

  private readAgain(): void {
    const { source } = this
    const number = source.count()
    const kept = this.kept[number]
    if (kept === undefined)
      throw new RangeError(`frame of observations: line ${number} told again, ${this.kept.length} kept`)
    const stamp = source.raw(source.count())
    if (kept.from + stamp.length > kept.bytes.length)
      throw new RangeError('frame of observations: a stamp longer than its line')
    kept.bytes.set(stamp, kept.from)
    Object.assign(this, kept)
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
    if (this.room.length < 2 * this.holeCount) this.room = new Int32Array(2 * this.holeCount)
    this.holes = this.room
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
