import type { OutRecord, PartitionId } from '../io/kafka/types.ts'
import type { Rejected } from '../journal/intake.ts'
import { topicOrigin } from '../journal/origin.ts'
import { jsonLine } from '../report/jsonl.ts'

const decoder = new TextDecoder()

/** What could not be used, as it stands on the topic of rejects: the reason, the place, the first 200 bytes. */
export function rejectRecord({ topic, partition }: PartitionId, { reason, offset, index, bytes }: Rejected): OutRecord {
  const source = topicOrigin(topic, partition).at(offset, index)
  const text = decoder.decode(bytes)
  return { value: jsonLine({ kind: 'reject', time: Date.now(), cluster: null, member: null, reason, source, text }) }
}
