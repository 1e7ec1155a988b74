/** What a writer within a partition of an input has said so far. */
export interface StreamState {
  /** Latest event time of PostgreSQL's lines, and of all others. */
  postgres: number
  others: number
  /** Event time of its latest line, which a line without one takes. */
  time: number
  /** Place of its latest line: what lies before was seen. */
  offset: number
  index: number
  /** Latest clock of a worker when a frame had it, epoch ms. Absent in states of earlier releases. */
  heard?: number
}

/** Writers by the place they write to and their names. */
export type Streams = Map<string, StreamState>

const HOUR = 3_600_000
/**
 * A writer that is silent for so long, ms, is no more: each restart of a container and each file of a day has a name of its
 * own. What of it would be sent again must be sent sooner.
 */
const KEPT = 48 * HOUR

/** The writer named by `parts`; `now`: latest clock of a worker. */
export function streamOf(streams: Streams, parts: readonly (string | number | null)[], now: number): StreamState {
  const key = parts.join('\n')
  let state = streams.get(key)
  if (state === undefined) {
    const never = Number.NEGATIVE_INFINITY
    state = { postgres: never, others: never, time: Number.NaN, offset: -1, index: -1 }
    streams.set(key, state)
  }
  state.heard = now
  return state
}

/** Forgets writers that are no more, when an hour of the workers' clock has begun since `before`. */
export function forgetSilent(streams: Streams, before: number, now: number): void {
  if (!(Math.floor(now / HOUR) > Math.floor(before / HOUR))) return
  for (const [key, { heard = now }] of streams) if (now - heard > KEPT) streams.delete(key)
}
