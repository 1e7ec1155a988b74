import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Kafka, KafkaRecord } from '../../src/io/kafka/types.ts'
import { root } from '../../src/root.ts'
import { replayed } from '../golden/story.ts'
import { type Shipped, shipped, storyOf, storyOfLines } from '../journal/shipped.ts'
import { until } from '../kafka/help.ts'

/** A recorded run under a cluster name of its own, so that many can be told at once. */
export interface Run {
  readonly name: string
  readonly cluster: string
  readonly lines: readonly Shipped[]
  /** Event time of its last record. */
  readonly until: number
  /** What replay tells of it. */
  readonly story: readonly string[]
}

const SHELF = join(root, 'samples', 'incidents')

export async function runOf(name: string, folder = join(SHELF, name)): Promise<Run> {
  const cluster = `runs/${name}`
  const lines = (await shipped(folder)).map((line) => ({ ...line, cluster }))
  const until = (lines.at(-1) as Shipped).time
  return { name, cluster, lines, until, story: storyOf(await replayed(folder, cluster), until) }
}

/** The run without its bare lines, which take their time from the line before: one-line events only. */
export async function stampedRunOf(name: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-stamped-'))
  try {
    cpSync(join(SHELF, name), folder, { recursive: true })
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.log.gz')) continue
      const lines = gunzipSync(readFileSync(join(folder, path)))
        .toString()
        .split('\n')
      const stamped = lines.filter((line) => /^\d{4}-\d\d-\d\d /.test(line))
      writeFileSync(join(folder, path), gzipSync(`${stamped.join('\n')}\n`))
    }
    return await runOf(name, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface Topics {
  readonly logs: string
  readonly metrics: string
}

/** Which partition of its topic a line goes to. */
export type Spread = (line: Shipped, index: number) => number

/** As keyed records come: each file of a run stays in one partition. */
export function byFile(partitions: number): Spread {
  const files = new Map<string, Map<string, number>>()
  return ({ cluster, file }) => {
    const ofCluster = files.get(cluster) ?? new Map<string, number>()
    files.set(cluster, ofCluster)
    const known = ofCluster.get(file) ?? ofCluster.size
    ofCluster.set(file, known)
    return known % partitions
  }
}

/** Sends lines in the order they were written, as many shippers that keep up would. */
export async function ship(
  kafka: Kafka,
  topics: Topics,
  lines: readonly Shipped[],
  spread: { readonly logs: Spread; readonly metrics: Spread },
  pace: { readonly slice: number; readonly between: () => Promise<void> } = { slice: 2_000, between: async () => {} },
): Promise<void> {
  const producer = kafka.producer()
  const inOrder = [...lines].sort((a, b) => a.time - b.time)
  for (let from = 0; from < inOrder.length; from += pace.slice) {
    const slice = inOrder.slice(from, from + pace.slice)
    const placed = slice.map((line, index) => ({ line, at: placeOf(line, from + index) }))
    const batches = [...Map.groupBy(placed, ({ at }) => `${at.topic}/${at.partition}`).values()].map((of) => ({
      ...(of[0] as (typeof of)[number]).at,
      records: of.map(({ line }) => recordOf(line)),
    }))
    await producer.send(batches)
    await pace.between()
  }
  await producer.close()

  function placeOf(line: Shipped, index: number) {
    const capture = line.kind === 'capture'
    return {
      topic: capture ? topics.metrics : topics.logs,
      partition: capture ? spread.metrics(line, index) : spread.logs(line, index),
    }
  }
}

function recordOf({ cluster, member, file, text }: Shipped) {
  const of = [{ name: 'cluster', value: cluster }]
  return {
    key: `${cluster}/${file}`,
    value: text,
    headers: member === null ? of : [...of, { name: 'member', value: member }],
  }
}

/** All decisions on the public topics, each once, in the order of their sequences by cluster. */
export async function decisions(kafka: Kafka, prefix: string): Promise<string[]> {
  const admin = await kafka.admin()
  const known = new Map<string, { value: string; sequence: number }>()
  for (const topic of [`${prefix}.transitions`, `${prefix}.alerts`]) {
    const { partitions = 0 } = (await admin.describe(topic)) ?? {}
    for (let partition = 0; partition < partitions; partition++)
      for await (const { records } of kafka.read({ topic, partition, from: 'earliest', to: 'end' }))
        for (const record of records) keep(known, topic, record)
  }
  await admin.close()
  return [...known.values()].sort((a, b) => a.sequence - b.sequence).map(({ value }) => value)
}

/** A decision published again after a take-over must be the same to the letter. */
function keep(known: Map<string, { value: string; sequence: number }>, topic: string, record: KafkaRecord): void {
  const sequence = Number(record.headers.find(({ name }) => name === 'sequence')?.value)
  const value = String(record.value)
  const key = `${topic} ${JSON.parse(value).cluster} ${sequence}`
  const before = known.get(key)
  if (before !== undefined && before.value !== value)
    throw new Error(`decision ${sequence} was published twice, not alike:\n${before.value}\n${value}`)
  known.set(key, { value, sequence })
}

/** The story of one run among the decisions. */
export function toldOf(run: Run, lines: readonly string[]): string[] {
  const own = `"cluster":${JSON.stringify(run.cluster)}`
  return storyOfLines(
    lines.filter((line) => line.includes(own)),
    run.until,
  )
}

/** Until all inputs have been silent for half a minute, on a machine that does other things as well, ms. */
const PATIENCE = 240_000

/** Waits until the story of each run is told, and fails with the difference where one is told otherwise. */
export async function sameStories(kafka: Kafka, prefix: string, runs: readonly Run[]): Promise<void> {
  let lines: string[] = []
  const done = async (): Promise<boolean> => {
    lines = await decisions(kafka, prefix)
    return runs.every((run) => toldOf(run, lines).length >= run.story.length)
  }
  await until('all stories to be told', done, PATIENCE).catch(() => {})
  for (const run of runs) assert.deepEqual(toldOf(run, lines), run.story, run.name)
}
