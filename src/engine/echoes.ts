import { keepEcho, type Observation, type Origin, type Words } from './observation.ts'

/** Bytes of the stamps kept, and as how many floats: of their bytes, which are printable, none makes a NaN. */
export const STAMP_BYTES = 24
export const STAMP_FLOATS = 3

/** A line that is repeated, on its way; one object, moved from line to line. */
export class Echo {
  words!: Words
  time = 0
  origin!: Origin
  line = 0
  index = 0
  /** Its stamp stands in `stamps` from `stampAt` on. */
  stamps!: Float64Array
  stampAt = 0
}

/**
 * Lines that are repeated, while they wait: most of what waits are heartbeats, and all that is new of one is its time and
 * its place. Kept in columns, so that the many of a fleet stay in the processor's caches.
 */
export interface Echoes {
  /** Keeps one; the number of its row. `bytes` hold its stamp from `from` on. */
  keep(words: Words, time: number, origin: Origin, line: number, index: number, bytes: Uint8Array, from: number): number
  /** Moves `echo` to a row. */
  move(row: number): void
  readonly echo: Echo
  free(row: number): void
  /** Fills an observation with a row, which is free then. */
  spell(row: number, observation: Observation): Observation
}

export function echoes(): Echoes {
  let rows = 1024
  let times = new Float64Array(rows)
  let lines = new Float64Array(rows)
  let indexes = new Int32Array(rows)
  let stamps = new Float64Array(STAMP_FLOATS * rows)
  const words: Words[] = []
  const origins: Origin[] = []
  const free: number[] = []
  /** Rows ever used. */
  let used = 0
  let bytes: Uint8Array = new Uint8Array(0)
  let view = new DataView(bytes.buffer)
  const echo = new Echo()
  echo.stamps = stamps

  function grow(): void {
    rows *= 2
    const before = { times, lines, indexes, stamps }
    times = new Float64Array(rows)
    lines = new Float64Array(rows)
    indexes = new Int32Array(rows)
    stamps = new Float64Array(STAMP_FLOATS * rows)
    times.set(before.times)
    lines.set(before.lines)
    indexes.set(before.indexes)
    stamps.set(before.stamps)
    echo.stamps = stamps
  }

  function newRow(): number {
    if (used === rows) grow()
    return used++
  }

  function look(given: Uint8Array): void {
    if (given === bytes) return
    bytes = given
    view = new DataView(given.buffer, given.byteOffset, given.byteLength)
  }

  function move(row: number): void {
    echo.words = words[row] as Words
    echo.time = times[row] as number
    echo.origin = origins[row] as Origin
    echo.line = lines[row] as number
    echo.index = indexes[row] as number
    echo.stampAt = STAMP_FLOATS * row
  }

  return {
    keep(said, time, origin, line, index, given, from) {
      const row = free.pop() ?? newRow()
      look(given)
      words[row] = said
      times[row] = time
      origins[row] = origin
      lines[row] = line
      indexes[row] = index
      const at = STAMP_FLOATS * row
      for (let next = 0; next < STAMP_FLOATS; next++) stamps[at + next] = view.getFloat64(from + 8 * next, true)
      return row
    },
    move,
    echo,
    free: (row) => {
      free.push(row)
    },
    spell(row, observation) {
      move(row)
      writeStamp(stamps, echo.stampAt, observation.bytes)
      keepEcho(observation, echo)
      free.push(row)
      return observation
    },
  }
}

/** Writes a stamp that was kept as floats to the begin of `bytes`. */
export function writeStamp(stamps: Float64Array, at: number, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, STAMP_BYTES)
  for (let next = 0; next < STAMP_FLOATS; next++) view.setFloat64(8 * next, stamps[at + next] as number, true)
}
