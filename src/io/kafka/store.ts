import type { Store, StoreChange } from '../../model/sending.ts'
import type { Kafka, OutRecord, Producer } from './types.ts'

/** The topic has one partition and is compacted: the newest record of a key is its value, a tombstone removes it. */
const PARTITION = 0

/**
 * The state of notifications on a compacted topic. A write is one batch of one partition, which the broker appends as a
 * whole or not at all; it has resolved when all replicas that count have it. Rejects with a `KafkaError`.
 */
export function kafkaStore(kafka: Kafka, topic: string): Store {
  const producer: Producer = kafka.producer()
  return {
    async load() {
      const entries = new Map<string, object>()
      for await (const batch of kafka.read({ topic, partition: PARTITION, from: 'earliest', to: 'end' }))
        for (const { key, value } of batch.records) {
          if (key === null) continue
          if (value === null) entries.delete(key.toString())
          else entries.set(key.toString(), JSON.parse(value.toString()) as object)
        }
      return entries
    },
    async write(changes) {
      await producer.send([{ topic, partition: PARTITION, records: changes.map(record) }])
    },
    close: () => producer.close(),
  }
}

function record({ key, value }: StoreChange): OutRecord {
  return { key, value: value === null ? null : JSON.stringify(value) }
}
