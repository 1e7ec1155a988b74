import type { MetricsSettings } from '../config/sections/metrics.ts'
import { prometheusSource } from './prometheus-source.ts'
import { restSource } from './rest-source.ts'
import type { MetricSource, SourceHooks } from './source.ts'

export type { MetricSource, SourceHooks } from './source.ts'

/** All metric sources of a configuration, as one. */
export function metricSources(settings: MetricsSettings, hooks: SourceHooks): MetricSource {
  const sources = [
    ...(settings.prometheus ?? []).map((prometheus) => prometheusSource(prometheus, hooks)),
    ...(settings.patroniRest ?? []).map((rest) => restSource(rest, hooks)),
  ]
  return {
    start() {
      for (const source of sources) source.start()
    },
    async stop() {
      await Promise.all(sources.map((source) => source.stop()))
    },
  }
}
