import type { Store, StoreChange } from '../../model/sending.ts'
import type { Kafka, OutBatch, OutRecord, Producer } from './types.ts'

/** The topics have one partition and are compacted: the newest record of a key is its value, a tombstone removes it. */
const PARTITION = 0

/**
 * The state of notifications on compacted topics: keys that begin with one of the words of `apart` and a slash stand on a
 * topic of their own, by what follows; all others on `topic`. What a write changes on one topic the broker takes as a whole
 * or not at all, and what is more than it takes at once (768 KiB) in the order given; it has resolved when all replicas that
 * count have it. Rejects with a `KafkaError`.
 */
export function kafkaStore(kafka: Kafka, topic: string, apart: Readonly<Record<string, string>> = {}): Store {
  const producer: Producer = kafka.producer()
  const topicOf = (key: string): string => apart[wordOf(key)] ?? topic

  async function* stored(name: string, prefix: string): AsyncGenerator<readonly [string, object | null]> {
    for await (const { records } of kafka.read({ topic: name, partition: PARTITION, from: 'earliest', to: 'end' }))
      for (const { key, value } of records)
        if (key !== null)
          yield [`${prefix}${key.toString()}`, value === null ? null : (JSON.parse(value.toString()) as object)]
  }

  return {
    async load() {
      const entries = new Map<string, object>()
      const places = [[topic, ''], ...Object.entries(apart).map(([word, name]) => [name, `${word}/`])] as const
      for (const [name, prefix] of places)
        for await (const [key, value] of stored(name as string, prefix as string))
          if (value === null) entries.delete(key)
          else entries.set(key, value)
      return entries
    },
    async write(changes) {
      const batches: OutBatch[] = [...Map.groupBy(changes, ({ key }) => topicOf(key))].map(([name, of]) => ({
        topic: name,
        partition: PARTITION,
        records: of.map((change) => record(change, name !== topic)),
      }))
      if (batches.length > 0) await producer.send(batches)
    },
    close: () => producer.close(),
  }
}

const wordOf = (key: string): string => key.slice(0, key.indexOf('/'))

function record({ key, value }: StoreChange, stripped: boolean): OutRecord {
  return {
    key: stripped ? key.slice(key.indexOf('/') + 1) : key,
    value: value === null ? null : JSON.stringify(value),
  }
}
