/** Decisions are taken on a grid of event time, ms, so that two runs agree. */
export const GRID = 5_000

/**
 * A date (epoch ms; NEVER when it did not happen). `watched` is set when a check saw it as long past: refreshing it
 * then asks for a new check of its cluster.
 */
export interface Moment {
  at: number
  watched: boolean
}

/** What may be asked of a moment: how long ago something was then. */
export type Time = Pick<Clock, 'now' | 'past'>

/** The moment at which a line or a sample is read, epoch ms. Nothing is noted: what comes next is read again. */
export function timeOf(now: number): Time {
  return { now, past: (since, duration) => (typeof since === 'number' ? since : since.at) + duration <= now }
}

/** Event time as rules and facets see it. They never ask what time it is, only whether something is long enough ago. */
export interface Clock {
  /** Event time of this check, epoch ms, a point of the grid. */
  readonly now: number
  /**
   * Whether `since` lies at least `duration` ms back. A date not yet met is noted: the cluster is checked again when it
   * is. NEVER is always past, and never noted.
   */
  past(since: Moment | number, duration: number): boolean
  /** `HH:MM:SS` UTC of a time, for sentences. */
  hms(time: number): string
}
