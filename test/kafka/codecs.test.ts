import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import kafkajs from 'kafkajs'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Compression, Kafka } from '../../src/io/kafka/types.ts'
import { sharedBroker } from './broker.ts'
import { all, topicOf, values } from './help.ts'

/** Every codec both ways, and what else a batch may hold beside records. */
let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'codecs' })
})
after(() => broker.dispose())

const lines = Array.from({ length: 2000 }, (_, at) => `2026-03-01 12:00:00,${at} INFO: no action. I am (pg-1) ${at}`)

describe('a batch packed by', () => {
  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const satisfies Compression[]) {
    it(`${compression} is written as such, and read`, async () => {
      // Unpacked the batch is too large.
      const settings = compression === 'none' ? {} : { 'max.message.bytes': '60000' }
      const topic = await topicOf(kafka, 1, settings as Record<string, string>)
      const producer = kafka.producer({ compression })
      await producer.send([{ topic, partition: 0, records: lines.map((value) => ({ value })) }])
      await producer.close()
      assert.deepEqual(await values(kafka, topic), lines)
    })
  }

  // The broker packs anew what it gets when the topic says how: these bytes come from another implementation.
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd']) {
    it(`${compression} of the broker is read`, async () => {
      const topic = await topicOf(kafka, 1, { 'compression.type': compression })
      const producer = kafka.producer()
      await producer.send([{ topic, partition: 0, records: lines.map((value) => ({ value })) }])
      await producer.close()
      assert.deepEqual(await values(kafka, topic), lines)
    })
  }
})

describe('a transaction', () => {
  async function transactions(act: (producer: kafkajs.Producer) => Promise<void>): Promise<void> {
    const client = new kafkajs.Kafka({ brokers: [...broker.brokers], logLevel: kafkajs.logLevel.NOTHING })
    const producer = client.producer({
      transactionalId: `tx-${process.pid}-${Math.random()}`,
      maxInFlightRequests: 1,
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    await act(producer)
    await producer.disconnect()
  }

  it('that is rolled back shows nothing, one that is committed everything; markers are stepped over', async () => {
    const topic = await topicOf(kafka)
    await transactions(async (producer) => {
      for (let round = 0; round < 4; round++) {
        const transaction = await producer.transaction()
        await transaction.send({ topic, messages: [{ value: `${round}a` }, { value: `${round}b` }] })
        await (round % 2 === 0 ? transaction.commit() : transaction.abort())
      }
    })
    const batches = await all(kafka.read({ topic, partition: 0, from: 'earliest', to: 'end' }))
    const seen = batches.flatMap(({ records }) => records.map(({ value }) => String(value)))
    assert.deepEqual(seen, ['0a', '0b', '2a', '2b'])
    assert.equal(batches.at(-1)?.next, 12)
  })

  it('that is open holds back what comes after it', async () => {
    const topic = await topicOf(kafka)
    await transactions(async (producer) => {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [{ value: 'open' }] })
      const plain = kafka.producer()
      await plain.send([{ topic, partition: 0, records: [{ value: 'later' }] }])
      await plain.close()
      assert.deepEqual(await values(kafka, topic), [])
      await transaction.commit()
    })
    assert.deepEqual(await values(kafka, topic), ['open', 'later'])
  })
})

describe('a time', () => {
  it('that the broker set is told apart', async () => {
    const topic = await topicOf(kafka, 1, { 'message.timestamp.type': 'LogAppendTime' })
    const producer = kafka.producer()
    const before = Date.now() - 60_000
    await producer.send([{ topic, partition: 0, records: [{ value: 'x', timestamp: 5 }] }])
    await producer.close()
    const [batch] = await all(kafka.read({ topic, partition: 0, from: 'earliest', to: 'end' }))
    assert.equal(batch?.records[0]?.timestampKind, 'append')
    assert.ok((batch?.records[0]?.timestamp ?? 0) > before)
  })
})
