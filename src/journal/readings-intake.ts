import type { Identity } from '../ingest/envelopes/identity.ts'
import { NO_RULES } from '../ingest/envelopes/identity.ts'
import { type RecordMeta, recordIdentity } from '../ingest/envelopes/record-meta.ts'
import type { Names } from '../ingest/names.ts'
import { readCapture } from '../ingest/readings/index.ts'
import type { Reading } from '../model/sample.ts'
import type { Batch } from './batch.ts'
import type { Intake, IntakeConfig, LineCounts } from './intake.ts'
import { NO_LINES } from './intake.ts'
import { encodeReading } from './reading.ts'
import { newStream, type Stream } from './stream.ts'

export interface ReadingsIntakeConfig extends Pick<IntakeConfig, 'onReject'> {
  readonly names: Names
  readonly batch: Batch
  /** The cluster of readings that name none. */
  readonly cluster: string | null
}

/** What became of the readings of a topic. */
export interface ReadingCounts extends LineCounts {
  sample: number
}

const decoder = new TextDecoder()
const NEWLINE = 10

/** Reads the records of one partition of metrics into frames: captures, one REST poll a line. */
export function readingsIntake({
  names,
  batch,
  cluster,
  onReject,
}: ReadingsIntakeConfig): Intake & { readonly counts: ReadingCounts } {
  const counts: ReadingCounts = { ...NO_LINES, sample: 0 }
  const home: Identity = { member: null, cluster, basis: 'mapping' }
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

  function take(reading: Reading, of: string | null, offset: number, index: number): void {
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

  return {
    counts,
    get frontier() {
      return batch.frontier
    },
    get appended() {
      return appended
    },
    held: Number.POSITIVE_INFINITY,
    take(value: Uint8Array | null, meta: RecordMeta) {
      if (meta.timestamp >= 0) appended = meta.timestamp
      const { cluster: of } = recordIdentity(meta, home, NO_RULES, names)
      let index = 0
      for (const bytes of linesOf(value ?? new Uint8Array(0))) {
        const readings = bytes.length === 0 ? [] : readCapture(decoder.decode(bytes))
        if (bytes.length === 0) counts.empty++
        else if ('reject' in readings) {
          counts.rejected++
          onReject({ reason: readings.reject, offset: meta.offset, index: index++, bytes })
        } else for (const reading of readings) take(reading, of, meta.offset, index++)
      }
    },
    frames: (now) => batch.done(now),
  }
}

function* linesOf(value: Uint8Array): Iterable<Uint8Array> {
  for (let from = 0; from <= value.length; ) {
    const found = value.indexOf(NEWLINE, from)
    const to = found < 0 ? value.length : found
    // A newline at the very end closes the last line; it begins no other.
    if (to > from || to === 0 || found >= 0) yield value.subarray(from, to)
    from = to + 1
  }
}
