import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import kafkajs from 'kafkajs'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Consumer, ConsumerOptions, Jump, Kafka } from '../../src/io/kafka/types.ts'
import { sharedBroker } from './broker.ts'
import { all, send, topicOf, until } from './help.ts'

/** Logs that do not go on where the reader stands: other clients start again somewhere and say nothing. */
let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
const open: Consumer[] = []
before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'jumps' })
})
after(async () => {
  await Promise.all(open.map((consumer) => consumer.close()))
  await broker.dispose()
})

interface Seen {
  readonly values: string[]
  readonly jumps: Jump[]
  readonly epochs: Set<number>
  readonly consumer: Consumer
}

function consume(topic: string, options: Partial<ConsumerOptions> = {}): Seen {
  const values: string[] = []
  const jumps: Jump[] = []
  const epochs = new Set<number>()
  const consumer = kafka.consumer({
    group: `g-${topic}`,
    topics: [topic],
    start: 'earliest',
    sessionTimeout: 6000,
    refresh: 1000,
    onJump: (jump) => jumps.push(jump),
    onBatch: async ({ records, epoch, topic, partition, next }) => {
      values.push(...records.map(({ value }) => String(value)))
      epochs.add(epoch)
      await consumer.commit([{ topic, partition, offset: next }])
    },
    ...options,
  })
  open.push(consumer)
  return { values, jumps, epochs, consumer }
}

/** Something that only an operator does. */
async function operator(act: (admin: kafkajs.Admin) => Promise<unknown>): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [...broker.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  await act(admin)
  await admin.disconnect()
}

const deleteRecords = (topic: string, before: number) =>
  operator(async (admin) => {
    // Loads the metadata that the next call takes for granted.
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] })
  })

async function committed(topic: string): Promise<number | undefined> {
  const admin = await kafka.admin()
  const [position] = await admin.committed(`g-${topic}`, topic)
  await admin.close()
  return position?.offset
}

const told = (jumps: readonly Jump[]) => jumps.map(({ reason, expected, actual }) => [reason, expected, actual])
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `${from + at}`)

describe('a group whose committed offset', () => {
  it('lies below the start of the log goes on at its start and tells the gap', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, numbers(0, 3))
    const before = consume(topic)
    await until('a commit', async () => (await committed(topic)) === 3)
    await before.consumer.close()
    await send(kafka, topic, numbers(3, 10))
    await deleteRecords(topic, 7)
    const { values, jumps } = consume(topic)
    await until('the rest', () => values.length === 3)
    assert.deepEqual(values, ['7', '8', '9'])
    assert.deepEqual(told(jumps), [['deleted', 3, 7]])
  })

  it('lies above its end is told, and starts as a new one would, in another epoch', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, numbers(0, 5))
    await operator((admin) =>
      admin.setOffsets({ groupId: `g-${topic}`, topic, partitions: [{ partition: 0, offset: '900' }] }),
    )
    const { values, jumps, epochs, consumer } = consume(topic, { start: 'latest' })
    await until('the jump', () => jumps.length === 1)
    await until('the end', () => consumer.progress()[0]?.idleSince != null)
    await send(kafka, topic, ['new'])
    await until('the new record', () => values.length === 1)
    assert.deepEqual(told(jumps), [['truncated', 900, 5]])
    const admin = await kafka.admin()
    assert.deepEqual([...epochs], [((await admin.describe(topic))?.epoch ?? 0) + 1])
    await admin.close()
    // The next member knows the epoch from the commit.
    await consumer.close()
    const next = consume(topic)
    await send(kafka, topic, ['newer'])
    await until('the newer record', () => next.values.length === 1)
    assert.deepEqual([next.values, next.jumps, [...next.epochs]], [['newer'], [], [...epochs]])
  })
})

