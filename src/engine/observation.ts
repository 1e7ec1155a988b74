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
  /** Whether of such a line only the stamp is in `bytes` yet, and no hole in `holes`: `complete` brings the rest. */
  sparse: boolean
  /** How far behind its own stream it came, ms; 0 when in time. */
  late: number
  /**
   * Event time at which it has its turn: its own, or for a late one that up to which its stream had been decided when it
   * came, so that the turn does not depend on how soon it was read.
   */
  due: number
}

/** A line that one member says again and again, all but its time stamp. */
export interface Words {
  readonly cluster: Cluster
  readonly member: Member | null
  readonly entry: Entry | null
  readonly program: Program | 'unknown'
  readonly level: Level
  readonly paused: boolean
  /** The line as it was first read, at most `MOST_WORDS` bytes, and how many of them are its stamp. */
  readonly text: Uint8Array
  readonly stamp: number
  /** Bounds of its holes in `text`. */
  readonly bounds: Int32Array
  /** What the engine keeps with it, theirs to fill; null at first. */
  said: object | null
}

export const MOST_HOLES = 12

/** Memory for a line of ordinary length. */
const ROOM = 256
/** Words fit the memory of any pooled observation. */
export const MOST_WORDS = ROOM
/** More is given back: one long line in each pooled observation would be kept for ever. */
const MOST_ROOM = 1024
const NOWHERE: Origin = { at: () => ({ file: '', line: 0 }) }

/** An observation for the pool, with memory for a line of ordinary length. */
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
    sparse: false,
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

/** Copies a line and its holes (pairs of bounds in the same bytes, `count` of them) into an observation. */
export function keepLine(observation: Observation, line: ReadLine, holes: Int32Array, count: number): void {
  const start = Math.min(line.from, line.messageFrom)
  const end = Math.max(line.to, line.messageTo)
  const kept = observation as Writable
  if (end - start > kept.bytes.length) kept.bytes = new Uint8Array(end - start)
  copy(line.bytes, start, end, kept.bytes)
  kept.from = line.from - start
  kept.to = line.to - start
  const most = 2 * Math.min(count, MOST_HOLES)
  for (let at = 0; at < most; at++) kept.holes[at] = (holes[at] as number) - start
}

/** Lines of ordinary length are copied byte by byte: a view of a part costs more, and leaves garbage. */
function copy(source: Uint8Array, from: number, to: number, target: Uint8Array): void {
  if (to - from > ROOM) target.set(source.subarray(from, to))
  else for (let at = from; at < to; at++) target[at - from] = source[at] as number
}

/** Takes in a line that is repeated: the words are known, its stamp is copied. Most heartbeats need no more of it. */
export function keepWords(observation: Observation, line: ReadLine, words: Words): void {
  for (let at = 0; at < words.stamp; at++) observation.bytes[at] = line.bytes[line.from + at] as number
  say(observation, words)
}

/** What is repeated but for its stamp, which is in the bytes already, as an observation in time. */
export function keepEcho(
  observation: Observation,
  { words, time, origin, line, index }: Pick<Observation, 'time' | 'origin' | 'line' | 'index'> & { words: Words },
): void {
  const { cluster, member, entry, program, level, paused } = words
  Object.assign(observation, { cluster, member, entry, program, level, paused, origin, line, index })
  date(observation, time)
  say(observation, words)
}

function say(observation: Observation, words: Words): void {
  const kept = observation as Writable
  kept.from = 0
  kept.to = words.text.length
  kept.words = words
  kept.sparse = true
}

/** Brings in what of a repeated line was left out; asked before its bytes or holes are looked at. */
export function complete(observation: Observation): void {
  if (!observation.sparse || observation.words === null) return
  observation.sparse = false
  const { text, stamp, bounds } = observation.words
  observation.bytes.set(text.subarray(stamp), stamp)
  for (let at = 0; at < bounds.length && at < 2 * MOST_HOLES; at++) observation.holes[at] = bounds[at] as number
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
  kept.sparse = false
}
