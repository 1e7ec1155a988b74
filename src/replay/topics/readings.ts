import type { Names } from '../../ingest/names.ts'
import { topicOrigin } from '../../journal/origin.ts'
import type { ReadingSource } from '../capture-source.ts'
import type { KnownRange } from './known.ts'
import type { OnProblem, RangeRecord } from './range.ts'
import { type PlacedReading, readingsReader } from './readings-reader.ts'
import { rangeRecords } from './records.ts'

export interface TopicReadingsOptions {
  readonly names: Names
  /** Readings later than this are left out, epoch ms; null for none. */
  readonly until: number | null
  readonly onReject: (source: ReadingSource, reason: string, text: string) => void
  readonly onProblem: OnProblem
}

/** The readings of one partition of a topic of metrics; `time` is as in `topicLines`. */
export function topicReadings({ range, lag }: KnownRange, options: TopicReadingsOptions): ReadingSource {
  const { topic, partition } = range
  const reader = readingsReader(range.source, options.names)
  const records = rangeRecords(range, options.onProblem, () => queue(reader.end()))
  const decoder = new TextDecoder()
  let waiting: readonly PlacedReading[] = []
  let waitingAt = 0
  let current: PlacedReading | undefined
  /** Offset of the record last looked at. */
  let offset = range.from

  function open(record: RangeRecord): void {
    offset = record.offset
    const { readings, reject } = reader.take(record)
    queue(readings)
    if (reject !== null) options.onReject(source, reject, decoder.decode(record.value?.subarray(0, QUOTED)))
  }

  function queue(readings: readonly PlacedReading[]): void {
    const { until } = options
    waiting = until === null ? readings : readings.filter(({ reading }) => reading.time <= until)
    waitingAt = 0
  }

  const source: { -readonly [K in keyof ReadingSource]: ReadingSource[K] } = {
    kind: 'readings',
    readings: [],
    time: Number.NEGATIVE_INFINITY,
    origin: topicOrigin(topic, partition),
    line: () => current?.offset ?? offset,
    index: 0,
    next() {
      for (;;) {
        current = waiting[waitingAt++]
        if (current !== undefined) break
        const record = records.next()
        if (record === undefined) return false
        open(record)
      }
      source.readings = [current.reading]
      source.index = current.index
      source.time = Math.max(source.time, current.reading.time - lag)
      return true
    },
    fill: records.fill,
    close: records.close,
  }
  return source
}

const QUOTED = 200
