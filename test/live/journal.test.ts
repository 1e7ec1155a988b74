/** The observations, replayed, give the bytes that the service gave: decisions rest on nothing but their records. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { until } from '../kafka/help.ts'
import { jsonLines } from '../program.ts'
import { byFile, decisions, type Run, runOf, ship, toldOf } from './runs.ts'
import { crew, newSetting, type Setting } from './setting.ts'
import { onBroker } from './stage.ts'

const NAMES = ['silent-stall', 'stale-watch-after-failsafe', 'wal-removed']
/** Inputs stand idle for half a minute before time goes on without them, on a machine that does other things as well, ms. */
const PATIENCE = 240_000

const on = onBroker()
let runs: readonly Run[] = []

before(async () => {
  runs = await Promise.all(NAMES.map((name) => runOf(name)))
})

describe('replay of the observations', { timeout: 600_000 }, () => {
  it('gives the bytes that the service gave, what it decided while nothing came included', async () => {
    const setting = await newSetting(on.kafka, on.broker.brokers, { logs: 3, metrics: 1 })
    const { prefix, topics, config } = setting
    const { start, dismiss } = crew(config)
    try {
      const workers = ['ingest', 'ingest', 'correlate'].map(start)
      await Promise.all(workers.map((live) => live.port()))
      const lines = runs.flatMap((run) => run.lines)
      await ship(on.kafka, topics, lines, { logs: byFile(3), metrics: byFile(1) })
      await until('all stories to be told', () => allTold(prefix), PATIENCE)
      for (const live of workers.slice(0, 2)) live.signal('SIGTERM')
      await Promise.all(workers.slice(0, 2).map((live) => live.ended()))
      // Nothing is written to the observations any more: what is left is decided.
      await until('all observations to be decided', () => drained(setting), PATIENCE)
    } finally {
      await dismiss()
    }
    const live = await decisions(on.kafka, prefix)
    for (const run of runs) assert.deepEqual(toldOf(run, live), run.story, run.name)
    const out = await replayed(prefix, ['--kinds', 'transition,alert'])
    assert.deepEqual([...out].sort(), [...live].sort())
    const times = out.map((line) => Date.parse(JSON.parse(line).time))
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    await summed(prefix)
    await drawn(prefix)
  })
})

async function summed(prefix: string): Promise<void> {
  const [line = ''] = await replayed(prefix, ['--kinds', 'summary'])
  const { records, members, inputs } = JSON.parse(line)
  const { total, ...each } = records
  assert.equal(
    Object.values<number>(each).reduce((sum, count) => sum + count),
    total,
  )
  assert.deepEqual(
    [...new Set(members.map(({ cluster }: { cluster: string }) => cluster))],
    runs.map(({ cluster }) => cluster).sort(),
  )
  assert.equal(inputs.length, 4)
}

/** The page of the observations shows what was measured too. */
async function drawn(prefix: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-journal-'))
  try {
    const file = join(folder, 'page.html')
    await replayed(prefix, ['--kinds', 'summary', '--html', file])
    const page = readFileSync(file, 'utf8')
    for (const { cluster } of runs) assert.ok(page.includes(`<h2>${cluster}</h2>`), cluster)
    assert.match(page, /at most \d{2,} MiB at/)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Whether all is told, also what is decided of the last seconds of the run that ends last, and after its own end of the one
 * whose alerts end then: time goes on though every input stands idle.
 */
async function allTold(prefix: string): Promise<boolean> {
  const lines = await decisions(on.kafka, prefix)
  const later = lines
    .map((line) => JSON.parse(line))
    .some(({ cluster, time }) => {
      const run = runs.find((each) => each.cluster === cluster)
      return run !== undefined && Date.parse(time) > run.until
    })
  return later && runs.every((run) => toldOf(run, lines).length >= run.story.length)
}

/** Whether the correlate workers have taken all observations and published what they decided. */
async function drained({ prefix, config }: Setting): Promise<boolean> {
  const admin = await on.kafka.admin()
  try {
    const topic = `${prefix}.observations`
    const ends = await admin.bounds(topic)
    const taken = await admin.committed(`${prefix}.correlate`, topic)
    assert.equal(ends.length, config.live.partitions)
    return ends.every(({ partition, high }) => taken.some((at) => at.partition === partition && at.offset === high))
  } finally {
    await admin.close()
  }
}

function replayed(prefix: string, choice: readonly string[]): Promise<string[]> {
  const args = ['replay', `kafka:${prefix}.observations`, '--format', 'jsonl', ...choice]
  return jsonLines(args, { env: { KAFKA_BROKERS: on.broker.brokers.join() } })
}
