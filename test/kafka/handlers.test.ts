import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Consumer, ConsumerOptions, Kafka } from '../../src/io/kafka/types.ts'
import { sharedBroker } from './broker.ts'
import { send, topicOf, until } from './help.ts'

/** What ends a kafkajs consumer for good, with the process alive and silent. */
let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
const open: Consumer[] = []
before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'handlers' })
})
after(async () => {
  await Promise.all(open.map((consumer) => consumer.close()))
  await broker.dispose()
})

function consume(options: Partial<ConsumerOptions> & Pick<ConsumerOptions, 'topics' | 'onBatch'>): Consumer {
  const consumer = kafka.consumer({ group: `g-${options.topics}`, start: 'earliest', sessionTimeout: 6000, ...options })
  open.push(consumer)
  return consumer
}

describe('a handler', () => {
  for (const [name, fail] of [
    ['a TypeError', () => (null as unknown as string).length],
    ['a SyntaxError of JSON', () => JSON.parse('{')],
  ] as const) {
    it(`that throws ${name} gets its batch again, and health says so meanwhile`, async () => {
      const topic = await topicOf(kafka)
      await send(kafka, topic, ['poison'])
      let broken = true
      const seen: string[] = []
      const consumer = consume({
        topics: [topic],
        onBatch: async ({ records }) => {
          if (broken) fail()
          seen.push(...records.map(({ value }) => String(value)))
        },
      })
      await until('two retries', () => consumer.health().retries >= 2)
      assert.match(consumer.health().problem ?? '', new RegExp(topic))
      const { crashes } = consumer.health()
      broken = false
      await until('the record', () => seen.length === 1)
      await send(kafka, topic, ['good'])
      await until('the next record', () => seen.length === 2)
      assert.deepEqual(seen, ['poison', 'good'])
      assert.deepEqual([consumer.health().healthy, consumer.health().crashes], [true, crashes])
    })
  }

  it('that blocks the event loop longer than the session is a member again afterwards, and commits', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, ['slow'])
    let blocked = false
    let revoked = 0
    const consumer = consume({
      topics: [topic],
      sessionTimeout: 1000,
      onRevoked: () => revoked++,
      onBatch: async ({ topic, partition, next }) => {
        if (!blocked) block(3500)
        blocked = true
        await consumer.commit([{ topic, partition, offset: next }])
      },
    })
    await until('the loss of its partitions', () => revoked > 0)
    await until('membership', () => consumer.health().healthy && consumer.progress().length === 1)
    await send(kafka, topic, ['later'])
    const admin = await kafka.admin()
    await until('the commit', async () => (await admin.committed(`g-${topic}`, topic))[0]?.offset === 2)
    await admin.close()
  })

  it('holds back its own partition only', async () => {
    const topic = await topicOf(kafka, 2)
    await send(kafka, topic, ['stuck'], 0)
    const seen: number[] = []
    let release = () => {}
    const stuck = new Promise<void>((resolve) => {
      release = resolve
    })
    consume({
      topics: [topic],
      onBatch: async ({ partition }) => {
        if (partition === 0) await stuck
        seen.push(partition)
      },
    })
    await send(kafka, topic, ['free'], 1)
    await until('the other partition', () => seen.includes(1))
    assert.deepEqual(seen, [1])
    release()
    await until('the first partition', () => seen.includes(0))
  })

  it('that does not return is told, and left behind, when the consumer closes', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, ['x'])
    let working = false
    let told = false
    const consumer = consume({
      topics: [topic],
      onBatch: (_, signal) => {
        working = true
        signal.addEventListener('abort', () => {
          told = true
        })
        return new Promise<void>(() => {})
      },
    })
    await until('the batch', () => working)
    await consumer.close()
    assert.ok(told)
  })

  it('may commit what it has in work while the consumer closes', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, ['last'])
    let started = false
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const consumer = consume({
      topics: [topic],
      onBatch: async ({ topic, partition, next }) => {
        started = true
        await held
        await consumer.commit([{ topic, partition, offset: next }])
      },
    })
    await until('the batch', () => started)
    const closed = consumer.close()
    release()
    await closed
    const admin = await kafka.admin()
    assert.deepEqual(await admin.committed(`g-${topic}`, topic), [{ topic, partition: 0, offset: 1 }])
    await admin.close()
  })
})

function block(ms: number): void {
  const end = Date.now() + ms
  while (Date.now() < end);
}
