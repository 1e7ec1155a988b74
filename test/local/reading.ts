import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Follower, follow } from '../../src/io/follow/follower.ts'
import type { Batch, Consumer } from '../../src/io/kafka/types.ts'
import { type Local, openLocal } from '../../src/io/local/open.ts'
import { firstLineTime } from '../../src/live/first-time.ts'
import { lineOf } from '../../src/model/line-offset.ts'
import { until } from '../kafka/help.ts'

/** A line as it came out of a log. */
export interface Came {
  readonly offset: number
  /** Its number in its file. */
  readonly line: number
  readonly text: string
}

/** A folder of logs and a follower over them, which can be killed and started anew. */
export interface Reading {
  readonly folder: string
  /** Whole path of a file in the folder. */
  path(name: string): string
  append(name: string, text: string): void
  /** Begins to follow; what came since then. */
  start(options?: StartOptions): Promise<void>
  /** What came of one file since the last start. */
  came(name: string): readonly Came[]
  texts(name: string): readonly string[]
  /** Waits until exactly these lines came of a file. */
  expect(name: string, texts: readonly string[]): Promise<void>
  files(): readonly string[]
  readonly events: readonly string[]
  readonly consumer: () => Consumer
  /** As a kill would: what was not committed is not. */
  kill(): Promise<void>
  dispose(): Promise<void>
}

export interface StartOptions {
  readonly paths?: readonly string[]
  readonly backfill?: number
  /** Whether lines are committed as they come. */
  readonly commits?: boolean
}

const PATIENCE = 30_000

export function reading(): Reading {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-follow-'))
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const lines = new Map<string, Came[]>()
  const events: string[] = []
  let local: Local | null = null
  let follower: Follower | null = null
  let consumer: Consumer | null = null

  const path = (name: string): string => join(logs, name)
  const came = (name: string): readonly Came[] => lines.get(path(name)) ?? []
  const texts = (name: string): readonly string[] => came(name).map(({ text }) => text)

  async function take(batch: Batch, commits: boolean): Promise<void> {
    const of = lines.get(batch.topic) ?? []
    lines.set(batch.topic, of)
    for (const { offset, value } of batch.records) of.push({ offset, line: lineOf(offset), text: String(value) })
    if (commits) await consumer?.commit([{ topic: batch.topic, partition: 0, offset: batch.next }])
  }

  async function kill(): Promise<void> {
    await consumer?.close()
    await local?.close()
    consumer = null
    local = null
  }

  return {
    folder,
    path,
    events,
    append(name, text) {
      mkdirSync(dirname(path(name)), { recursive: true })
      appendFileSync(path(name), text)
    },
    async start({ paths = [logs], backfill = 900_000, commits = true } = {}) {
      lines.clear()
      const log = (_: string, event: string): void => void events.push(event)
      local = openLocal(join(folder, 'state.db'), log)
      const sources = [{ paths, kind: 'logs' as const, firstTime: firstLineTime('UTC') }]
      follower = await follow({ sources, entries: local.entries, backfill, log })
      consumer = follower.consumer({ onBatch: (batch) => take(batch, commits) })
    },
    came,
    texts,
    async expect(name, expected) {
      const same = (): boolean => JSON.stringify(texts(name)) === JSON.stringify(expected)
      await until(`${name}: ${expected.slice(-3)}`, same, PATIENCE).catch((error: Error) => {
        throw new Error(`${error.message}; got ${JSON.stringify(texts(name).slice(-20))}`)
      })
    },
    files: () => (follower?.files() ?? []).map((file) => file.path.slice(logs.length + 1)).sort(),
    consumer: () => consumer as Consumer,
    kill,
    async dispose() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Renames a file, as logrotate does without `copytruncate`. */
export function rename(of: Reading, from: string, to: string): void {
  renameSync(of.path(from), of.path(to))
}

/** `count` lines with numbers from `first` on, each with a time of its own, as a log has them. */
export function numbered(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(Date.UTC(2026, 0, 1) + (first + index) * 1000)
      .toISOString()
      .replace('T', ' ')
      .replace('.', ',')
    return `${time.slice(0, 23)} INFO: line ${first + index}`
  })
}

export function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
