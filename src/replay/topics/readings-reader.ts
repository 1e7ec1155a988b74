import type { SourceSettings } from '../../config/sections/live.ts'
import { NOBODY } from '../../ingest/envelopes/identity.ts'
import { metricReader } from '../../ingest/envelopes/metric-reader.ts'
import { metaOf } from '../../ingest/envelopes/placed.ts'
import { recordIdentity } from '../../ingest/envelopes/record-meta.ts'
import type { Names } from '../../ingest/names.ts'
import { metricReading } from '../../live/sources.ts'
import type { Reading } from '../../model/sample.ts'
import { scopeOf } from '../../model/scope.ts'
import type { RangeRecord } from './range.ts'

/** A reading, the record that completed it, and its place among those it completed. */
export interface PlacedReading {
  readonly reading: Reading
  readonly offset: number
  readonly index: number
}

/** Reads the records of one partition of a topic of metrics. */
export interface ReadingsReader {
  take(record: RangeRecord): { readonly readings: readonly PlacedReading[]; readonly reject: string | null }
  /** What was still waiting for the rest of its scrape. */
  end(): readonly PlacedReading[]
}

/** Values of one scrape come within so much of each other, ms: what is older is complete. */
const SCRAPE = 5_000

export function readingsReader(source: SourceSettings, names: Names): ReadingsReader {
  const options = metricReading(source, names)
  const reader = metricReader(options)
  const own = source.cluster ?? null
  let latest = Number.NEGATIVE_INFINITY
  let offset = 0

  /** The cluster beside the record is meant; the configured one where a reading names none, or only its scope. */
  function whose(reading: Reading, beside: string | null): Reading {
    const { cluster } = reading
    const configured = own !== null && (cluster === null || cluster === scopeOf(own)) ? own : cluster
    return { ...reading, cluster: beside ?? configured }
  }

  function placed(found: readonly { readonly reading: Reading }[], beside: string | null): PlacedReading[] {
    return found.map(({ reading }, index) => {
      if (reading.time > latest) latest = reading.time
      return { reading: whose(reading, beside), offset, index }
    })
  }

  return {
    take(record) {
      const meta = metaOf(record)
      offset = record.offset
      const { readings, reject } = reader.push(record.value, meta)
      const { cluster } = recordIdentity(meta, NOBODY, options.rules, names)
      return { readings: placed([...readings, ...reader.advance(latest - SCRAPE)], cluster), reject }
    },
    end: () => placed(reader.advance(Number.POSITIVE_INFINITY), null),
  }
}
