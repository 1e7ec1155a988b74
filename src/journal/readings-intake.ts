import { type Identity, type IdentityRules, NOBODY } from '../ingest/envelopes/identity.ts'
import { type MetricReader, type MetricReaderOptions, metricReader } from '../ingest/envelopes/metric-reader.ts'
import type { MetricFormat } from '../ingest/envelopes/metric-rows.ts'
import { metaOf } from '../ingest/envelopes/placed.ts'
import { type RecordMeta, recordIdentity } from '../ingest/envelopes/record-meta.ts'
import type { Names } from '../ingest/names.ts'
import type { Reading } from '../model/sample.ts'
import { scopeOf } from '../model/scope.ts'
import type { Batch } from './batch.ts'
import type { Intake, IntakeConfig, LineCounts } from './intake.ts'
import { NO_LINES } from './intake.ts'
import { encodeReading } from './reading.ts'
import { newStream, type Stream } from './stream.ts'

export interface ReadingsIntakeConfig extends Pick<IntakeConfig, 'onReject'> {
  readonly names: Names
  readonly batch: Batch
  readonly decoders: MetricReaderOptions['decoders']
  readonly rules: IdentityRules
  /** Cluster and member of readings that name none. */
  readonly home: { readonly cluster?: string; readonly member?: string }
  readonly format: MetricFormat
}

/** What became of the readings of a topic. */
export interface ReadingCounts extends LineCounts {
  sample: number
}

/** Values of one scrape come within so much of each other, ms: what is older is complete. */
const SCRAPE = 5_000

/** Reads the records of one partition of metrics into frames. */
export function readingsIntake(config: ReadingsIntakeConfig): Intake & { readonly counts: ReadingCounts } {
  const { names, batch, decoders, rules, home, format, onReject } = config
  const counts: ReadingCounts = { ...NO_LINES, sample: 0 }
  const reader: MetricReader = metricReader({ names, decoders, rules, home, format })
  const streams = new Map<string | null, Stream>()
  let appended = Number.NaN

  function streamOf(of: string | null): Stream {
    let stream = streams.get(of)
    if (stream === undefined) {
      stream = newStream({ cluster: of, member: null, name: 'readings', known: null })
      streams.set(of, stream)
    }
    return stream
  }

  function take(reading: Reading, beside: Identity, offset: number, index: number): void {
    const of = beside.cluster ?? configured(reading)
    const named = of ?? reading.cluster
    if (named === null) {
      counts.unassigned++
      return
    }
    counts.sample++
    const stream = streamOf(of)
    const bound = Number.isNaN(appended) ? reading.time : Math.min(reading.time, appended)
    batch.reached(stream, reading.time, bound)
    batch.reading(stream, named, offset, index, reading.time, encodeReading(reading))
  }

  /** The cluster that is configured is meant where a reading names none, or only its scope. */
  function configured({ cluster }: Reading): string | null {
    const own = home.cluster ?? null
    return own !== null && (cluster === null || cluster === scopeOf(own)) ? own : null
  }

  function takeRecord(value: Uint8Array | null, meta: RecordMeta): void {
    if (meta.timestamp >= 0) appended = meta.timestamp
    const { readings, reject } = reader.push(value, meta)
    const complete = Number.isNaN(batch.frontier) ? [] : reader.advance(batch.frontier - SCRAPE)
    const beside = recordIdentity(meta, NOBODY, rules, names)
    const all = [...readings, ...complete]
    all.forEach(({ reading }, index) => {
      take(reading, beside, meta.offset, index)
    })
    if (reject === null) return
    counts.rejected++
    onReject({ reason: reject, offset: meta.offset, index: all.length, bytes: value ?? NOTHING })
  }

  return {
    counts,
    frontier: () => batch.frontier,
    appended: () => appended,
    held: () => reader.held,
    take: takeRecord,
    place: (record) => takeRecord(record.value, metaOf(record)),
    frames: (now) => batch.done(now),
  }
}

const NOTHING = new Uint8Array(0)
