import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from '../../src/io/kafka/types.ts'

/** Long enough for a machine that does other things as well, ms. */
const PATIENCE = 120_000

/** Waits until something holds; fails naming it when it does not come to hold. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patience = PATIENCE): Promise<void> {
  const deadline = Date.now() + patience
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${patience / 1000} s in vain for ${what}`)
    await sleep(20)
  }
}

/** A topic of its own. */
export async function topicOf(kafka: Kafka, partitions = 1, settings: Record<string, string> = {}): Promise<string> {
  const topic = `t-${randomUUID()}`
  const admin = await kafka.admin()
  await admin.ensure([{ topic, partitions, settings }], true)
  await admin.close()
  return topic
}

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

/** Texts of all records of a partition. */
export async function values(kafka: Kafka, topic: string, partition = 0): Promise<string[]> {
  const batches = await all(kafka.read({ topic, partition, from: 'earliest', to: 'end' }))
  return batches.flatMap(({ records }) => records.map(({ value }) => String(value)))
}

export async function send(kafka: Kafka, topic: string, values: readonly string[], partition = 0): Promise<void> {
  const producer = kafka.producer()
  await producer.send([{ topic, partition, records: values.map((value) => ({ value })) }])
  await producer.close()
}
