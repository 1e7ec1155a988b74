/** Live tells what replay tells: recorded runs through a real broker and processes of their own. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka } from '../../src/io/kafka/types.ts'
import { root } from '../../src/root.ts'
import { sharedBroker } from '../kafka/broker.ts'
import { until } from '../kafka/help.ts'
import { type LiveProcess, startLive } from './process.ts'
import { byFile, decisions, type Run, runOf, ship, toldOf } from './runs.ts'

const NAMES = await readdir(join(root, 'samples', 'incidents'))
/** Until all inputs have been silent for half a minute, and the machine does other things as well. */
const PATIENCE = 240_000

let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
let runs: readonly Run[] = []
const started: LiveProcess[] = []

before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'test' })
  runs = await Promise.all(NAMES.map(runOf))
})

after(async () => {
  for (const live of started) live.signal('SIGKILL')
  await Promise.all(started.map((live) => live.ended()))
  await broker?.dispose()
})

interface Setting {
  readonly prefix: string
  readonly topics: { readonly logs: string; readonly metrics: string }
  readonly config: object
}

async function setting(logs: number, metrics: number): Promise<Setting> {
  const prefix = `p${randomUUID().slice(0, 8)}`
  const topics = { logs: `${prefix}-logs`, metrics: `${prefix}-metrics` }
  const admin = await kafka.admin()
  const source = [
    { topic: topics.logs, partitions: logs },
    { topic: topics.metrics, partitions: metrics },
  ]
  await admin.ensure(source, true)
  await admin.close()
  const config = {
    kafka: { brokers: broker.brokers, prefix, sessionTimeout: '6s' },
    sources: [{ topics: [topics.logs] }, { topics: [topics.metrics], kind: 'metrics' }],
    live: { partitions: 4, snapshotEvery: '2s' },
  }
  return { prefix, topics, config }
}

function start(config: object, roles: string): LiveProcess {
  const live = startLive(config, roles)
  started.push(live)
  return live
}

async function sameStories(prefix: string): Promise<void> {
  let lines: string[] = []
  const done = async (): Promise<boolean> => {
    lines = await decisions(kafka, prefix)
    return runs.every((run) => toldOf(run, lines).length >= run.story.length)
  }
  await until('all stories to be told', done, PATIENCE).catch(() => {})
  for (const run of runs) assert.deepEqual(toldOf(run, lines), run.story, run.name)
}

describe('two ingest and two correlate processes', () => {
  it('tell of every recorded incident what replay tells, and end when told to', { timeout: 400_000 }, async () => {
    const { prefix, topics, config } = await setting(8, 3)
    const processes = ['ingest', 'ingest', 'correlate', 'correlate'].map((roles) => start(config, roles))
    await Promise.all(processes.map((live) => live.port()))
    const lines = runs.flatMap((run) => run.lines)
    await ship(kafka, topics, lines, { logs: byFile(8), metrics: byFile(3) })
    await sameStories(prefix)
    for (const live of processes) live.signal('SIGTERM')
    assert.deepEqual(await Promise.all(processes.map((live) => live.ended())), [0, 0, 0, 0])
  })
})
