/** The broker goes away in the middle and comes back: nothing is lost, nothing is told twice or otherwise. */

import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { byFile, runOf, sameStories, ship } from '../live/runs.ts'
import { crew, newSetting } from '../live/setting.ts'
import { onOwnBroker } from '../live/stage.ts'

const on = onOwnBroker()

describe('the broker is killed in the middle and started again', () => {
  it('and the story stays the same', { timeout: 400_000 }, async () => {
    const run = await runOf('silent-stall')
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 2, metrics: 2 })
    const { start, dismiss } = crew(config)
    try {
      await start('ingest,correlate').port()
      const spread = { logs: byFile(2), metrics: byFile(2) }
      const slice = Math.ceil(run.lines.length / 20)
      let sent = 0
      const between = async (): Promise<void> => {
        if (++sent !== 8) return sleep(50)
        await on.broker.kill()
        await sleep(60_000)
        await on.broker.start()
      }
      await ship(on.kafka, topics, run.lines, spread, { slice, between })
      await sameStories(on.kafka, prefix, [run])
    } finally {
      await dismiss()
    }
  })
})
