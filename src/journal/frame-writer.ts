import { ByteWriter } from '../engine/bytes.ts'
import type { RecordCursor } from '../model/record.ts'
import {
  begin,
  FLAG,
  type FrameHead,
  type FrameStream,
  type FrameTail,
  HEARD_SLOT,
  KIND,
  LEVELS,
  PROGRAMS,
} from './frame.ts'

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
