/** Live tells what replay tells: recorded runs through a real broker and processes of their own. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { root } from '../../src/root.ts'
import { byFile, type Run, runOf, sameStories, ship, stampedRunOf } from './runs.ts'
import { crew, newSetting } from './setting.ts'
import { onBroker } from './stage.ts'

const NAMES = await readdir(join(root, 'samples', 'incidents'))
/** Spread over partitions without their bare lines: those take their time from a line that lies elsewhere then. */
const FEW = ['silent-stall', 'stale-watch-after-failsafe', 'dcs-outage-without-failsafe', 'leader-partitioned']

const on = onBroker()
let runs: readonly Run[] = []
let few: readonly Run[] = []

before(async () => {
  runs = await Promise.all(NAMES.map((name) => runOf(name)))
  few = await Promise.all(FEW.map(stampedRunOf))
})

describe('live tells what replay tells', { concurrency: true, timeout: 500_000 }, () => {
  it('of every recorded incident, by two ingest and two correlate processes, which end when told to', async () => {
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 8, metrics: 3 })
    const { start, dismiss } = crew(config)
    try {
      const processes = ['ingest', 'ingest', 'correlate', 'correlate'].map(start)
      await Promise.all(processes.map((live) => live.port()))
      const lines = runs.flatMap((run) => run.lines)
      await ship(on.kafka, topics, lines, { logs: byFile(8), metrics: byFile(3) })
      await sameStories(on.kafka, prefix, runs)
      for (const live of processes) live.signal('SIGTERM')
      assert.deepEqual(await Promise.all(processes.map((live) => live.ended())), [0, 0, 0, 0])
    } finally {
      await dismiss()
    }
  })

  it('of records spread without keys over four partitions, each sent twice, by one process', async () => {
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 4, metrics: 4 })
    const { start, dismiss } = crew(config)
    try {
      await start('ingest,correlate').port()
      const lines = few.flatMap((run) => run.lines.flatMap((line) => [line, line]))
      const spread = (_: object, index: number): number => index % 4
      await ship(on.kafka, topics, lines, { logs: spread, metrics: spread })
      await sameStories(on.kafka, prefix, few)
    } finally {
      await dismiss()
    }
  })
})
