import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Batch, Kafka } from '../../src/io/kafka/types.ts'
import { sharedBroker } from './broker.ts'
import { all, topicOf, until } from './help.ts'

/** The plain road: records sent, read by a group and without one, committed and gone on from. */
let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'roundtrip' })
})
after(() => broker.dispose())

describe('a record', () => {
  it('comes back as it was sent', async () => {
    const topic = await topicOf(kafka)
    const producer = kafka.producer()
    const headers = [
      { name: 'a', value: '1' },
      { name: 'a', value: '2' },
    ]
    const records = [
      { key: 'k', value: 'one', timestamp: 1_700_000_000_123, headers },
      { key: null, value: null, timestamp: 5 },
      { value: '', timestamp: 6 },
    ]
    assert.deepEqual(await producer.send([{ topic, partition: 0, records }]), [{ topic, partition: 0, offset: 3 }])
    await producer.close()
    const batches: Batch[] = await all(kafka.read({ topic, partition: 0, from: 'earliest', to: 'end' }))
    const [first, second, third] = batches.flatMap((batch) => batch.records)
    assert.equal(first?.value?.toString(), 'one')
    assert.equal(first?.key?.toString(), 'k')
    assert.equal(first?.timestamp, 1_700_000_000_123)
    assert.equal(first?.timestampKind, 'create')
    assert.deepEqual(
      first?.headers.map(({ name, value }) => [name, value?.toString()]),
      [
        ['a', '1'],
        ['a', '2'],
      ],
    )
    assert.deepEqual([second?.key, second?.value, second?.offset], [null, null, 1])
    assert.equal(third?.value?.length, 0)
    assert.equal(batches.at(-1)?.next, 3)
  })
})

describe('a record larger than a fetch', () => {
  it('comes all the same, and so does what lies behind it', async () => {
    const topic = await topicOf(kafka, 1, { 'max.message.bytes': '8000000' })
    const producer = kafka.producer()
    const large = Buffer.alloc(5_000_000, 'a')
    for (const value of ['before', large, 'behind'])
      await producer.send([{ topic, partition: 0, records: [{ value }] }])
    await producer.close()
    const sizes: number[] = []
    const consumer = kafka.consumer({
      group: `g-${topic}`,
      topics: [topic],
      start: 'earliest',
      sessionTimeout: 6000,
      onBatch: async ({ records }) => {
        sizes.push(...records.map(({ value }) => value?.length ?? -1))
      },
    })
    await until('three records', () => sizes.length === 3)
    assert.deepEqual(sizes, [6, 5_000_000, 6])
    await consumer.close()
  })
})

describe('a group', () => {
  it('reads all partitions and goes on from what it committed', async () => {
    const topic = await topicOf(kafka, 3)
    const producer = kafka.producer()
    const send = (from: number) =>
      producer.send([0, 1, 2].map((partition) => ({ topic, partition, records: [{ value: `${partition}-${from}` }] })))
    await send(0)
    await send(1)
    const first: string[] = []
    const open = (seen: string[]) => {
      const consumer = kafka.consumer({
        group: `${topic}-group`,
        topics: [topic],
        start: 'earliest',
        sessionTimeout: 6000,
        onBatch: async ({ records, topic, partition, next }) => {
          seen.push(...records.map(({ value }) => String(value)))
          await consumer.commit([{ topic, partition, offset: next }])
        },
      })
      return consumer
    }
    const one = open(first)
    await until('six records', () => first.length === 6)
    await until('idle', () => one.progress().every(({ idleSince }) => idleSince !== null))
    assert.deepEqual([...first].sort(), ['0-0', '0-1', '1-0', '1-1', '2-0', '2-1'])
    assert.equal(one.health().healthy, true)
    await one.close()
    await send(2)
    const second: string[] = []
    const two = open(second)
    await until('three more', () => second.length === 3)
    assert.deepEqual([...second].sort(), ['0-2', '1-2', '2-2'])
    await two.close()
    await producer.close()
  })
})
