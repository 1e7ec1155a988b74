/** The log of the observations does not go on where it was: the topic was deleted and made anew while the service runs. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { namesOf } from '../../src/live/names.ts'
import { topicSpecs } from '../../src/live/topics.ts'
import { until } from '../kafka/help.ts'
import { byFile, decisions, runOf, sameStories, ship } from './runs.ts'
import { crew, newSetting } from './setting.ts'
import { onBroker } from './stage.ts'

const on = onBroker()

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
