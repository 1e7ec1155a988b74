import type { Kafka } from '../io/kafka/types.ts'
import { encodeOrder, partitionsOf } from '../journal/order.ts'
import type { Orders } from '../notifier/api.ts'

/** Orders go into the observations: carried out by whoever decides there, and again by whoever reads them again. */
export function journalOrders(kafka: Kafka, topic: string, partitions: number): Orders {
  return {
    async forget(forget) {
      const order = { at: Date.now(), forget }
      const records = [{ value: encodeOrder(order) }]
      const producer = kafka.producer()
      const batches = partitionsOf(order, partitions).map((partition) => ({ topic, partition, records }))
      await producer.send(batches).finally(() => producer.close())
    },
  }
}
