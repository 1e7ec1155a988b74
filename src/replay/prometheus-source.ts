import type { Origin } from '../engine/observation.ts'
import type { TargetNaming } from '../ingest/readings/naming.ts'
import { readAnswer, SELECTED, scrapedOf } from '../ingest/readings/prometheus.ts'
import { targets } from '../ingest/readings/targets.ts'
import { systemClock } from '../io/clock.ts'
import { InputError } from '../io/files/input.ts'
import { type PrometheusAccess, PrometheusError } from '../io/prometheus/client.ts'
import { type Piece, readRange } from '../io/prometheus/read.ts'
import type { PollFailure, Sample } from '../model/sample.ts'
import type { ReadingSource } from './capture-source.ts'

/** A time range of a Prometheus, as an input of a replay. Times are epoch ms. */
export interface MetricRange {
  readonly access: PrometheusAccess
  readonly naming: TargetNaming
  readonly from: number
  readonly to: number
}

/** Samples of a range, oldest first, one piece of it in memory. A refusal of the server ends the replay: InputError. */
export function prometheusSource(
  range: MetricRange,
  onProblem: (file: string, problem: string) => void,
): ReadingSource {
  const { access, naming, from, to } = range
  const ending = new AbortController()
  const pieces = readRange(access, { names: SELECTED, from, to }, systemClock, ending.signal)
  const known = targets()
  let scraped: readonly (Sample | PollFailure)[] = []
  let at = -1
  let read = 0
  const origin: Origin = { at: (line) => ({ file: access.url, line }) }

  function scrapedIn(piece: Piece): typeof scraped {
    const answer = readAnswer(piece.body)
    if (answer === null || 'error' in answer)
      throw new InputError('unreadable', [
        `${access.url}: expected an answer of Prometheus, got ${answer?.error ?? 'something else'}`,
      ])
    for (const warning of answer.warnings) onProblem(access.url, warning)
    return scrapedOf(answer.series, naming, known, piece.from)
  }

  return {
    kind: 'readings',
    get readings() {
      const reading = scraped[at]
      return reading === undefined ? [] : [reading]
    },
    get time() {
      return scraped[at]?.time ?? Number.NEGATIVE_INFINITY
    },
    origin,
    line: () => read,
    next() {
      if (at + 1 >= scraped.length) return false
      at++
      read++
      return true
    },
    async fill() {
      const piece = await pieces.next().catch((cause: unknown) => {
        if (!(cause instanceof PrometheusError)) throw cause
        throw new InputError('unreadable', [`${access.url}: ${cause.message}`], { cause })
      })
      if (piece.done === true) return false
      scraped = scrapedIn(piece.value)
      at = -1
      return true
    },
    async close() {
      ending.abort()
      await pieces.return()
    },
  }
}
