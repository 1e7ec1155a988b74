import type { Reading } from '../../model/sample.ts'
import type { Names } from '../names.ts'
import { readCapture } from '../readings/index.ts'
import { targets, UP } from '../readings/targets.ts'
import { type Gathered, gatherer } from './gather.ts'
import { type Identity, type IdentityRules, NO_RULES, NOBODY } from './identity.ts'
import { measuredOf } from './metric-identity.ts'
import { openMetricJson } from './metric-json.ts'
import type { MetricDecoders, MetricFormat, MetricRow } from './metric-rows.ts'
import { openMetricText } from './metric-text.ts'
import { type RecordMeta, recordIdentity } from './record-meta.ts'

/** What a record of a metrics topic gave. */
export interface Metered {
  /** Readings that are complete now, of this record or of earlier ones, with the offset of the first record of each. */
  readonly readings: readonly { readonly reading: Reading; readonly offset: number }[]
  /** Why the record, or some values in it, are of no use; null when all of it was. */
  readonly reject: string | null
}

export interface MetricReaderOptions {
  readonly names: Names
  readonly decoders: MetricDecoders
  readonly rules?: IdentityRules
  readonly home?: { readonly cluster?: string; readonly member?: string }
  readonly format?: MetricFormat
}

/** Reads the records of one partition of a metrics topic. Nothing in a record makes it throw. */
export interface MetricReader {
  push(value: Uint8Array | null, meta: RecordMeta): Metered
  /** Completes what was read at or before `time`, epoch ms: nothing older will come. */
  advance(time: number): Metered['readings']
  /** Least offset of a value that waits for others of its scrape; Infinity without one. */
  readonly held: number
}

const PREFIX = 'patroni_'
/** A scrape is a few kB, a batch of many some hundred. */
const LONGEST = 16 << 20

export function metricReader(options: MetricReaderOptions): MetricReader {
  const { names, decoders, rules = NO_RULES, format = 'auto' } = options
  const home: Identity = {
    member: options.home?.member ?? null,
    cluster: options.home?.cluster ?? null,
    basis: 'source',
  }
  const configured = home.member === null && home.cluster === null ? NOBODY : home
  const gather = gatherer()
  const known = targets()
  const decoder = new TextDecoder()

  function open(value: Uint8Array): readonly MetricRow[] | readonly Reading[] | string {
    if (value.length > LONGEST) return 'longer than 16 MiB'
    if (format === 'remote_write') return decoders.remoteWrite(value) ?? 'no snappy block with a WriteRequest in it'
    const first = firstByte(value)
    if (first === undefined) return 'empty'
    if (first === BRACE || first === BRACKET) return json(decoder.decode(value))
    if (value[0] === NEWLINE) {
      const rows = decoders.otlpMetrics(value)
      if (rows !== null) return rows
    }
    return openMetricText(decoder.decode(value)) ?? 'no metric in any known form'
  }

  function json(text: string): readonly MetricRow[] | readonly Reading[] | string {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return text.trimEnd().includes('\n') ? jsonLines(text) : 'JSON that is broken or cut short'
    }
    if (Array.isArray(value)) return value.flatMap((one) => openMetricJson(one) ?? [])
    const rows = openMetricJson(value)
    if (rows !== null) return rows
    const readings = readCapture(text)
    return 'reject' in readings ? `JSON without a metric in it: ${readings.reject}` : readings
  }

  /** An object a line: captures or rows, whichever the first line is. */
  function jsonLines(text: string): readonly MetricRow[] | readonly Reading[] | string {
    const rows: MetricRow[] = []
    const readings: Reading[] = []
    for (const line of text.split('\n')) {
      const one = line.trim() === '' ? [] : json(line)
      if (typeof one === 'string') return one
      if (isReadings(one)) readings.push(...one)
      else rows.push(...one)
    }
    return readings.length > 0 ? readings : rows
  }

  function add(rows: readonly MetricRow[], meta: RecordMeta): Metered {
    const beside = recordIdentity(meta, configured, rules, names)
    const readings: { reading: Reading; offset: number }[] = []
    let reject: string | null = null
    for (const row of rows) {
      const time = Number.isNaN(row.time) ? meta.timestamp : row.time
      const failure = row.metric === UP ? known.failure(row.labels, row.value, time) : null
      if (failure !== null) readings.push({ reading: failure, offset: meta.offset })
      if (!row.metric.startsWith(PREFIX) || !Number.isFinite(row.value)) continue
      const { member, cluster } = measuredOf(row, rules)
      const whose = member ?? beside.member
      if (whose === null) reject = NO_MEMBER
      else {
        const of = { member: whose, cluster: cluster ?? beside.cluster, time }
        known.gave(row.labels, { member: whose, cluster: of.cluster, via: '/metrics' })
        const done = gather.add({ ...of, metric: row.metric.slice(PREFIX.length), value: row.value }, meta.offset)
        if (done !== null) readings.push(asReading(done))
      }
    }
    const whole = rows.length > 1 ? gather.whole(meta.offset).map(asReading) : []
    return { readings: [...readings, ...whole], reject }
  }

  return {
    get held() {
      return gather.held
    },
    push(value, meta) {
      const opened = value === null ? 'empty' : open(value)
      if (typeof opened === 'string') return { readings: [], reject: opened }
      if (isReadings(opened))
        return { readings: opened.map((reading) => ({ reading, offset: meta.offset })), reject: null }
      return add(opened, meta)
    },
    advance: (time) => gather.advance(time).map(asReading),
  }
}

const NO_MEMBER = 'a metric of no known member: no label name, no target or host that tells it'
const [NEWLINE, BRACE, BRACKET, BLANK] = [10, 123, 91, 32] as const

function asReading({ sample, offset }: Gathered): { reading: Reading; offset: number } {
  return { reading: sample, offset }
}

function firstByte(value: Uint8Array): number | undefined {
  return value.find((byte) => byte > BLANK)
}

function isReadings(opened: readonly MetricRow[] | readonly Reading[]): opened is readonly Reading[] {
  const [first] = opened
  return first !== undefined && 'kind' in first
}
