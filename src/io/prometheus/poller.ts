import type { PollClock } from '../clock.ts'
import { type PrometheusAccess, prometheusClient } from './client.ts'

export interface PollerOptions {
  readonly access: PrometheusAccess
  /** Names of the series, as a regular expression. */
  readonly names: string
  /** Time between two questions, ms. */
  readonly interval: number
  readonly clock: PollClock
  /**
   * An answer, and the range it is of: samples later than `from` up to `to`. Ranges overlap; see `OVERLAP`. False: it was none
   * of Prometheus, the page of a proxy perhaps, and the range is asked for again.
   */
  readonly onAnswer: (body: unknown, from: number, to: number) => boolean
  /** A question that failed for good; the next one covers its time too. */
  readonly onProblem: (problem: string) => void
}

export interface Poller {
  start(): void
  /** Resolves when the last question is over. */
  stop(): Promise<void>
}

/** A scrape is stored under the time it began, when it is over: it may show so much later. */
const OVERLAP = 30_000
/** After a long outage of Prometheus no more than this is asked for at once. */
const LONGEST = 600_000

/**
 * Asks a Prometheus again and again for what it scraped since. A time is asked for until an answer covered it; what was
 * answered twice is the caller's to know, by target and time.
 */
export function prometheusPoller(options: PollerOptions): Poller {
  const { access, names, interval, clock, onAnswer, onProblem } = options
  const ending = new AbortController()
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    const client = prometheusClient(access, clock)
    let covered = clock.now() - interval
    while (!ending.signal.aborted) {
      const now = clock.now()
      const from = Math.max(covered - OVERLAP, now - LONGEST)
      try {
        if (onAnswer(await client.range(names, from, now, ending.signal), from, now)) covered = now
      } catch (error) {
        if (!ending.signal.aborted) onProblem((error as Error).message)
      }
      await clock.sleep(Math.max(0, now + interval - clock.now()), ending.signal)
    }
    client.close()
  }

  return {
    start() {
      running = run()
    },
    async stop() {
      ending.abort()
      await running
    },
  }
}
