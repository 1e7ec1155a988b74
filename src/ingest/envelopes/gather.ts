import type { Sample } from '../../model/sample.ts'
import { patroniSample } from '../readings/metrics.ts'

/** A reading put together, and the offset of the first record that it was made of. */
export interface Gathered {
  readonly sample: Sample
  readonly offset: number
}

/**
 * Puts metrics that come one by one together to one sample per member and time. A sample is complete when its member's
 * time moves on, or when the time is told to have come past it.
 */
export interface Gatherer {
  /** Adds one value; gives the sample that it completes, if any. */
  add(value: Value, offset: number): Gathered | null
  /** Completes the scrapes that this record brought whole. */
  whole(offset: number): readonly Gathered[]
  /** Completes whatever was read at or before `time`, epoch ms. */
  advance(time: number): readonly Gathered[]
  /** Least offset of what is not complete; Infinity without any. */
  readonly held: number
}

export interface Value {
  readonly member: string
  readonly cluster: string | null
  readonly time: number
  /** Name without `patroni_`. */
  readonly metric: string
  readonly value: number
}

interface Open {
  readonly member: string
  readonly cluster: string | null
  readonly time: number
  readonly offset: number
  readonly values: Map<string, number>
}

/** Members that may be open at once. */
const MOST_MEMBERS = 10_000
/** Metrics of one member; Patroni has 16 to 25. */
const MOST_VALUES = 200
const WHOLE_SCRAPE = 12

export function gatherer(): Gatherer {
  const open = new Map<string, Open>()

  function begin(key: string, { member, cluster, time, metric, value }: Value, offset: number): void {
    open.delete(key)
    open.set(key, { member, cluster, time, offset, values: new Map([[metric, value]]) })
  }

  function take(isDone: (one: Open) => boolean): readonly Gathered[] {
    const done: Gathered[] = []
    for (const [key, one] of open) {
      if (!isDone(one)) continue
      open.delete(key)
      done.push(completed(one))
    }
    return done
  }

  return {
    add(value, offset) {
      const key = `${value.cluster ?? ''}\0${value.member}`
      const before = open.get(key)
      if (before === undefined) {
        // The one that waits longest makes room.
        const oldest = open.size < MOST_MEMBERS ? undefined : open.entries().next().value
        if (oldest !== undefined) open.delete(oldest[0])
        begin(key, value, offset)
        return oldest === undefined ? null : completed(oldest[1])
      }
      if (before.time !== value.time) {
        begin(key, value, offset)
        return completed(before)
      }
      if (before.values.size < MOST_VALUES) before.values.set(value.metric, value.value)
      return null
    },
    whole: (offset) => take((one) => one.offset === offset && one.values.size >= WHOLE_SCRAPE),
    advance: (time) => take((one) => one.time <= time),
    get held() {
      let least = Number.POSITIVE_INFINITY
      for (const { offset } of open.values()) least = Math.min(least, offset)
      return least
    },
  }
}

function completed({ member, cluster, time, values, offset }: Open): Gathered {
  return { sample: patroniSample(values, { member, cluster, time, via: '/metrics' }), offset }
}
