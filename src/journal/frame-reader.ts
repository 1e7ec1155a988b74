import { ByteReader } from '../engine/bytes.ts'
import type { Level, Program } from '../model/message.ts'
import { FLAG, type FrameStream, type FrameTail, LEVELS, PROGRAMS } from './frame.ts'

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
