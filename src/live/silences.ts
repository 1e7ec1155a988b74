import type { Kafka } from '../io/kafka/types.ts'
import type { Silence } from '../model/receiver.ts'
import type { Store } from '../model/sending.ts'

/** Gives each silence that is written from now on, by whatever process, until `signal`. */
export async function followSilences(
  kafka: Kafka,
  topic: string,
  signal: AbortSignal,
  heard: (silence: Silence) => Promise<void>,
): Promise<void> {
  for await (const { records } of kafka.read({ topic, partition: 0, from: 'earliest', signal }))
    for (const { value } of records) if (value !== null) await heard(JSON.parse(value.toString()) as Silence)
}

/** The store for a process that stands by: of what it decides only silences are kept, for whoever leads to hear. */
export function standbyStore(store: Store): Store {
  return {
    load: () => store.load(),
    async write(changes) {
      const silences = changes.filter(({ key, value }) => key.startsWith('silence/') && value !== null)
      if (silences.length > 0) await store.write(silences)
    },
    close: () => store.close(),
  }
}
