/** What the owner of a partition says of how far it is: never ahead of what it has published. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_CONFIG } from '../../src/config/types.ts'
import { drillIncident } from '../../src/drill/incident.ts'
import type { Kafka, Producer } from '../../src/io/kafka/types.ts'
import { loadRules } from '../../src/io/shelves.ts'
import { startCorrelate } from '../../src/live/correlate.ts'
import { loadKnowledge } from '../../src/live/knowledge.ts'
import { openMetrics } from '../../src/live/metrics.ts'
import { namesOf } from '../../src/live/names.ts'
import type { Progress } from '../../src/live/progress.ts'
import { topicSpecs } from '../../src/live/topics.ts'
import { until, values } from '../kafka/help.ts'
import { onBroker } from './stage.ts'

const PARTITIONS = 4

const on = onBroker()
const gate = Promise.withResolvers<void>()

/** A broker that takes the records of one topic only when the gate is open. */
function slowFor(topic: string, held: () => void): Kafka {
  const slow = (producer: Producer): Producer => ({
    async send(batches) {
      if (batches.some((batch) => batch.topic === topic)) {
        held()
        await gate.promise
      }
      return producer.send(batches)
    },
    close: () => producer.close(),
  })
  return new Proxy(on.kafka, {
    get: (of, name) => (name === 'producer' ? (options: object) => slow(of.producer(options)) : Reflect.get(of, name)),
  })
}

describe('the word of an owner', () => {
  it('tells nothing of what is decided and not yet published', { timeout: 300_000 }, async () => {
    const { prefix, processes, send } = await on.service({ logs: 1 })
    const names = namesOf(prefix)
    const admin = await on.kafka.admin()
    await admin.ensure(topicSpecs(names, PARTITIONS, undefined), true)
    await admin.close()
    const words = async (): Promise<Progress[]> =>
      (await values(on.kafka, names.progress)).map((text) => JSON.parse(text) as Progress)
    let holding = false
    const slow = slowFor(names.alerts, () => {
      holding = true
    })
    const worker = await startCorrelate({
      kafka: slow,
      log: () => {},
      names,
      metrics: openMetrics(),
      knowledge: await loadKnowledge(EMPTY_CONFIG, await loadRules()),
      partitions: PARTITIONS,
      sessionTimeout: 30_000,
      snapshotEvery: 60_000,
    })
    on.beforeEnd(async () => {
      gate.resolve()
      await worker.stop()
    })
    assert.deepEqual(await words(), [], 'who has read nothing does not say that it is up to date')
    processes.start('ingest')

    await send(drillIncident(Date.now()).records)
    await until('an alert to be published', () => holding)
    const before = (await words()).length
    await until('the owner to speak meanwhile', async () => (await words()).length >= before + 2 * PARTITIONS)
    gate.resolve()
    await until('it to be published', async () => (await words()).some(({ alerts }) => alerts > 0))
    const [alert] = (await values(on.kafka, names.alerts)).map((text) => JSON.parse(text))
    const said = await words()
    const owner = said.find(({ alerts }) => alerts > 0)?.partition
    const unpublished = said.filter(({ partition, alerts }) => partition === owner && alerts === 0)
    assert.deepEqual(
      unpublished.filter(({ decided }) => decided !== null && decided >= Date.parse(alert.time)),
      [],
    )
  })
})
