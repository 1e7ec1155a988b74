import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Consumer, ConsumerOptions, Kafka } from '../../src/io/kafka/types.ts'
import { sharedBroker } from './broker.ts'
import { send, topicOf, until } from './help.ts'

/** Partitions given and taken: who starts where, what is stopped, and what goes on undisturbed. */
let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
const open: Consumer[] = []
before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'groups' })
})
after(async () => {
  await Promise.all(open.map((consumer) => consumer.close()))
  await broker.dispose()
})

interface Member {
  readonly consumer: Consumer
  readonly assigned: number[]
  readonly revoked: number[]
  readonly values: string[]
}

function member(topic: string, options: Partial<ConsumerOptions> = {}): Member {
  const assigned: number[] = []
  const revoked: number[] = []
  const values: string[] = []
  const { onAssigned } = options
  const consumer = kafka.consumer({
    group: `g-${topic}`,
    topics: [topic],
    start: 'earliest',
    sessionTimeout: 6000,
    onRevoked: (partitions) => revoked.push(...partitions.map(({ partition }) => partition)),
    onBatch: async ({ records }) => {
      values.push(...records.map(({ value }) => String(value)))
    },
    ...options,
    onAssigned: async (partition, signal) => {
      assigned.push(partition.partition)
      return onAssigned?.(partition, signal)
    },
  })
  open.push(consumer)
  return { consumer, assigned, revoked, values }
}

const owned = ({ consumer }: Member) =>
  consumer
    .progress()
    .map(({ partition }) => partition)
    .sort()

describe('a group', () => {
  it('is divided among its members; what stays with one is not disturbed', async () => {
    const topic = await topicOf(kafka, 4)
    const one = member(topic)
    await until('all partitions', () => one.assigned.length === 4)
    const two = member(topic)
    await until('a division', () => owned(one).length === 2 && owned(two).length === 2)
    assert.deepEqual([...owned(one), ...owned(two)].sort(), [0, 1, 2, 3])
    const kept = owned(one).filter((partition) => !one.revoked.includes(partition))
    assert.deepEqual(one.assigned.filter((partition) => kept.includes(partition)).length, kept.length)
    assert.ok(kept.length >= 1, `kept ${kept}`)
    await two.consumer.close()
    await until('all partitions again', () => owned(one).length === 4)
    assert.deepEqual([...two.revoked].sort(), [...two.assigned].sort())
  })

  it('recovers before it reads: nothing comes until the start is known, then from there', async () => {
    const topic = await topicOf(kafka, 2)
    await send(kafka, topic, ['0', '1', '2', '3'], 0)
    await send(kafka, topic, ['other'], 1)
    let release = () => {}
    const recovered = new Promise<void>((resolve) => {
      release = resolve
    })
    let attempts = 0
    const { values } = member(topic, {
      onAssigned: async ({ partition }) => {
        if (partition === 1) return undefined
        await recovered
        // What fails is done again.
        if (attempts++ === 0) throw new TypeError('no snapshot yet')
        return 2
      },
    })
    await until('the other partition', () => values.includes('other'))
    assert.deepEqual(values, ['other'])
    release()
    await until('the rest', () => values.length === 3)
    assert.deepEqual([values, attempts], [['other', '2', '3'], 2])
  })

  it('tells a handler at work when its partition is lost, and hands on only when it is done', async () => {
    const topic = await topicOf(kafka, 2)
    for (const partition of [0, 1]) await send(kafka, topic, ['x'], partition)
    const told = new Set<number>()
    const working = new Set<number>()
    const one = member(topic, {
      onBatch: async ({ partition }, signal) => {
        working.add(partition)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
        told.add(partition)
      },
    })
    await until('both at work', () => working.size === 2)
    const two = member(topic)
    await until('a division', () => owned(two).length === 1)
    const [moved] = owned(two)
    await until('the handler', () => told.has(moved as number))
    await until('the record at the new owner', () => two.values.length === 1)
    assert.deepEqual([...told], [moved])
    assert.deepEqual(owned(one).includes(moved as number), false)
  })

  it('commits nothing of partitions that are not its own', async () => {
    const topic = await topicOf(kafka)
    const { consumer } = member(topic)
    await until('the partition', () => owned({ consumer } as Member).length === 1)
    await consumer.commit([{ topic: 'elsewhere', partition: 0, offset: 5 }])
    const admin = await kafka.admin()
    assert.deepEqual(await admin.committed(`g-${topic}`, topic), [])
    await admin.close()
  })
})

describe('a partition', () => {
  it('goes on elsewhere when told, and pauses', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, ['0', '1', '2'])
    const { consumer, values } = member(topic)
    await until('all', () => values.length === 3)
    consumer.seek({ topic, partition: 0, offset: 1 })
    await until('the last two again', () => values.length === 5)
    assert.deepEqual(values, ['0', '1', '2', '1', '2'])
    consumer.pause([{ topic, partition: 0 }])
    // A fetch that was under way when it was paused may still bring its batch.
    const idle = consumer.progress()[0]?.next
    await send(kafka, topic, ['3', '4'])
    consumer.resume([{ topic, partition: 0 }])
    await until('the rest', () => values.length === 7)
    assert.equal(idle, 3)
  })

  it('starts at the time asked for when nothing is committed', async () => {
    const topic = await topicOf(kafka, 1, { 'retention.ms': '-1' })
    const producer = kafka.producer()
    for (const second of [0, 1, 2]) {
      await producer.send([
        { topic, partition: 0, records: [{ value: `${second}`, timestamp: 1_700_000_000_000 + second * 1000 }] },
      ])
    }
    await producer.close()
    const { values } = member(topic, { start: { time: 1_700_000_001_000 } })
    await until('two', () => values.length === 2)
    assert.deepEqual(values, ['1', '2'])
  })

  it('is idle only when everything is handled and its end was seen again', async () => {
    const topic = await topicOf(kafka)
    await send(kafka, topic, ['x'])
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { consumer } = member(topic, { onBatch: () => held })
    await until('the end', () => consumer.progress()[0]?.end === 1)
    assert.equal(consumer.progress()[0]?.idleSince, null)
    release()
    await until('idleness', () => consumer.progress()[0]?.idleSince != null)
    assert.deepEqual(
      consumer.progress().map(({ next, end }) => [next, end]),
      [[1, 1]],
    )
  })
})
