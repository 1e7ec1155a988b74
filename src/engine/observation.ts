import type { Level, Program } from '../model/message.ts'
import type { Entry } from '../model/record.ts'
import type { Reading } from '../model/sample.ts'
import type { Source } from '../model/source.ts'
import type { Cluster, Member } from '../model/state.ts'

/** Where the lines of one input come from: turns a line number into a source when somebody asks. */
export interface Origin {
  at(line: number, index: number): Source
}

/**
 * One line or reading on its way through the engine. Objects are pooled and own the memory their lines are copied into:
 * a line costs no allocation, and whoever read it may write its bytes again. Filled by `keepLine`.
 */
export interface Observation {
  time: number
  cluster: Cluster
  member: Member | null
  entry: Entry | null
  program: Program | 'unknown'
  level: Level
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
  /** Memory for the next line when this one's was taken over. */
  readonly instead: Uint8Array | null
  readonly holes: Int32Array
  paused: boolean
  origin: Origin
  line: number
  index: number
  reading: Reading | null
  /** What a line that is repeated says, the same object each time; null for any other. */
  words: Words | null
  /** How far behind its own stream it came, ms; 0 when in time. */
  late: number
  /**
   * Event time at which it has its turn: its own, or for a late one that up to which its stream had been decided when it
   * came, so that the turn does not depend on how soon it was read.
   */
  due: number
}

/** One text of one member, entry and all but the time, that is said again and again. */
export interface Words {
  /** What the engine keeps with it, theirs to fill; null at first. */
  said: object | null
}

export const MOST_HOLES = 12

/** Memory for a line of ordinary length. */
const ROOM = 256
/** More is given back: one long line in each pooled observation would be kept for ever. */
const MOST_ROOM = 1024
const NOWHERE: Origin = { at: () => ({ file: '', line: 0 }) }

export function emptyObservation(cluster: Cluster): Observation {
  return {
    time: 0,
    cluster,
    member: null,
    entry: null,
    program: 'unknown',
    level: 'INFO',
    bytes: new Uint8Array(ROOM),
    from: 0,
    to: 0,
    instead: null,
    holes: new Int32Array(2 * MOST_HOLES),
    paused: false,
    origin: NOWHERE,
    line: 0,
    index: 0,
    reading: null,
    words: null,
    late: 0,
    due: 0,
  }
}

type Writable = { -readonly [K in keyof Observation]: Observation[K] }

/** Dates an observation: `late` ms behind its own stream, where `lateness` ms are allowed. */
export function date(observation: Observation, time: number, late = 0, lateness = 0): void {
  observation.time = time
  observation.late = late
  observation.due = late > 0 ? time + late - lateness : time
}

/** A line as its reader holds it: its bounds, those of its message, and of the holes of what was recognised. */
export interface ReadLine {
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
  readonly messageFrom: number
  readonly messageTo: number
}

/** Copies a line and its holes (`count` pairs of bounds in the same bytes, from `base` on) into an observation. */
export function keepLine(observation: Observation, line: ReadLine, holes: Int32Array, count: number, base = 0): void {
  const start = Math.min(line.from, line.messageFrom)
  const end = Math.max(line.to, line.messageTo)
  const kept = observation as Writable
  if (end - start > kept.bytes.length) kept.bytes = new Uint8Array(end - start)
  copy(line.bytes, start, end, kept.bytes)
  kept.from = line.from - start
  kept.to = line.to - start
  const most = 2 * Math.min(count, MOST_HOLES)
  const shift = base - start
  for (let at = 0; at < most; at++) kept.holes[at] = (holes[at] as number) + shift
}

/** Lines of ordinary length are copied byte by byte: a view of a part costs more, and leaves garbage. */
function copy(source: Uint8Array, from: number, to: number, target: Uint8Array): void {
  if (to - from > ROOM) target.set(source.subarray(from, to))
  else for (let at = from; at < to; at++) target[at - from] = source[at] as number
}

/** Takes over the memory of a line; the observation gets `instead` once it is done with. */
export function takeOver(observation: Observation, instead: Uint8Array): Uint8Array {
  const kept = observation as Writable
  kept.instead = instead
  return observation.bytes
}

/** Frees what a pooled observation refers to. */
export function forget(observation: Observation): void {
  const kept = observation as Writable
  if (kept.instead !== null) kept.bytes = kept.instead
  kept.instead = null
  if (kept.bytes.length > MOST_ROOM || kept.bytes.length < ROOM) kept.bytes = new Uint8Array(ROOM)
  kept.reading = null
  kept.words = null
}
