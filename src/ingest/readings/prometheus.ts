import type { PollFailure, Sample } from '../../model/sample.ts'
import { exporterSample, type Value } from './exporter.ts'
import { array, isObject, type Json, object, text } from './json.ts'
import { patroniSample } from './metrics.ts'
import { clusterOfTarget, hostOf, type Labels, memberOfTarget, type TargetNaming } from './naming.ts'
import { type Targets, UP } from './targets.ts'

/**
 * The series a range selector gives: raw samples with the time of their scrape. A range query would give values at
 * times of evaluation instead, and repeat stale ones.
 */
export interface Series {
  readonly metric: string
  readonly labels: Labels
  /** Pairs of epoch ms and value; values that are no numbers are left out. */
  readonly values: readonly (readonly [number, number])[]
}

export interface Answer {
  readonly series: readonly Series[]
  readonly warnings: readonly string[]
}

export interface Refusal {
  /** `bad_data`, `timeout`, `execution`, … as Prometheus names it. */
  readonly type: string
  readonly error: string
}

/** Names of the series that are asked for. */
export const SELECTED =
  'up|patroni_.*|pg_replication_is_replica|pg_replication_slots?_.*|pg_stat_replication_.*|pg_stat_wal_receiver_.*'

/** Reads what `/api/v1/query` answered. Null when it is no answer of Prometheus. */
export function readAnswer(body: unknown): Answer | Refusal | null {
  if (!isObject(body)) return null
  if (text(body, 'status') === 'error')
    return { type: text(body, 'errorType') ?? '', error: text(body, 'error') ?? 'no reason given' }
  const data = object(body, 'data')
  const rows = data === undefined ? undefined : array(data, 'result')
  if (rows === undefined || text(data as Json, 'resultType') !== 'matrix') return null
  const warnings = (array(body, 'warnings') ?? []).filter((warning) => typeof warning === 'string')
  return { series: rows.filter(isObject).flatMap(seriesOf), warnings }
}

function seriesOf(row: Json): readonly Series[] {
  const metric = object(row, 'metric') ?? {}
  const { __name__, ...rest } = metric
  if (typeof __name__ !== 'string') return []
  const labels: Record<string, string> = {}
  for (const [label, value] of Object.entries(rest)) if (typeof value === 'string') labels[label] = value
  return [{ metric: __name__, labels, values: (array(row, 'values') ?? []).flatMap(pairOf) }]
}

/** `[1795374000.781, "67419744"]`; NaN and infinities are no readings. */
function pairOf(pair: unknown): readonly (readonly [number, number])[] {
  if (!Array.isArray(pair) || typeof pair[0] !== 'number' || typeof pair[1] !== 'string') return []
  const value = pair[1] === '' ? Number.NaN : Number(pair[1])
  return Number.isFinite(value) ? [[Math.round(pair[0] * 1000), value]] : []
}

/** All values that one scrape of one target gave. */
interface Scrape {
  readonly time: number
  readonly labels: Labels
  readonly values: Value[]
}

/**
 * Readings of scrapes later than `after` (epoch ms), in order of time: a sample for each scrape of each target, and a failure
 * for each one in vain of a target that is `known` by now.
 */
export function scrapedOf(
  series: readonly Series[],
  naming: TargetNaming,
  known: Targets,
  after = Number.NEGATIVE_INFINITY,
): (Sample | PollFailure)[] {
  const patroni = scrapesOf(series, after, 'patroni_', patroniTarget)
  const exporter = scrapesOf(series, after, 'pg_', exporterTarget)
  const hosts = hostsOf(patroni, naming)
  const note = (scrape: Scrape, samples: readonly Sample[]): readonly Sample[] => {
    for (const { cluster, member, via } of samples) known.gave(scrape.labels, { cluster, member, via })
    return samples
  }
  const samples = [
    ...patroni.flatMap((scrape) => note(scrape, ofPatroni(scrape, naming))),
    ...exporter.flatMap((scrape) => note(scrape, ofExporter(scrape, naming, hosts))),
  ]
  return [...samples, ...failuresOf(series, known, after)].sort((a, b) => a.time - b.time)
}

function failuresOf(series: readonly Series[], known: Targets, after: number): readonly PollFailure[] {
  return series.flatMap(({ metric, labels, values }) =>
    metric !== UP
      ? []
      : values.flatMap(([time, value]) => (time <= after ? [] : (known.failure(labels, value, time) ?? []))),
  )
}

function scrapesOf(
  series: readonly Series[],
  after: number,
  prefix: string,
  targetOf: (labels: Labels) => string,
): readonly Scrape[] {
  const scrapes = new Map<string, Scrape>()
  for (const { metric, labels, values } of series) {
    if (!metric.startsWith(prefix)) continue
    const target = targetOf(labels)
    for (const [time, value] of values) {
      if (time <= after) continue
      const key = `${time} ${target}`
      let scrape = scrapes.get(key)
      if (scrape === undefined) {
        scrape = { time, labels, values: [] }
        scrapes.set(key, scrape)
      }
      scrape.values.push({ metric, labels, value })
    }
  }
  return [...scrapes.values()]
}

/** All metrics of a Patroni carry the same labels. */
function patroniTarget(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Rows of the exporter have labels of their own; the target is what was scraped, and the server it asked. */
function exporterTarget({ job = '', instance = '', server = '' }: Labels): string {
  return JSON.stringify([job, instance, server])
}

interface Named {
  readonly cluster: string | null
  readonly member: string
}

/** Members by the host, and the pod, that their Patroni was scraped at: an exporter beside it speaks of the same member. */
function hostsOf(scrapes: readonly Scrape[], naming: TargetNaming): ReadonlyMap<string, Named> {
  const hosts = new Map<string, Named>()
  for (const { labels } of scrapes) {
    const member = memberOfTarget(labels, naming)
    if (member === null) continue
    const named = { cluster: clusterOfTarget(labels, naming), member }
    for (const place of placesOf(labels)) hosts.set(place, named)
  }
  return hosts
}

function placesOf({ instance, pod, namespace = '' }: Labels): readonly string[] {
  return [
    ...(pod === undefined ? [] : [`pod ${namespace}/${pod}`]),
    ...(instance === undefined || instance === '' ? [] : [`host ${hostOf(instance)}`]),
  ]
}

function ofPatroni({ time, labels, values }: Scrape, naming: TargetNaming): readonly Sample[] {
  const member = memberOfTarget(labels, naming)
  if (member === null) return []
  const byName = new Map(values.map(({ metric, value }) => [metric.slice('patroni_'.length), value]))
  return [patroniSample(byName, { time, member, cluster: clusterOfTarget(labels, naming), via: '/metrics' })]
}

/** An exporter that asks a remote server is named by that; else by what is scraped beside it, or by the rules of names. */
function ofExporter(
  { time, labels, values }: Scrape,
  naming: TargetNaming,
  hosts: ReadonlyMap<string, Named>,
): readonly Sample[] {
  const beside = placesOf(labels)
    .map((place) => hosts.get(place))
    .find((named) => named !== undefined)
  const member = beside?.member ?? memberOfTarget(labels, naming)
  if (member === null) return []
  const cluster = beside?.cluster ?? clusterOfTarget(labels, naming)
  const sample = exporterSample(values, { time, member, cluster, via: 'postgres_exporter' })
  return sample === null ? [] : [sample]
}
