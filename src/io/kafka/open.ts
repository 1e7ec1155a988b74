import { admin } from './admin.ts'
import { client } from './client.ts'
import { consumer } from './consumer.ts'
import { producer } from './producer.ts'
import { read } from './read.ts'
import type { Kafka, KafkaOptions } from './types.ts'

/** A Kafka cluster to send to and read from. Connections are made when they are needed. */
export function openKafka(options: KafkaOptions): Kafka {
  const opened = client(options)
  return {
    producer: (given) => producer(opened, given),
    consumer: (given) => consumer(opened, given),
    read: (given) => read(opened, given),
    admin: (given) => admin(opened, given),
  }
}
