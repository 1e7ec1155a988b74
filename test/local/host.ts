import assert from 'node:assert/strict'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLocal } from '../../src/io/local/open.ts'
import { root } from '../../src/root.ts'
import { replayed } from '../golden/story.ts'
import { type Shipped, shipped, storyOf, storyOfLines } from '../journal/shipped.ts'
import { until } from '../kafka/help.ts'
import { type LiveProcess, startLive } from '../live/process.ts'
import { decisions } from '../live/runs.ts'

/** A recorded run, as the files of one host hold it. */
export interface Recorded {
  readonly name: string
  readonly lines: readonly Shipped[]
  /** Event time of its last record. */
  readonly until: number
  /** What replay tells of it. */
  readonly story: readonly string[]
}

export async function recorded(name: string): Promise<Recorded> {
  const folder = join(root, 'samples', 'incidents', name)
  const lines = await shipped(folder)
  const last = (lines.at(-1) as Shipped).time
  return { name, lines, until: last, story: storyOf(await replayed(folder), last) }
}

/** A host without Kafka: files that are written to, and a service that follows them. */
export interface Host {
  readonly config: object
  readonly folder: string
  /** Starts the service anew; the one before must have ended. */
  start(): LiveProcess
  /** Makes the files of a run, without a line in them. */
  touch(run: Recorded): void
  /** Writes a line, which may come in two parts. One in a new file is waited for until it is read. */
  write(line: Shipped): Promise<void>
  /** Does to each log what rotation does. */
  rotate(how: 'rename' | 'copytruncate'): void
  /** Waits until all is decided, ends the service, and compares what it told with what replay tells. */
  tellsTheSame(live: LiveProcess, run: Recorded): Promise<void>
  dispose(): Promise<void>
}

/** Until all inputs have been silent for half a minute, on a machine that does other things as well, ms. */
const PATIENCE = 240_000
/** Every so-many-th line is written in two parts. */
const TORN = 40

export function newHost(): Host {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-host-'))
  const logs = new Set<string>()
  const started: LiveProcess[] = []
  let written = 0
  const config = {
    sources: [
      { files: [join(folder, 'logs')] },
      { files: [join(folder, 'metrics', '*.jsonl')], kind: 'metrics', cluster: 'acid-orders' },
    ],
    live: { state: join(folder, 'state'), snapshotEvery: '2s' },
  }
  mkdirSync(join(folder, 'logs'))
  mkdirSync(join(folder, 'metrics'))

  async function writeFirst(path: string, { text }: Shipped): Promise<void> {
    logs.add(path)
    mkdirSync(dirname(path), { recursive: true })
    appendFileSync(path, `${text}\n`)
    const live = started.at(-1) as LiveProcess
    await until(`${path} to be read`, async () => (await metricsOf(live)).includes(`records_total{topic="${path}"}`))
  }

  async function writeNext(path: string, { text }: Shipped): Promise<void> {
    const half = ++written % TORN === 0 ? text.length >> 1 : 0
    appendFileSync(path, text.slice(0, half))
    if (half > 0) await sleep(20)
    appendFileSync(path, `${text.slice(half)}\n`)
  }

  function pathOf({ kind, file }: Shipped): string {
    return join(folder, kind === 'capture' ? 'metrics' : 'logs', file.replace(/\.gz$/, ''))
  }

  return {
    folder,
    config,
    start() {
      const live = startLive(config)
      started.push(live)
      return live
    },
    touch({ lines }) {
      for (const path of new Set(lines.map(pathOf))) {
        logs.add(path)
        mkdirSync(dirname(path), { recursive: true })
        appendFileSync(path, '')
      }
    },
    async write(line) {
      const path = pathOf(line)
      if (logs.has(path)) await writeNext(path, line)
      else await writeFirst(path, line)
    },
    rotate(how) {
      for (const path of logs) rotateOne(path, how)
    },
    async tellsTheSame(live, run) {
      await until('all to be decided', async () => (await decidedBy(live)) > run.until + 10_000, PATIENCE)
      live.signal('SIGTERM')
      assert.equal(await live.ended(), 0, live.errors.join('\n'))
      const local = openLocal(join(folder, 'state', 'patrolog.db'), () => {})
      const told = await decisions(local.kafka, 'patrolog').finally(() => local.close())
      sameStory(storyOfLines(told, run.until), run)
    },
    async dispose() {
      for (const live of started) live.signal('SIGKILL')
      await Promise.all(started.map((live) => live.ended()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Fails with what is told otherwise, not with all that is told. */
function sameStory(told: readonly string[], { name, story }: Recorded): void {
  const missing = story.filter((line) => !told.includes(line))
  const more = told.filter((line) => !story.includes(line))
  assert.deepEqual({ missing, more }, { missing: [], more: [] }, name)
  assert.deepEqual(told, story, name)
}

/** Event time up to which a service has decided, as its metrics say, epoch ms. */
async function decidedBy(live: LiveProcess): Promise<number> {
  const behind = /^patrolog_watermark_delay_seconds\{.*\} (\S+)$/m.exec(await metricsOf(live))?.[1]
  return behind === undefined ? Number.NEGATIVE_INFINITY : Date.now() - Number(behind) * 1000
}

async function metricsOf(live: LiveProcess): Promise<string> {
  return (await fetch(`http://127.0.0.1:${await live.port()}/metrics`)).text()
}

const KEPT = 3

function rotateOne(path: string, how: 'rename' | 'copytruncate'): void {
  for (let number = KEPT; number > 0; number--)
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`)
  // It was put aside before, and nothing has been written to it since.
  if (!existsSync(path)) return
  if (how === 'rename') renameSync(path, `${path}.1`)
  else {
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
  }
}
