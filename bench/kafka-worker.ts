import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LiveProcess, startLive } from '../test/live/process.ts'
import type { ReaderCost } from './kafka-floor.ts'
import { sourceOf, type TopicLoad } from './kafka-load.ts'

/** An ingest worker as an operator starts it, on topics of its own. */
export interface Ingest {
  readonly cost: ReaderCost
  /** Records read → resident size then, MB. */
  readonly sizes: readonly { readonly records: number; readonly size: number }[]
}

const LOOK = 250
const TICKS = 100
let number = 0

/** Lets so many workers of one group read a topic to its end; each is a process. */
export async function ingest(
  brokers: readonly string[],
  topic: string,
  { form, records }: Pick<TopicLoad, 'form' | 'records'>,
  workers = 1,
): Promise<readonly Ingest[]> {
  const prefix = `bench-${process.pid}-${++number}`
  const config = {
    kafka: { brokers, prefix },
    sources: [sourceOf(topic, form)],
    live: { backfill: '90d', partitions: 32 },
  }
  const crew = Array.from({ length: workers }, () => startLive(config, 'ingest'))
  try {
    const watched = await Promise.all(crew.map((live) => watch(live, records / workers)))
    while (watched.reduce((sum, { read }) => sum + read(), 0) < records) {
      await sleep(LOOK)
      for (const { look } of watched) await look()
    }
    return watched.map(({ result }) => result())
  } finally {
    for (const each of crew) each.signal('SIGKILL')
    await Promise.all(crew.map((each) => each.ended()))
  }
}

/** What it costs is the second half of `share`, the records that it is expected to read. */
async function watch(live: LiveProcess, share: number) {
  const port = await live.port()
  const sizes: { records: number; size: number }[] = []
  let records = 0
  let now = { records: 0, cpu: 0 }
  let half: typeof now | null = null
  return {
    read: () => records,
    async look() {
      if (live.status() !== null) throw new Error(`bench: the worker ended with ${live.status()}`)
      const read = await readBy(port)
      if (read === records) return
      records = read
      now = { records, cpu: cpuOf(live.pid) }
      if (half === null && records >= share / 2) half = now
      sizes.push({ records, size: statusOf(live.pid, 'VmRSS') })
    },
    result(): Ingest {
      const from = half ?? { records: 0, cpu: 0 }
      const cost = { records: now.records - from.records, cpuSeconds: now.cpu - from.cpu }
      return { cost: { ...cost, peak: statusOf(live.pid, 'VmHWM') }, sizes }
    },
  }
}

async function readBy(port: number): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^patrolog_records_total\S* (\d+)/m.exec(page)?.[1] ?? 0)
}

/** User and system time of all threads, s (proc_pid_stat(5)). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

function statusOf(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024
}
