import { metaOf } from '../../ingest/envelopes/placed.ts'
import { recordReader } from '../../ingest/envelopes/record-reader.ts'
import type { Names } from '../../ingest/names.ts'
import { aheadText, isAhead } from '../../journal/ahead.ts'
import { topicOrigin } from '../../journal/origin.ts'
import { lineReading } from '../../live/sources.ts'
import type { Recogniser } from '../../model/record.ts'
import type { LineSource } from '../log-source.ts'
import type { KnownRange } from './known.ts'
import type { OnProblem } from './range.ts'
import { rangeRecords } from './records.ts'

export interface TopicLinesOptions {
  /** Zone of lines that name none. */
  readonly zone: string
  readonly names: Names
  readonly recogniser: Recogniser
  /** Lines later than this are left out, epoch ms; null for none. */
  readonly until: number | null
  readonly aside: (source: LineSource, outcome: 'bare' | 'empty' | 'rejected') => void
  readonly onProblem: OnProblem
}

/**
 * The lines of one partition of a topic. Its writers lie apart in time: `time` is how far the slowest of them has come for
 * certain, while lines are given as they lie.
 */
export function topicLines({ range, lag }: KnownRange, options: TopicLinesOptions): LineSource {
  const { topic, partition, source: settings } = range
  const { zone, names, recogniser, until } = options
  const reader = recordReader(lineReading(settings, settings.timezone ?? zone, names, recogniser))
  const records = rangeRecords(range, options.onProblem, reader.end)
  /** When the latest record was appended, which bounds what its lines may say; NaN while none says so. */
  let appended = Number.NaN
  /** Whether the latest line was left out, and what continues it with it. */
  let skipping = false

  function take(): boolean {
    const { record } = reader
    if (isAhead(record.time, appended)) {
      record.reason = aheadText(record.time)
      options.aside(source, 'rejected')
      return false
    }
    skipping = until !== null && record.time > until
    if (skipping) return false
    if (record.time - lag > source.time) source.time = record.time - lag
    return true
  }

  const source: { -readonly [K in keyof LineSource]: LineSource[K] } = {
    kind: 'log',
    reader,
    time: Number.NEGATIVE_INFINITY,
    origin: topicOrigin(topic, partition),
    streams: [],
    line: () => reader.record.line,
    next() {
      for (;;) {
        const outcome = reader.next()
        if (outcome === 'line') {
          if (take()) return true
        } else if (outcome === 'end') return false
        else if (outcome !== 'more') {
          if (!skipping) options.aside(source, outcome)
        } else {
          const record = records.next()
          if (record === undefined) return false
          if (record.timestamp >= 0) appended = record.timestamp
          reader.push(record.value, metaOf(record))
        }
      }
    },
    fill: records.fill,
    close: records.close,
  }
  return source
}
