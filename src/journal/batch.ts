import { ByteWriter } from '../engine/bytes.ts'
import type { FrameHead } from './frame.ts'
import { type FrameLine, FrameWriter } from './frame-writer.ts'
import { partitionOf } from './scope.ts'
import type { Stream } from './stream.ts'

/** A frame and the partition of the observations that it goes to. */
export interface Outgoing {
  readonly partition: number
  readonly value: Uint8Array
}

/** A frame with more bytes of lines is closed: a record of the broker holds at most 1 MiB. */
const FULL = 512 * 1024

/** Where a line that comes again and again was last told in full: the frame, by its serial, and its number there. */
export interface Told {
  frame: number
  number: number
}

/** Frames whose room is kept. */
const ROOMS = 64

/** The frames of one batch of an input partition, one for each partition of the observations that it has lines for. */
export class Batch {
  /** Latest event time of the input partition. */
  frontier = Number.NaN
  private readonly head: FrameHead
  private readonly partitions: number
  private writers = new Map<number, FrameWriter>()
  private streams: Stream[] = []
  /** Those that know their frame. */
  private opened: Stream[] = []
  /** Room for frames, used again and again: one for each that is open, and one to put them together. */
  private readonly rooms: ByteWriter[] = []
  private used = 0
  private made = 0
  private readonly out = new ByteWriter()
  private full: { partition: number; writer: FrameWriter; frontier: number }[] = []

  constructor(head: FrameHead, partitions: number) {
    this.head = head
    this.partitions = partitions
  }

  /** A stream has come to `time`, the input partition to `frontier`, which is no later than its records were appended. */
  reached(stream: Stream, time: number, frontier: number): void {
    if (!(frontier <= this.frontier)) this.frontier = frontier
    stream.time = time
    if (time > stream.latest) stream.latest = time
    stream.lag = Math.max(0, this.frontier - stream.latest)
    if (stream.fresh) return
    stream.fresh = true
    this.streams.push(stream)
  }

  line(stream: Stream, line: FrameLine): void {
    this.open(stream).line(stream.index, stream.frame.known, line)
  }

  /** A line that its writer said before, behind a time stamp `stamp` bytes long: told in full once a frame. */
  repeat(stream: Stream, told: Told, line: FrameLine, stamp: number): void {
    const writer = this.open(stream)
    if (told.frame === writer.serial) writer.again(told.number, stream.index, line.time, line.record, stamp)
    else {
      told.frame = writer.serial
      told.number = writer.keep(stream.index, stream.frame.known, line)
    }
  }

  hear(stream: Stream, time: number): void {
    this.open(stream).hear(stream.index, time)
  }

  /** A reading, as JSON, of `cluster` or of the one cluster with that scope. */
  reading(stream: Stream, cluster: string, offset: number, index: number, time: number, json: Uint8Array): void {
    const writer = this.writer(partitionOf(cluster, this.partitions))
    writer.reading(writer.streamOf(stream.frame), offset, index, time, json)
  }

  /** The frame that a stream's lines go to. */
  private open(stream: Stream): FrameWriter {
    const { writer } = stream
    if (writer !== null && writer.size < FULL) return writer
    if (writer === null) this.opened.push(stream)
    const partition = partitionOf(stream.frame.cluster as string, this.partitions)
    const next = this.writer(partition)
    stream.writer = next
    stream.index = next.streamOf(stream.frame)
    return next
  }

  private writer(partition: number): FrameWriter {
    const known = this.writers.get(partition)
    if (known !== undefined && known.size < FULL) return known
    if (known !== undefined) this.full.push({ partition, writer: known, frontier: this.frontier })
    const made = new FrameWriter(this.head, this.room(), ++this.made)
    this.writers.set(partition, made)
    return made
  }

  private room(): ByteWriter {
    const known = this.rooms[this.used]
    const room = known ?? new ByteWriter()
    if (known === undefined && this.used < ROOMS) this.rooms.push(room)
    this.used++
    room.clear()
    return room
  }

  /** Closes the frames of the batch, in order. */
  done(now: number): readonly Outgoing[] {
    for (const stream of this.streams) {
      stream.fresh = false
      if (stream.frame.cluster !== null) this.open(stream).lag(stream.index, Math.round(stream.lag))
    }
    const open = [...this.writers].map(([partition, writer]) => ({ partition, writer, frontier: this.frontier }))
    const frames = [...this.full, ...open].map(({ partition, writer, frontier }) => ({
      partition,
      value: writer.done({ frontier, now }, this.out),
    }))
    for (const stream of this.opened) stream.writer = null
    this.streams = []
    this.opened = []
    this.full = []
    this.writers = new Map()
    this.used = 0
    return frames
  }
}
