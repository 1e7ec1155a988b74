import type { Cluster } from '../model/state.ts'
import { complete, emptyObservation, forget, type Observation } from './observation.ts'

/**
 * The hold buffer: observations wait here, in event-time order, until the watermark passes them. Order at equal time:
 * member, program, precedence of the event type, text; two observations equal in all of it are one, said twice.
 */
export interface Hold {
  readonly size: number
  /** A pooled observation to fill; then `place` it. */
  take(): Observation
  /** Puts it in order. False when the same observation is there already: it was given back. */
  place(observation: Observation): boolean
  /** The earliest, or undefined. */
  first(): Observation | undefined
  /** Removes the earliest; give it back by `release` when done. */
  shift(): void
  release(observation: Observation): void
  /** All that wait, in order. */
  all(): Iterable<Observation>
}

/** From this distance on, the place is found by halving instead of stepping back. */
const STEPS = 24

export function hold(nobody: Cluster, precedence: (type: string) => number): Hold {
  const pool: Observation[] = []
  let ring: (Observation | undefined)[] = new Array(1024)
  let mask = 1023
  let head = 0
  let size = 0

  const at = (index: number): Observation => ring[(head + index) & mask] as Observation

  function grow(): void {
    const wider: (Observation | undefined)[] = new Array((mask + 1) * 2)
    for (let index = 0; index < size; index++) wider[index] = at(index)
    ring = wider
    mask = wider.length - 1
    head = 0
  }

  /** Index behind the last observation that is not later than `observation`. */
  function placeOf(observation: Observation): number {
    let index = size
    const stop = Math.max(0, size - STEPS)
    while (index > stop && compare(at(index - 1), observation, precedence) > 0) index--
    if (index > stop || index === 0) return index
    let low = 0
    while (low < index) {
      const middle = (low + index) >> 1
      if (compare(at(middle), observation, precedence) > 0) index = middle
      else low = middle + 1
    }
    return low
  }

  return {
    get size() {
      return size
    },
    take: () => pool.pop() ?? emptyObservation(nobody),
    place(observation) {
      const index = placeOf(observation)
      if (index > 0 && compare(at(index - 1), observation, precedence) === 0) {
        this.release(observation)
        return false
      }
      if (size > mask) grow()
      for (let slot = size; slot > index; slot--) ring[(head + slot) & mask] = ring[(head + slot - 1) & mask]
      ring[(head + index) & mask] = observation
      size++
      return true
    },
    first: () => (size === 0 ? undefined : ring[head]),
    shift() {
      ring[head] = undefined
      head = (head + 1) & mask
      size--
    },
    release(observation) {
      forget(observation)
      pool.push(observation)
    },
    *all() {
      for (let index = 0; index < size; index++) yield at(index)
    },
  }
}

/** Order of two observations; 0 means that they say the same. */
function compare(a: Observation, b: Observation, precedence: (type: string) => number): number {
  if (a.due !== b.due) return a.due - b.due
  if (a.time !== b.time) return a.time - b.time
  return compareAlike(a, b, precedence)
}

function compareAlike(a: Observation, b: Observation, precedence: (type: string) => number): number {
  const clusters = compareText(a.cluster.name, b.cluster.name)
  if (clusters !== 0) return clusters
  const members = compareText(a.member?.name ?? '', b.member?.name ?? '')
  if (members !== 0) return members
  const programs = compareText(programOf(a), programOf(b))
  if (programs !== 0) return programs
  const types = precedence(a.entry?.type ?? '') - precedence(b.entry?.type ?? '')
  if (types !== 0) return types
  if (a.reading !== null && b.reading !== null) return compareReadings(a, b)
  return compareBytes(a, b)
}

function programOf(observation: Observation): string {
  return observation.reading === null ? observation.program : `~${observation.reading.kind}`
}

function compareReadings(a: Observation, b: Observation): number {
  if (a.reading === b.reading) return 0
  return compareText(readingText(a), readingText(b))
}

function readingText(observation: Observation): string {
  return JSON.stringify(observation.reading, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function compareBytes(a: Observation, b: Observation): number {
  complete(a)
  complete(b)
  const most = Math.min(a.to - a.from, b.to - b.from)
  for (let index = 0; index < most; index++) {
    const difference = (a.bytes[a.from + index] as number) - (b.bytes[b.from + index] as number)
    if (difference !== 0) return difference
  }
  return a.to - a.from - (b.to - b.from)
}
