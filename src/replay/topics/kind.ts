import { metricReader } from '../../ingest/envelopes/metric-reader.ts'
import { metaOf } from '../../ingest/envelopes/placed.ts'
import { recordReader } from '../../ingest/envelopes/record-reader.ts'
import { names } from '../../ingest/names.ts'
import { decoders } from '../../io/decode/index.ts'
import type { RangeRecord } from './range.ts'

/** What a topic that no configuration names holds, and in which form where that must be said. */
export interface TopicKind {
  readonly kind: 'logs' | 'metrics'
  readonly format?: 'remote_write'
}

/** Finds out from some of its records what a topic holds. Lines are taken for granted unless more records are readings. */
export function kindOf(records: readonly RangeRecord[]): TopicKind {
  const holdsLine = isLine()
  const { lines = [], others = [] } = Object.groupBy(records, (record) => (holdsLine(record) ? 'lines' : 'others'))
  if (others.filter(isReading('auto')).length > lines.length) return { kind: 'metrics' }
  if (others.filter(isReading('remote_write')).length > lines.length) return { kind: 'metrics', format: 'remote_write' }
  return { kind: 'logs' }
}

/** Whether a record holds lines: at least one that is of use. */
function isLine(): (record: RangeRecord) => boolean {
  const reader = recordReader({ zone: 'UTC', names: names(), decoders: decoders() })
  return (record) => {
    let found = false
    reader.push(record.value, metaOf(record))
    for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next())
      if (outcome !== 'rejected') found = true
    return found
  }
}

function isReading(format: 'auto' | 'remote_write'): (record: RangeRecord) => boolean {
  const reader = metricReader({ names: names(), decoders: decoders(), format })
  return (record) => {
    const { reject } = reader.push(record.value, metaOf(record))
    return reject === null || reject.startsWith('a metric of no known member')
  }
}