describe('a reader', () => {
  it('that falls behind the start of the log tells the gap and goes on', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, numbers(0, 10))
    await deleteRecords(topic, 4)
    const jumps: Jump[] = []
    const onJump = (jump: Jump) => jumps.push(jump)
    const batches = await all(kafka.read({ topic, partition: 0, from: 1, to: 'end', onJump }))
    const values = batches.flatMap(({ records }) => records.map(({ value }) => String(value)))
    assert.deepEqual(values, numbers(4, 10))
    assert.deepEqual(told(jumps), [['deleted', 1, 4]])
  })

  it('gets the records of a range of time', async () => {
    const topic = await topicOf(kafka)
    const producer = kafka.producer()
    const records = numbers(0, 10).map((value) => ({ value, timestamp: 1_700_000_000_000 + Number(value) * 1000 }))
    for (const record of records) await producer.send([{ topic, partition: 0, records: [record] }])
    await producer.close()
    const time = (second: number) => ({ time: 1_700_000_000_000 + second * 1000 })
    const read = async (from: { time: number }, to: { time: number }) => {
      const batches = await all(kafka.read({ topic, partition: 0, from, to }))
      return batches.flatMap(({ records }) => records.map(({ value }) => String(value)))
    }
    assert.deepEqual(await read(time(2.5), time(6)), ['3', '4', '5'])
    assert.deepEqual(await read(time(8), time(99)), ['8', '9'])
    assert.deepEqual(await read(time(50), time(99)), [])
    assert.deepEqual(await read(time(-9), time(1)), ['0'])
  })

  it('of a topic or partition that does not exist fails', async () => {
    const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted
    await assert.rejects(all(kafka.read({ topic: 'nowhere', partition: 0, from: 0, to: 'end' })), code('unknown-topic'))
    const topic = await topicOf(kafka)
    await assert.rejects(all(kafka.read({ topic, partition: 1, from: 0, to: 'end' })), code('unknown-partition'))
  })
})

describe('a topic', () => {
  it('made anew is read from its start, in another epoch, also when it is longer than the old one was', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, ['old'])
    const { values, jumps, epochs, consumer } = consume(topic)
    await until('the old record', () => values.length === 1)
    const { crashes } = consumer.health()
    const admin = await kafka.admin()
    await admin.deleteTopic(topic)
    await until('the deletion', async () => (await admin.describe(topic)) === null)
    await admin.ensure([{ topic, partitions: 1 }], true)
    await admin.close()
    await send(kafka, topic, numbers(0, 5))
    await until('the new records', () => values.length === 6)
    assert.deepEqual(values, ['old', ...numbers(0, 5)])
    assert.equal(epochs.size, 2)
    await until('a healthy member', () => consumer.health().healthy)
    assert.ok(consumer.health().crashes - crashes <= 5, `${consumer.health().crashes} crashes`)
    assert.ok(
      jumps.every(({ reason }) => reason === 'recreated'),
      JSON.stringify(jumps),
    )
  })

  it('deleted for long is no crash loop, and read again when it is back', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, ['old'])
    const { values, consumer } = consume(topic)
    await until('the old record', () => values.length === 1)
    const { crashes } = consumer.health()
    const admin = await kafka.admin()
    await admin.deleteTopic(topic)
    await until('no partition', () => consumer.progress().length === 0)
    await until('the reason', () => /no topic/.test(consumer.health().problem ?? ''))
    await admin.ensure([{ topic, partitions: 1 }], true)
    await admin.close()
    await send(kafka, topic, ['new'])
    await until('the new record', () => values.includes('new'))
    assert.ok(consumer.health().crashes - crashes <= 3, `${consumer.health().crashes} crashes`)
  })

  it('made later, and partitions added later, are found', async () => {
    const prefix = `late-${process.pid}-${Date.now()}`
    const { consumer, values } = consume(prefix, { topics: [new RegExp(`${prefix}\\..*`)] })
    await until('the reason', () => /no topic/.test(consumer.health().problem ?? ''))
    const admin = await kafka.admin()
    await admin.ensure([{ topic: `${prefix}.a`, partitions: 1 }], true)
    await send(kafka, `${prefix}.a`, ['first'])
    await until('the first record', () => values.length === 1)
    await admin.addPartitions(`${prefix}.a`, 3)
    await send(kafka, `${prefix}.a`, ['third partition'], 2)
    await until('the record of the new partition', () => values.length === 2)
    await admin.ensure([{ topic: `${prefix}.b`, partitions: 1 }], true)
    await send(kafka, `${prefix}.b`, ['second topic'])
    await until('the record of the new topic', () => values.length === 3)
    await admin.close()
    assert.deepEqual(values, ['first', 'third partition', 'second topic'])
  })
})
