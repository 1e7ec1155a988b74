import type { Arrivals } from './delivery.ts'
import type { FrameStream } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'

/** A writer within a partition of an input. */
export interface Stream {
  frame: FrameStream
  /** Members that its own lines name. */
  readonly selves: Set<string>
  /** Event time of its latest line; NaN before the first. */
  time: number
  /** Latest event time of its lines. */
  latest: number
  /** How far that lay behind the partition's when its latest line came, ms. */
  lag: number
  /** Whether it said something since the last frame. */
  fresh: boolean
  /** How the lines of its member arrive. */
  arrivals: Arrivals | null
  /** The frame that its lines go to, and its number there; null when none is open. */
  writer: FrameWriter | null
  index: number
}

/** A stream of which no line was read yet. */
export function newStream(frame: FrameStream): Stream {
  const unheard = { time: Number.NaN, latest: Number.NEGATIVE_INFINITY, lag: 0, fresh: false, arrivals: null }
  return { frame, selves: new Set(), ...unheard, writer: null, index: -1 }
}

/** That a stream's lines belong to another member than it was taken for. */
export interface Learned {
  readonly stream: Stream
  readonly member: string | null
}

/** Names remembered of one stream: who names more speaks for many. */
const MOST_SELVES = 8

/** A line of the stream names its writer. One name in all its lines stands for the host that shipped them. */
export function selfSeen(stream: Stream, self: string, learned: Learned[]): void {
  const { selves, frame } = stream
  if (selves.has(self) || selves.size >= MOST_SELVES) return
  selves.add(self)
  learned.push({ stream, member: selves.size === 1 ? self : frame.member })
}
