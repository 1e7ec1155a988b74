/** The log of the observations does not go on where it was: the topic was deleted and made anew while the service runs. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { namesOf } from '../../src/live/names.ts'
import { loadSnapshots, saveSnapshot } from '../../src/live/snapshots.ts'
import { topicSpecs } from '../../src/live/topics.ts'
import { until } from '../kafka/help.ts'
import { byFile, decisions, runOf, sameStories, ship } from './runs.ts'
import { crew, newSetting } from './setting.ts'
import { onBroker } from './stage.ts'

const on = onBroker()

describe('observations whose end is lost, behind what is saved', () => {
  it('are decided all the same, however far the state had come', { timeout: 300_000 }, async () => {
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 2, metrics: 1 })
    const { start, dismiss } = crew(config)
    const [before, after] = [await runOf('silent-stall'), await runOf('stale-watch-after-failsafe')]
    const spread = { logs: byFile(2), metrics: byFile(1) }
    try {
      const first = start('ingest,correlate')
      await first.port()
      await ship(on.kafka, topics, before.lines, spread)
      await sameStories(on.kafka, prefix, [before])
      first.signal('SIGTERM')
      assert.equal(await first.ended(), 0)
      for (let partition = 0; partition < config.live.partitions; partition++) await saveAhead(prefix, partition)

      const second = start('ingest,correlate')
      await second.port()
      await ship(on.kafka, topics, after.lines, spread)
      await sameStories(on.kafka, prefix, [before, after])
    } finally {
      await dismiss()
    }
  })
})

/** The state of a partition, as if its log had been longer by 100,000 records when it was saved. */
async function saveAhead(prefix: string, partition: number): Promise<void> {
  const at = { topic: `${prefix}.state`, partition }
  const admin = await on.kafka.admin()
  const { epoch = 0 } = (await admin.describe(`${prefix}.observations`)) ?? {}
  await admin.close()
  const [snapshot] = await loadSnapshots(on.kafka, at, epoch, new AbortController().signal)
  assert.ok(snapshot !== undefined)
  const producer = on.kafka.producer()
  const ahead = { epoch, offset: snapshot.offset + 100_000, bytes: snapshot.bytes() }
  await saveSnapshot(producer, at, ahead, snapshot.slot)
  await producer.close()
}

describe('observations that are made anew', () => {
  it('are decided from their first record on', { timeout: 300_000 }, async () => {
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 2, metrics: 1 })
    const { start, dismiss } = crew(config)
    const [before, after] = [await runOf('silent-stall'), await runOf('stale-watch-after-failsafe')]
    const spread = { logs: byFile(2), metrics: byFile(1) }
    try {
      const live = start('ingest,correlate')
      await live.port()
      await ship(on.kafka, topics, before.lines, spread)
      await until('an alert to fire', async () =>
        (await decisions(on.kafka, prefix)).some((line) => JSON.parse(line).status === 'firing'),
      )
      const names = namesOf(prefix)
      const specs = topicSpecs(names, config.live.partitions, undefined)
      const admin = await on.kafka.admin()
      await admin.deleteTopic(names.observations)
      await until('the topic to be gone', async () => (await admin.describe(names.observations)) === null)
      await admin.ensure(specs, true)
      await admin.close()
      await ship(on.kafka, topics, after.lines, spread)
      await sameStories(on.kafka, prefix, [after])
      assert.equal(live.status(), null, live.errors.join('\n'))
    } finally {
      await dismiss()
    }
  })
})
