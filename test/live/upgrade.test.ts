/** Releases take over from each other what stands on the topics. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { pack } from '../../src/engine/pack.ts'
import { loadSnapshots, saveSnapshot } from '../../src/live/snapshots.ts'
import { topicOf, until } from '../kafka/help.ts'
import { byFile, decisions, runOf, sameStories, ship } from './runs.ts'
import { crew, newSetting } from './setting.ts'
import { onBroker } from './stage.ts'

const on = onBroker()

describe('a state of a release that this one cannot read', () => {
  it('is said, and told anew by the observations: nothing is lost, nothing told otherwise', {
    timeout: 300_000,
  }, async () => {
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 2, metrics: 1 })
    const { start, dismiss } = crew(config)
    const run = await runOf('silent-stall')
    const middle = (run.lines[0]?.time as number) + 80_000
    const spread = { logs: byFile(2), metrics: byFile(1) }
    try {
      const before = start('ingest,correlate')
      await before.port()
      await ship(
        on.kafka,
        topics,
        run.lines.filter(({ time }) => time <= middle),
        spread,
      )
      await until('an alert to fire', async () =>
        (await decisions(on.kafka, prefix)).some((line) => JSON.parse(line).status === 'firing'),
      )
      before.signal('SIGTERM')
      assert.equal(await before.ended(), 0)
      await saveForeign(prefix, config.live.partitions)

      const after = start('ingest,correlate')
      await after.port()
      await ship(
        on.kafka,
        topics,
        run.lines.filter(({ time }) => time > middle),
        spread,
      )
      await sameStories(on.kafka, prefix, [run])
      const unreadable = after.events.filter(({ event }) => event === 'snapshot-unreadable')
      assert.equal(unreadable.length, 2 * config.live.partitions)
      assert.match(String(unreadable[0]?.error), /state of version 2, expected 1: written by another release/)
    } finally {
      await dismiss()
    }
  })
})

describe('a state of more than a broker takes at once', () => {
  it('is saved and found', async () => {
    const topic = await topicOf(on.kafka, 1, { 'cleanup.policy': 'compact' })
    const bytes = randomBytes(3_000_000)
    const producer = on.kafka.producer()
    await saveSnapshot(producer, { topic, partition: 0 }, { epoch: 7, offset: 5, bytes }, 1)
    await producer.close()
    const { signal } = new AbortController()
    const [found, ...others] = await loadSnapshots(on.kafka, { topic, partition: 0 }, 7, signal)
    assert.deepEqual([found?.offset, found?.slot, others.length], [5, 1, 0])
    assert.ok(bytes.equals(found?.bytes() ?? new Uint8Array()))
    assert.deepEqual(await loadSnapshots(on.kafka, { topic, partition: 0 }, 8, signal), [])
  })
})

/** Snapshots in both slots, as a release to come would write them. */
async function saveForeign(prefix: string, partitions: number): Promise<void> {
  const admin = await on.kafka.admin()
  const observations = await admin.describe(`${prefix}.observations`)
  const bounds = await admin.bounds(`${prefix}.observations`)
  await admin.close()
  assert.ok(observations !== null)
  const producer = on.kafka.producer()
  for (let partition = 0; partition < partitions; partition++)
    for (const slot of [0, 1] as const) {
      const offset = (bounds.find((bound) => bound.partition === partition)?.high ?? 0) - 1
      const snapshot = { epoch: observations.epoch, offset, bytes: pack({ version: 2 }) }
      await saveSnapshot(producer, { topic: `${prefix}.state`, partition }, snapshot, slot)
    }
  await producer.close()
}
