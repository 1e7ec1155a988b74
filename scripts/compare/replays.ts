import { EMPTY_CONFIG } from '../../src/config/types.ts'
import { probe } from '../../src/ingest/probe.ts'
import { NO_NAMING } from '../../src/ingest/readings/naming.ts'
import { findInputs } from '../../src/io/files/find.ts'
import { sequences } from '../../src/io/files/sequence.ts'
import { loadFacets, loadParsers, loadRules } from '../../src/io/shelves.ts'
import type { Alert } from '../../src/model/effect.ts'
import type { MetricRange } from '../../src/replay/prometheus-source.ts'
import { run } from '../../src/replay/run.ts'
import type { Span } from './evaluate.ts'

/** Which inputs of a run are read. */
export type Inputs = 'logs and captures' | 'logs and Prometheus' | 'metrics alone' | 'logs alone'
export const INPUTS: readonly Inputs[] = ['logs and captures', 'logs and Prometheus', 'metrics alone', 'logs alone']

export interface Page extends Span {
  readonly rule: string
  readonly member: string | null
}

const knowledge = { shelves: await loadParsers(), facets: await loadFacets(), rules: await loadRules() }

/** Alerts of a recorded run that call somebody: critical or warning, not muted by a cause. Times are epoch s. */
export async function pagesOf(folder: string, inputs: Inputs, prometheus: MetricRange): Promise<Page[]> {
  const files = await findInputs([folder])
  const logs =
    inputs === 'metrics alone'
      ? []
      : await sequences(
          files.filter(({ kind }) => kind === 'log'),
          probe,
        )
  const captures = inputs === 'logs and captures' ? files.filter(({ kind }) => kind === 'capture') : []
  const ranges = inputs === 'logs and Prometheus' || inputs === 'metrics alone' ? [prometheus] : []
  const alerts: Alert[] = []
  await run({ logs, captures, ranges }, knowledge, {
    config: EMPTY_CONFIG,
    cluster: null,
    member: null,
    zone: 'UTC',
    to: null,
    events: 'none',
    onEffect: (effect) => effect.kind === 'alert' && alerts.push(effect),
    onProblem: (file, problem) => console.error(`${file}: ${problem}`),
  })
  return pages(alerts)
}

function pages(alerts: readonly Alert[]): Page[] {
  const all = new Map<string, { rule: string; member: string | null; from: number; to: number }>()
  for (const { fingerprint, startsAt, rule, member, severity, status, inhibitedBy, endsAt, time } of alerts) {
    const key = `${fingerprint} ${startsAt}`
    const known = all.get(key)
    if (known === undefined && (severity === 'info' || inhibitedBy !== null || status !== 'firing')) continue
    const to = endsAt === null ? Number.POSITIVE_INFINITY : endsAt / 1000
    if (known === undefined) all.set(key, { rule, member, from: time / 1000, to })
    else known.to = to
  }
  return [...all.values()].sort((a, b) => a.from - b.from)
}

/** The range of a Prometheus in which a run lies, its members named by the hosts they were scraped at. */
export function rangeOf(url: string, run: string, from: number, to: number): MetricRange {
  const access = { url, match: `run="${run}"`, timeout: 30_000 }
  return { access, naming: NO_NAMING, from: from * 1000 - 1000, to: to * 1000 + 1000 }
}
