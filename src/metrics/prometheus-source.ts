import type { PrometheusSettings } from '../config/sections/metrics.ts'
import { readAnswer, SELECTED, scrapedOf } from '../ingest/readings/prometheus.ts'
import { targets } from '../ingest/readings/targets.ts'
import { prometheusPoller } from '../io/prometheus/poller.ts'
import type { PollFailure, Sample } from '../model/sample.ts'
import { prometheusOf } from './settings.ts'
import type { MetricSource, SourceHooks } from './source.ts'

const INTERVAL = 15_000

/** What a Prometheus scraped since, over and over. Ranges overlap; each scrape is given once. */
export function prometheusSource(settings: PrometheusSettings, hooks: SourceHooks): MetricSource {
  const { access, naming } = prometheusOf(settings)
  const fresh = onceOnly()
  const known = targets()

  const problem = (text: string) => hooks.onProblem(`${access.url}: ${text}`)

  function onAnswer(body: unknown, from: number): boolean {
    const answer = readAnswer(body)
    if (answer === null || 'error' in answer) {
      problem(answer?.error ?? 'expected an answer of Prometheus')
      return false
    }
    for (const warning of answer.warnings) problem(warning)
    const scraped = fresh(scrapedOf(answer.series, naming, known, from))
    if (scraped.length > 0) hooks.onReadings(scraped)
    return true
  }

  return prometheusPoller({
    access,
    names: SELECTED,
    interval: settings.interval ?? INTERVAL,
    clock: hooks.clock,
    onAnswer,
    onProblem: problem,
  })
}

type Scraped = Sample | PollFailure

/** Lets a scrape of a member through once: one later than the latest of its kind before. */
function onceOnly(): (scraped: readonly Scraped[]) => readonly Scraped[] {
  const latest = new Map<string, number>()
  return (scraped) =>
    scraped.filter((reading) => {
      const { kind, cluster, member, time } = reading
      const key = JSON.stringify([kind, cluster, member, kind === 'sample' ? reading.via : reading.path])
      if (time <= (latest.get(key) ?? Number.NEGATIVE_INFINITY)) return false
      latest.set(key, time)
      return true
    })
}
