import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Consumer, Kafka, Producer } from '../../src/io/kafka/types.ts'
import { type OwnBroker, ownBroker } from './broker.ts'
import { topicOf, until, values } from './help.ts'

/** Brokers that die, restart, and hang: nothing lost, nothing doubled, nothing out of order, and everything goes on. */
let broker: OwnBroker
let kafka: Kafka
before(async () => {
  broker = await ownBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'faults' })
})
const open: { close(): Promise<void> }[] = []
after(async () => {
  broker.thaw()
  await Promise.all(open.map((each) => each.close()))
  await broker.dispose()
})

/** Numbers sent one after the other for as long as it runs. */
class Stream {
  readonly #producer: Producer
  readonly #topic: string
  #stopped = false
  readonly done: Promise<void>
  sent = 0

  constructor(topic: string) {
    this.#topic = topic
    this.#producer = kafka.producer()
    open.push({ close: () => this.stop() })
    this.done = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.done
    await this.#producer.close()
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#producer.send([{ topic: this.#topic, partition: 0, records: [{ value: `${this.sent}` }] }])
      this.sent++
    }
  }
}

interface Collected {
  readonly values: string[]
  /** How often partitions were taken from the consumer: what it had in hand then is read again. */
  losses: number
  readonly consumer: Consumer
}

function collect(topic: string, sessionTimeout = 30_000): Collected {
  const values: string[] = []
  const consumer = kafka.consumer({
    onRevoked: () => {
      collected.losses++
    },
    group: `g-${topic}`,
    topics: [topic],
    start: 'earliest',
    sessionTimeout,
    onBatch: async ({ records, topic, partition, next }) => {
      await consumer.commit([{ topic, partition, offset: next }])
      // Last: a handler that fails, here since a broker that is away takes no commit, is given its batch again.
      values.push(...records.map(({ value }) => String(value)))
    },
  })
  const collected: Collected = { values, consumer, losses: 0 }
  open.push(consumer)
  return collected
}

const counted = (count: number) => Array.from({ length: count }, (_, at) => `${at}`)

/** Lets records flow, does something to the broker, lets them flow again; then the log must hold each record once, in order. */
async function through(sessionTimeout: number, what: (consumer: Consumer) => Promise<void>): Promise<Collected> {
  const topic = await topicOf(kafka)
  const stream = new Stream(topic)
  const collected = collect(topic, sessionTimeout)
  await until('records', () => collected.values.length > 20)
  await what(collected.consumer)
  const before = stream.sent
  await until('more sends', () => stream.sent > before + 20)
  await stream.stop()
  await until('all records', () => collected.values.at(-1) === `${stream.sent - 1}`)
  await until('health', () => collected.consumer.health().healthy)
  const { losses } = collected
  assert.deepEqual(await values(kafka, topic), counted(stream.sent))
  await collected.consumer.close()
  return { ...collected, losses }
}

describe('a broker', () => {
  for (const [how, end] of [
    ['killed', () => broker.kill()],
    ['stopped', () => broker.stop()],
  ] as const) {
    it(`that is ${how} and comes back: each record is sent and read once, in order`, async () => {
      const { values, losses } = await through(30_000, async () => {
        await end()
        await broker.start()
      })
      // A broker that is away for longer than a session, on a busy machine, keeps nobody's place.
      const read = losses === 0 ? values : [...new Set(values)]
      assert.deepEqual(read, counted(read.length))
    })
  }

  it('that hangs for longer than a session: nothing lost, health red meanwhile, the rest read again', async () => {
    const { values } = await through(1500, async (consumer) => {
      broker.freeze()
      await until('bad health', () => !consumer.health().healthy && consumer.progress().length === 0)
      broker.thaw()
    })
    assert.deepEqual([...new Set(values)], counted(new Set(values).size))
  })
})

describe('a send', () => {
  it('that gets no answer in time fails, and what is sent after it comes after it', async () => {
    const topic = await topicOf(kafka)
    const producer = kafka.producer({ deadline: 2000 })
    await producer.send([{ topic, partition: 0, records: [{ value: 'before' }] }])
    broker.freeze()
    const late = producer.send([{ topic, partition: 0, records: [{ value: 'late' }] }])
    await assert.rejects(late, (error: { code?: string }) => error.code === 'deadline')
    broker.thaw()
    await producer.send([{ topic, partition: 0, records: [{ value: 'after' }] }])
    const written = await values(kafka, topic)
    assert.deepEqual(
      written.filter((value) => value !== 'late'),
      ['before', 'after'],
    )
    assert.ok(written.indexOf('late') <= 1, written.join())
    await producer.close()
  })

  it('fails at its deadline while no broker is there, and everything can be closed', async () => {
    const topic = await topicOf(kafka)
    const { consumer } = collect(topic)
    await until('membership', () => consumer.health().healthy)
    await broker.kill()
    const producer = kafka.producer({ deadline: 1000 })
    const sent = producer.send([{ topic, partition: 0, records: [{ value: 'x' }] }])
    await assert.rejects(sent, (error: { code?: string }) => error.code === 'deadline')
    await producer.close()
    await consumer.close()
    await assert.rejects(kafka.admin({ deadline: 1000 }), (error: { code?: string }) => error.code === 'unreachable')
    await broker.start()
  })
})
