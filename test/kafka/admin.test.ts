import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Admin, Kafka } from '../../src/io/kafka/types.ts'
import { sharedBroker } from './broker.ts'
import { send } from './help.ts'

/** Topics made and checked, and what logs and groups hold. */
let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
let admin: Admin
before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'admin' })
  admin = await kafka.admin()
})
after(async () => {
  await admin.close()
  await broker.dispose()
})

let made = 0
const fresh = () => `admin-${process.pid}-${Date.now()}-${made++}`

describe('ensure', () => {
  it('makes a topic with its settings, and is content with it the next time', async () => {
    const spec = { topic: fresh(), partitions: 3, settings: { 'cleanup.policy': 'compact', 'retention.ms': '-1' } }
    await admin.ensure([spec], true)
    await admin.ensure([spec], true)
    await admin.ensure([spec], false)
    const found = await admin.describe(spec.topic)
    assert.equal(found?.partitions, 3)
    assert.equal(found?.settings['cleanup.policy'], 'compact')
    assert.equal(found?.settings['retention.ms'], '-1')
    assert.ok((await admin.topics()).includes(spec.topic))
  })

  it('that may not make one prints the commands, for all topics at once', async () => {
    const one = { topic: fresh(), partitions: 32, replication: 3, settings: { 'cleanup.policy': 'compact' } }
    const two = { topic: fresh(), partitions: 1 }
    await assert.rejects(admin.ensure([one, two], false), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'topics')
      const create = 'kafka-topics.sh --bootstrap-server "$BROKERS" --create --topic'
      const settings = '--partitions 32 --replication-factor 3 --config cleanup.policy=compact'
      assert.ok(error.message.includes(`${create} ${one.topic} ${settings}`), error.message)
      assert.ok(error.message.includes(`${create} ${two.topic} --partitions 1`), error.message)
      return true
    })
    assert.equal(await admin.describe(one.topic), null)
  })

  it('tells why a topic cannot be made, in the words of the brokers', async () => {
    const topic = fresh()
    const spec = { topic, partitions: 1, replication: 9 }
    const refusal = { code: 'topics', message: new RegExp(`^kafka topic ${topic} cannot be made: .*[Rr]eplication`) }
    await assert.rejects(admin.ensure([spec], true), refusal)
    await assert.rejects(admin.review(spec, true), refusal)
    await assert.rejects(admin.ensure([{ topic: 'a b', partitions: 1 }], true), /kafka topic a b cannot be made: /)
  })

  it('objects to another partition count and another cleanup policy', async () => {
    const topic = fresh()
    await admin.ensure([{ topic, partitions: 2 }], true)
    const other = { topic, partitions: 32, settings: { 'cleanup.policy': 'compact' } }
    await assert.rejects(admin.ensure([other], true), (error: Error) => {
      assert.match(error.message, /has 2 partitions, expected 32/)
      assert.match(error.message, new RegExp(`--delete --topic ${topic}`))
      assert.match(error.message, /cleanup.policy delete, expected compact/)
      assert.match(error.message, /--add-config cleanup.policy=\[compact\]/)
      return true
    })
  })
})

describe('what a log holds', () => {
  it('is told by offsets and by time', async () => {
    const topic = fresh()
    await admin.ensure([{ topic, partitions: 2 }], true)
    const producer = kafka.producer()
    for (const second of [1, 2, 3]) {
      const record = { value: 'x', timestamp: 1_700_000_000_000 + second * 1000 }
      await producer.send([{ topic, partition: 1, records: [record] }])
    }
    await producer.close()
    const bounds = await admin.bounds(topic)
    assert.deepEqual(
      bounds.map(({ low, high }) => [low, high]),
      [
        [0, 0],
        [0, 3],
      ],
    )
    const at = async (second: number) =>
      (await admin.offsetsAt(topic, 1_700_000_000_000 + second * 1000)).map(({ offset }) => offset)
    assert.deepEqual(
      [await at(0), await at(1.5), await at(9)],
      [
        [0, 0],
        [0, 1],
        [0, 3],
      ],
    )
  })

  it('is another topic after it was made anew', async () => {
    const topic = fresh()
    await admin.ensure([{ topic, partitions: 1 }], true)
    const first = await admin.describe(topic)
    assert.equal((await admin.describe(topic))?.epoch, first?.epoch)
    await admin.deleteTopic(topic)
    while ((await admin.describe(topic)) !== null);
    await admin.ensure([{ topic, partitions: 1 }], true)
    assert.notEqual((await admin.describe(topic))?.epoch, first?.epoch)
  })
})

describe('what a group committed', () => {
  it('is told for the partitions that it read', async () => {
    const topic = fresh()
    await admin.ensure([{ topic, partitions: 2 }], true)
    assert.deepEqual(await admin.committed(topic, topic), [])
    await send(kafka, topic, ['a', 'b'], 1)
    await new Promise<void>((resolve) => {
      const consumer = kafka.consumer({
        group: topic,
        topics: [topic],
        start: 'earliest',
        onBatch: async ({ topic, partition, next }) => {
          await consumer.commit([{ topic, partition, offset: next }])
          consumer.close().then(resolve)
        },
      })
    })
    assert.deepEqual(await admin.committed(topic, topic), [{ topic, partition: 1, offset: 2 }])
  })
})
