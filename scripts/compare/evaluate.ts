import type { PublicRule } from './public-rules.ts'

/** When a rule was firing: epoch s. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** As rules are evaluated by default in the charts of Prometheus for Kubernetes. */
const STEP = 15

/** Spans in which a rule fires for any series of a run, evaluated by the server itself, `for` counted here. */
export async function spansOf(url: string, run: string, rule: PublicRule, from: number, to: number): Promise<Span[]> {
  const query = rule.expression.replace(/\bpatroni_\w+/g, (name) => `${name}{run="${run}"}`)
  const begin = Math.floor(from / STEP) * STEP
  const form = new URLSearchParams({ query, start: String(begin), end: String(to), step: String(STEP) })
  const answer = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: form })
  const { status, data, error } = (await answer.json()) as {
    status: string
    error?: string
    data: { result: { values: [number, string][] }[] }
  }
  if (status !== 'success') throw new Error(`${rule.name}: ${error}`)
  return joined(
    data.result.flatMap(({ values }) =>
      firing(
        values.map(([time]) => time),
        rule.for / 1000,
      ),
    ),
  )
}

/** Times at which one series was there, as the spans in which its alert fires. */
function firing(times: readonly number[], length: number): Span[] {
  const spans: { from: number; to: number }[] = []
  for (const time of times) {
    const last = spans.at(-1)
    if (last !== undefined && time - last.to <= STEP) last.to = time
    else spans.push({ from: time, to: time })
  }
  return spans.filter(({ from, to }) => to - from >= length).map(({ from, to }) => ({ from: from + length, to }))
}

function joined(spans: readonly Span[]): Span[] {
  const all: { from: number; to: number }[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1)
    if (last !== undefined && span.from <= last.to + STEP) last.to = Math.max(last.to, span.to)
    else all.push({ ...span })
  }
  return all
}
