import type { Cluster } from '../model/state.ts'
import { type Echo, echoes } from './echoes.ts'
import { complete, emptyObservation, forget, type Observation, type Origin, type Words } from './observation.ts'

/**
 * The hold buffer: observations wait here, in event-time order, until the watermark passes them. Order at equal time:
 * member, program, precedence of the event type, text; two observations equal in all of it are one, said twice.
 */
export interface Hold {
  /** A pooled observation to fill; then `place` it. */
  take(): Observation
  /** Puts it in order. False when the same observation is there already: it was given back. */
  place(observation: Observation): boolean
  /** As `take` and `place` for a line in time that is repeated: its stamp stands at `from` of `bytes`. */
  echo(
    words: Words,
    time: number,
    origin: Origin,
    line: number,
    index: number,
    bytes: Uint8Array,
    from: number,
  ): boolean
  /** When the earliest has its turn; Infinity when none waits. */
  due(): number
  /** Whether the earliest is an echo, as it was placed; then `repeated` has it. */
  echoed(): boolean
  readonly repeated: Echo
  /** Removes the earliest; give it back by `release` when done. */
  shift(): Observation
  /** Removes the earliest, an echo. */
  drop(): void
  release(observation: Observation): void
  /** All that wait, in order. */
  all(): Iterable<Observation>
}

/** From this distance on, the place is found by halving instead of stepping back. */
const STEPS = 24

export function hold(nobody: Cluster, precedence: (type: string) => number): Hold {
  const pool: Observation[] = []
  const kept = echoes()
  /** What waits, in order: its turn, and the echo; -1 for an observation, which stands in `ring`. */
  let dues = new Float64Array(1024)
  let slots = new Int32Array(1024)
  let ring: (Observation | undefined)[] = new Array(1024)
  let mask = 1023
  let head = 0
  let size = 0

  const take = (): Observation => pool.pop() ?? emptyObservation(nobody)

  /** An echo that must be compared, or does not only repeat, becomes an observation. */
  function at(index: number): Observation {
    const place = (head + index) & mask
    const slot = slots[place] as number
    if (slot < 0) return ring[place] as Observation
    const observation = kept.spell(slot, take())
    slots[place] = -1
    ring[place] = observation
    return observation
  }

  function grow(): void {
    const [before, places] = [{ dues, slots, ring }, (mask + 1) * 2]
    dues = new Float64Array(places)
    slots = new Int32Array(places)
    ring = new Array(places)
    for (let index = 0; index < size; index++) {
      const place = (head + index) & mask
      dues[index] = before.dues[place] as number
      slots[index] = before.slots[place] as number
      ring[index] = before.ring[place]
    }
    mask = places - 1
    head = 0
  }

  function later(index: number, observation: Observation): boolean {
    const due = dues[(head + index) & mask] as number
    if (due !== observation.due) return due > observation.due
    return compare(at(index), observation, precedence) > 0
  }

  /** Index behind the last observation that is not later than `observation`. */
  function placeOf(observation: Observation): number {
    let index = size
    const stop = Math.max(0, size - STEPS)
    while (index > stop && later(index - 1, observation)) index--
    if (index > stop || index === 0) return index
    let low = 0
    while (low < index) {
      const middle = (low + index) >> 1
      if (later(middle, observation)) index = middle
      else low = middle + 1
    }
    return low
  }

  function insert(index: number, due: number, slot: number, observation: Observation | undefined): void {
    if (size > mask) grow()
    for (let next = size; next > index; next--) {
      const [to, from] = [(head + next) & mask, (head + next - 1) & mask]
      dues[to] = dues[from] as number
      slots[to] = slots[from] as number
      ring[to] = ring[from]
    }
    const place = (head + index) & mask
    dues[place] = due
    slots[place] = slot
    ring[place] = observation
    size++
  }

  function place(observation: Observation): boolean {
    const index = placeOf(observation)
    const before = (head + index - 1) & mask
    if (index > 0 && dues[before] === observation.due && compare(at(index - 1), observation, precedence) === 0) {
      release(observation)
      return false
    }
    insert(index, observation.due, -1, observation)
    return true
  }

  /** Index behind the last that is not later; -1 when one has its turn at the same time, or it is far to go. */
  function placeOfTime(time: number): number {
    const stop = Math.max(0, size - STEPS)
    for (let index = size; ; index--) {
      if (index === 0) return 0
      if (index === stop) return -1
      const due = dues[(head + index - 1) & mask] as number
      if (due < time) return index
      if (due === time) return -1
    }
  }

  function step(): void {
    ring[head] = undefined
    head = (head + 1) & mask
    size--
  }

  function release(observation: Observation): void {
    forget(observation)
    pool.push(observation)
  }

  return {
    take,
    place,
    release,
    repeated: kept.echo,
    echo(words, time, origin, line, index, bytes, from) {
      const slot = kept.keep(words, time, origin, line, index, bytes, from)
      const turn = placeOfTime(time)
      if (turn < 0) return place(kept.spell(slot, take()))
      insert(turn, time, slot, undefined)
      return true
    },
    due: () => (size === 0 ? Number.POSITIVE_INFINITY : (dues[head] as number)),
    echoed() {
      const slot = slots[head] as number
      if (slot < 0) return false
      kept.move(slot)
      return true
    },
    shift() {
      const observation = at(0)
      step()
      return observation
    },
    drop() {
      kept.free(slots[head] as number)
      step()
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
