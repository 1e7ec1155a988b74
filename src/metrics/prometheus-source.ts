import type { PrometheusSettings } from '../config/sections/metrics.ts'
import { readAnswer, SELECTED, samplesOf } from '../ingest/readings/prometheus.ts'
import { prometheusPoller } from '../io/prometheus/poller.ts'
import type { Sample } from '../model/sample.ts'
import { prometheusOf } from './settings.ts'
import type { MetricSource, SourceHooks } from './source.ts'

const INTERVAL = 15_000

/** What a Prometheus scraped since, over and over. Ranges overlap; each scrape is given once. */
export function prometheusSource(settings: PrometheusSettings, hooks: SourceHooks): MetricSource {
  const { access, naming } = prometheusOf(settings)
  const fresh = onceOnly()

  function onAnswer(body: unknown, from: number): void {
    const answer = readAnswer(body)
    if (answer === null) hooks.onProblem(`${access.url}: expected an answer of Prometheus`)
    else if ('error' in answer) hooks.onProblem(`${access.url}: ${answer.error}`)
    else {
      for (const warning of answer.warnings) hooks.onProblem(`${access.url}: ${warning}`)
      const samples = fresh(samplesOf(answer.series, naming, from))
      if (samples.length > 0) hooks.onReadings(samples)
    }
  }

  return prometheusPoller({
    access,
    names: SELECTED,
    interval: settings.interval ?? INTERVAL,
    clock: hooks.clock,
    onAnswer,
    onProblem: (problem) => hooks.onProblem(`${access.url}: ${problem}`),
  })
}

/** Lets a scrape of a member through once: one later than the latest of its kind before. */
function onceOnly(): (samples: readonly Sample[]) => readonly Sample[] {
  const latest = new Map<string, number>()
  return (samples) =>
    samples.filter(({ cluster, member, via, time }) => {
      const key = JSON.stringify([cluster, member, via])
      if (time <= (latest.get(key) ?? Number.NEGATIVE_INFINITY)) return false
      latest.set(key, time)
      return true
    })
}
