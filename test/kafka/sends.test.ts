import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka } from '../../src/io/kafka/types.ts'
import { sharedBroker } from './broker.ts'
import { topicOf, values } from './help.ts'

/** What kafkajs loses, doubles or reorders in silence when it sends. */
let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'sends' })
})
after(() => broker.dispose())

const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted

describe('a send', () => {
  it('to a partition that does not exist fails, and sends nothing of the call', async () => {
    const topic = await topicOf(kafka)
    const producer = kafka.producer()
    const records = [{ value: 'x' }]
    await assert.rejects(
      producer.send([
        { topic, partition: 0, records },
        { topic, partition: 7, records },
      ]),
      code('unknown-partition'),
    )
    assert.deepEqual(await values(kafka, topic), [])
    await producer.close()
  })

  it('to a topic that does not exist fails', async () => {
    const producer = kafka.producer()
    const lost = producer.send([{ topic: 'nowhere', partition: 0, records: [{ value: 'x' }] }])
    await assert.rejects(lost, code('unknown-partition'))
    await producer.close()
  })

  it('to a partition just added arrives', async () => {
    const topic = await topicOf(kafka)
    const producer = kafka.producer()
    await producer.send([{ topic, partition: 0, records: [{ value: 'before' }] }])
    const admin = await kafka.admin()
    await admin.addPartitions(topic, 3)
    await admin.close()
    const sent = await producer.send([{ topic, partition: 2, records: [{ value: 'after' }] }])
    assert.deepEqual(sent, [{ topic, partition: 2, offset: 1 }])
    assert.deepEqual(await values(kafka, topic, 2), ['after'])
    await producer.close()
  })

  it('keeps its place among 200 that are not awaited', async () => {
    const topic = await topicOf(kafka)
    const producer = kafka.producer()
    const wanted = Array.from({ length: 200 }, (_, at) => `${at}`)
    await Promise.all(wanted.map((value) => producer.send([{ topic, partition: 0, records: [{ value }] }])))
    assert.deepEqual(await values(kafka, topic), wanted)
    await producer.close()
  })

  it('tells the offset behind each batch, several of one partition included', async () => {
    const topic = await topicOf(kafka, 2)
    const producer = kafka.producer()
    const records = [{ value: 'a' }, { value: 'b' }]
    const batches = [0, 1, 0].map((partition) => ({ topic, partition, records }))
    const sent = await producer.send(batches)
    assert.deepEqual(
      sent.map(({ partition, offset }) => [partition, offset]),
      [
        [0, 2],
        [1, 2],
        [0, 4],
      ],
    )
    await producer.close()
  })

  it('of more than a broker takes at once goes in several, in order', async () => {
    const topic = await topicOf(kafka, 2)
    const producer = kafka.producer()
    const long = 'ж'.repeat(150_000)
    const records = ['a', 'b', 'c', 'd', 'e'].map((value) => ({ value: `${value}${long}` }))
    const small = [{ value: 'z' }]
    const sent = await producer.send([
      { topic, partition: 0, records },
      { topic, partition: 1, records: small },
      { topic, partition: 0, records: small },
    ])
    assert.deepEqual(
      sent.map(({ partition, offset }) => [partition, offset]),
      [
        [0, 5],
        [1, 1],
        [0, 6],
      ],
    )
    assert.deepEqual(
      (await values(kafka, topic)).map(([first]) => first),
      ['a', 'b', 'c', 'd', 'e', 'z'],
    )
    await producer.close()
  })

  it('of a record that is too large is refused, and the next one goes through', async () => {
    const topic = await topicOf(kafka, 1, { 'max.message.bytes': '2000' })
    const producer = kafka.producer()
    const send = (size: number) =>
      producer.send([{ topic, partition: 0, records: [{ value: Buffer.alloc(size, 65) }] }])
    await assert.rejects(send(5000), code('refused'))
    await send(3)
    assert.deepEqual(await values(kafka, topic), ['AAA'])
    await producer.close()
  })

  it('without a key to a compacted topic is refused', async () => {
    const topic = await topicOf(kafka, 1, { 'cleanup.policy': 'compact' })
    const producer = kafka.producer()
    await assert.rejects(producer.send([{ topic, partition: 0, records: [{ value: 'x' }] }]), code('refused'))
    await producer.close()
  })

  it('after close fails', async () => {
    const producer = kafka.producer()
    await producer.close()
    await assert.rejects(producer.send([]), code('closed'))
  })
})
