/** kill -9 of any process at any point: nothing is lost, nothing is told otherwise. `SOAK=50` kills fifty times. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveProcess } from './process.ts'
import { byFile, type Run, runOf, sameStories, ship } from './runs.ts'
import { crew, newSetting } from './setting.ts'
import { onBroker } from './stage.ts'

const KILLS = Number(process.env.SOAK ?? '6')
const NAMES = ['silent-stall', 'stale-watch-after-failsafe', 'dcs-outage-failsafe']
const ROLES = ['ingest', 'ingest', 'correlate', 'correlate']

const on = onBroker()
let runs: readonly Run[] = []

before(async () => {
  runs = await Promise.all(NAMES.map((name) => runOf(name)))
})

describe('workers are killed at random points', () => {
  it(`${KILLS} times, and the story stays the same`, { timeout: 300_000 + KILLS * 15_000 }, async () => {
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 4, metrics: 2 })
    const { start, dismiss } = crew(config)
    const workers = ROLES.map(start)
    try {
      await Promise.all(workers.map((live) => live.port()))
      const lines = runs.flatMap((run) => run.lines)
      const spread = { logs: byFile(4), metrics: byFile(2) }
      const shipping = ship(on.kafka, topics, lines, spread, {
        slice: Math.ceil(lines.length / (KILLS * 20)),
        between: () => sleep(100),
      })
      const kills: string[] = []
      while (kills.length < KILLS) kills.push(await killOne(workers, start))
      await shipping
      console.log(`killed: ${kills.join(' ')}`)
      await sameStories(on.kafka, prefix, runs)
      for (const live of workers) assert.equal(live.status(), null, live.errors.join('\n'))
    } finally {
      await dismiss()
    }
  })
})

/** Kills one after a while; another takes its place at once. */
async function killOne(workers: LiveProcess[], start: (roles: string) => LiveProcess): Promise<string> {
  await sleep(500 + Math.random() * 3_000)
  const at = Math.floor(Math.random() * workers.length)
  workers[at]?.signal('SIGKILL')
  workers[at] = start(ROLES[at] as string)
  return ROLES[at] as string
}
