import type { ByteWriter } from '../engine/bytes.ts'
import { GRID } from '../model/clock.ts'
import type { Level, Program } from '../model/message.ts'

/**
 * Observations of one partition of an input, on their way to the engine: a versioned binary frame, one record of
 * `patrolog.observations` for each input batch and partition of it. Names stand once, in tables; a line is numbers and,
 * where it means something, its bytes.
 *
 *     'pf' version kind                                       4 bytes
 *     head (see FrameHead), names, entries, streams           tables
 *     lines, in the order they were read                      see `FrameWriter` in frame-writer.ts
 *     heard: for each stream and slot of time, latest and first time of lines without a meaning
 */

const FRAME_VERSION = 2
/** Version 1 knew no lines that are told again; all else is the same. */
const OLDEST_VERSION = 1
export const KIND = { lines: 1, frontiers: 2, order: 3 } as const
const MAGIC = [0x70, 0x66] as const

export const PROGRAMS: readonly (Program | 'unknown')[] = [
  'unknown',
  'patroni',
  'postgres',
  'spilo',
  'pgqd',
  'operator',
  'wal-g',
  'pgbackrest',
]
export const LEVELS: readonly Level[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']

/** Bits of a line's first byte. */
export const FLAG = {
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
export const HEARD_SLOT = GRID

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

/** Writes what each frame begins with. */
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
