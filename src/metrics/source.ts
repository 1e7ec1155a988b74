import type { PollClock } from '../io/clock.ts'
import type { Reading } from '../model/sample.ts'

/** What a source of samples needs of whoever runs it. */
export interface SourceHooks {
  readonly clock: PollClock
  /**
   * New readings, in order of time, each given once. `cluster` is as the source says it: a full name, a scope, or null.
   */
  readonly onReadings: (readings: readonly Reading[]) => void
  /** Something could not be read, one line: nothing is lost but that. */
  readonly onProblem: (problem: string) => void
}

/** A running source. */
export interface MetricSource {
  start(): void
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>
}
