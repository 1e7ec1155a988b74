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
 * One line or reading on its way through the engine. Objects are pooled: a line costs no allocation. `bytes` is held
 * by reference, `holes` is a copy.
 */
export interface Observation {
  time: number
  cluster: Cluster
  member: Member | null
  entry: Entry | null
  program: Program | 'unknown'
  level: Level
  bytes: Uint8Array
  from: number
  to: number
  readonly holes: Int32Array
  paused: boolean
  origin: Origin
  line: number
  index: number
  reading: Reading | null
  /** How far behind its own stream it came, ms; 0 when in time. */
  late: number
}

export const MOST_HOLES = 12

const NOTHING = new Uint8Array(0)
const NOWHERE: Origin = { at: () => ({ file: '', line: 0 }) }

export function emptyObservation(cluster: Cluster): Observation {
  return {
    time: 0,
    cluster,
    member: null,
    entry: null,
    program: 'unknown',
    level: 'INFO',
    bytes: NOTHING,
    from: 0,
    to: 0,
    holes: new Int32Array(2 * MOST_HOLES),
    paused: false,
    origin: NOWHERE,
    line: 0,
    index: 0,
    reading: null,
    late: 0,
  }
}

/** Frees what a pooled observation refers to. */
export function forget(observation: Observation): void {
  observation.bytes = NOTHING
  observation.reading = null
}
