import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import { kafkaStore } from '../../src/io/kafka/store.ts'
import type { Kafka } from '../../src/io/kafka/types.ts'
import { alertOf, headlines, MINUTE, world } from '../notify/kit.ts'
import { sharedBroker } from './broker.ts'
import { topicOf, values } from './help.ts'

/** The state of notifications on a compacted topic: what is written is what the next process finds. */
let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'store' })
})
after(() => broker.dispose())

const compacted = { 'cleanup.policy': 'compact' }

describe('a store on a topic', () => {
  it('gives the newest value of each key, and nothing of what was removed', async () => {
    const topic = await topicOf(kafka, 1, compacted)
    const store = kafkaStore(kafka, topic)
    assert.equal((await store.load()).size, 0)
    await store.write([
      { key: 'alert/a', value: { n: 1, text: 'ü\u0000' } },
      { key: 'alert/b', value: { n: 1 } },
    ])
    const live = { n: 2 }
    const writing = store.write([{ key: 'alert/b', value: live }])
    live.n = 3
    await writing
    await store.write([{ key: 'alert/a', value: null }])
    await store.close()
    const again = kafkaStore(kafka, topic)
    assert.deepEqual([...(await again.load())], [['alert/b', { n: 2 }]])
    await again.close()
  })

  it('keeps silences apart, on their own topic and by their own ids', async () => {
    const [topic, silences] = [await topicOf(kafka, 1, compacted), await topicOf(kafka, 1, compacted)]
    const store = kafkaStore(kafka, topic, { silence: silences })
    const kept = [
      { key: 'alert/a', value: { n: 1 } },
      { key: 'silence/s1', value: { id: 's1' } },
    ]
    await store.write([...kept, { key: 'silence/s2', value: { id: 's2' } }])
    await store.write([{ key: 'silence/s2', value: null }])
    assert.deepEqual(
      [...(await store.load())].map(([key, value]) => ({ key, value })),
      kept,
    )
    assert.deepEqual(await values(kafka, topic), ['{"n":1}'])
    assert.deepEqual(await values(kafka, silences), ['{"id":"s1"}', '{"id":"s2"}', 'null'])
    await store.close()
  })

  it('takes a write of more than a broker takes at once', async () => {
    const topic = await topicOf(kafka, 1, compacted)
    const store = kafkaStore(kafka, topic)
    const many = Array.from({ length: 400 }, (_, n) => ({ key: `alert/${n}`, value: { text: 'ж'.repeat(2_000) } }))
    await store.write(many)
    assert.equal((await store.load()).size, 400)
    await store.close()
  })

  it('leads a conversation on where the process before left it', async () => {
    const topic = await topicOf(kafka, 1, compacted)
    const first = await world({ store: kafkaStore(kafka, topic) })
    await first.fire({})
    await first.until(MINUTE)
    const ref = first.slack.messages[0]?.ts
    await first.close()
    const second = await world({ store: kafkaStore(kafka, topic) })
    const [talk] = second.notifier.status().receivers
    assert.deepEqual([talk?.waiting, second.notifier.status().firing.length], [0, 1])
    await second.notifier.take([{ alert: alertOf({}), seq: 1 }])
    await second.until(2 * MINUTE)
    assert.deepEqual(headlines(second.slack), [], `what was told as ${ref} is not told again`)
    await second.close()
  })
})
