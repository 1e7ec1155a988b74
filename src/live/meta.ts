import type { RecordMeta } from '../ingest/envelopes/record-meta.ts'
import type { KafkaRecord } from '../io/kafka/types.ts'

/** What stands beside a record's value, as the readers of envelopes take it. */
export function metaOf({ offset, key, headers, timestamp, timestampKind }: KafkaRecord): RecordMeta {
  const named = headers.length === 0 ? undefined : Object.fromEntries(headers.map(({ name, value }) => [name, value]))
  return { offset, key, headers: named, timestamp, timestampType: timestampKind }
}
