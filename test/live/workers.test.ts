/** The workers over topics of a single host, in this process: what they write, what they keep, where they go on. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { EMPTY_CONFIG } from '../../src/config/types.ts'
import { type Kafka, KafkaError, type OutBatch } from '../../src/io/kafka/types.ts'
import { type Local, openLocal } from '../../src/io/local/open.ts'
import { loadRules } from '../../src/io/shelves.ts'
import { frameKind, KIND } from '../../src/journal/frame.ts'
import { FrameReader } from '../../src/journal/frame-reader.ts'
import { decodeFrontiers } from '../../src/journal/frontiers.ts'
import { partitionOf } from '../../src/journal/scope.ts'
import { type CorrelateConfig, startCorrelate } from '../../src/live/correlate.ts'
import { startIngest, type Worker } from '../../src/live/ingest.ts'
import { topicInputs } from '../../src/live/inputs.ts'
import { loadKnowledge, newCorrelator } from '../../src/live/knowledge.ts'
import { openMetrics } from '../../src/live/metrics.ts'
import { namesOf } from '../../src/live/names.ts'
import { loadSnapshots } from '../../src/live/snapshots.ts'
import { topicSpecs } from '../../src/live/topics.ts'
import { root } from '../../src/root.ts'
import { travel } from '../journal/road.ts'
import { shipped, storyOf, storyOfLines } from '../journal/shipped.ts'
import { all, until, values } from '../kafka/help.ts'

const names = namesOf()
const PARTITIONS = 2
const knowledge = await loadKnowledge(EMPTY_CONFIG, await loadRules())
const lines = await shipped(join(root, 'samples', 'incidents', 'silent-stall'))
const inputs = [...Map.groupBy(lines, ({ file }) => file).values()]
const { journal, effects } = travel({ inputs, batch: () => 40, next: (left) => left.findIndex((count) => count > 0) })
const OWNER = partitionOf(lines[0]?.cluster ?? 'acid-orders', PARTITIONS)

let folder: string
let local: Local
let workers: Worker[]
let said: { readonly event: string; readonly [field: string]: unknown }[]
const log: CorrelateConfig['log'] = (_, event, fields) => said.push({ event, ...fields })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-workers-'))
  local = openLocal(join(folder, 'state.db'), () => {})
  workers = []
  said = []
  const own = [
    { topic: 'logs', partitions: 1 },
    { topic: 'metrics', partitions: 1 },
  ]
  await (await local.kafka.admin()).ensure([...topicSpecs(names, PARTITIONS, undefined), ...own], true)
})
afterEach(async () => {
  for (const worker of workers) await worker.stop()
  await local.close()
  rmSync(folder, { recursive: true })
})

async function correlating(given: Partial<CorrelateConfig> = {}): Promise<Worker> {
  const shared = { kafka: local.kafka, log, names, metrics: openMetrics(), knowledge, partitions: PARTITIONS }
  const worker = await startCorrelate({ ...shared, snapshotEvery: 0, sessionTimeout: 6_000, ...given })
  workers.push(worker)
  return worker
}

async function stop(worker: Worker): Promise<void> {
  workers = workers.filter((each) => each !== worker)
  await worker.stop()
}

/** The topics of which some sends have no answer, and are not carried out. */
const refusing = (refuses: (batches: readonly OutBatch[]) => boolean): Kafka => ({
  ...local.kafka,
  producer(options) {
    const producer = local.kafka.producer(options)
    return {
      ...producer,
      async send(batches) {
        if (refuses(batches)) throw new KafkaError('deadline', 'no answer')
        return producer.send(batches)
      },
    }
  },
})

const write = (records: readonly Uint8Array[]) =>
  local.kafka
    .producer()
    .send([{ topic: names.observations, partition: OWNER, records: records.map((value) => ({ value })) }])

const decided = async (): Promise<string[]> => [
  ...(await values(local.kafka, names.alerts)),
  ...(await values(local.kafka, names.transitions, OWNER)),
]

async function saves() {
  const { epoch = -1 } = (await (await local.kafka.admin()).describe(names.observations)) ?? {}
  return loadSnapshots(local.kafka, { topic: names.state, partition: OWNER }, epoch, new AbortController().signal)
}

const wanted = storyOf(effects, Number.POSITIVE_INFINITY)
const told = async () => storyOfLines(await decided(), Number.POSITIVE_INFINITY)

describe('a correlator', () => {
  it('publishes what its partition decides, keeps its state, and goes on from it: nothing twice', async () => {
    const half = Math.floor(journal.length / 2)
    await write(journal.slice(0, half))
    const saved: number[] = []
    const first = await correlating({ onSaved: async ({ offset }) => void saved.push(offset) })
    await until('all to be read', () => saved.at(-1) === half)
    await stop(first)
    const before = await decided()
    assert.equal((await saves())[0]?.offset, half - 1)

    await write(journal.slice(half))
    const second = await correlating({ onSaved: async ({ offset }) => void saved.push(offset) })
    await until('all to be read', () => saved.at(-1) === journal.length)
    await stop(second)
    assert.equal((await decided()).filter((line) => before.includes(line)).length, before.length)
    assert.equal((await saves())[0]?.offset, journal.length - 1)
    assert.deepEqual(await told(), wanted)
    const assigned = said.filter(({ event }) => event === 'correlate-assigned')
    assert.deepEqual(
      assigned.filter(({ partition }) => partition === OWNER).map((each) => each.snapshot),
      [null, half - 1],
    )
  })

  it('saves its state at its end only, where it was not due, and tells nothing twice without', async () => {
    await write(journal)
    const first = await correlating({ snapshotEvery: 3_600_000 })
    await until('the story', async () => (await decided()).length >= wanted.length)
    await local.kafka.producer().send([{ topic: names.observations, partition: OWNER, records: [{ value: null }] }])
    await stop(first)
    assert.equal((await saves()).length, 1)
    assert.deepEqual(await told(), wanted)
  })

  it('publishes what comes after records that decide nothing', async () => {
    const saved: number[] = []
    await correlating({ onSaved: async ({ offset }) => void saved.push(offset) })
    await write(journal.slice(0, 1))
    await until('the first record to be read', () => saved.at(-1) === 1)
    await write(journal.slice(1))
    await until('the story', async () => (await decided()).length >= wanted.length)
    assert.deepEqual(await told(), wanted)
  })

  it('reads all again where no state is, and publishes no transition twice', async () => {
    await write(journal)
    const first = await correlating()
    await until('the story', async () => (await decided()).length >= wanted.length)
    await stop(first)
    const before = await values(local.kafka, names.transitions, OWNER)
    const gone = ['0/0', '1/0'].map((key) => ({ key, value: null }))
    await local.kafka.producer().send([{ topic: names.state, partition: OWNER, records: gone }])
    const saved: number[] = []
    await correlating({ onSaved: async ({ offset }) => void saved.push(offset) })
    await until('all to be read again', () => saved.at(-1) === journal.length)
    assert.deepEqual(await values(local.kafka, names.transitions, OWNER), before)
    assert.deepEqual([...new Set(await told())], wanted)
  })

  it('that ends while it cannot publish leaves that to whoever takes over', async () => {
    await write(journal)
    let tried = 0
    const kafka = refusing((batches) => {
      const refused = batches.some(({ topic }) => topic === names.alerts)
      if (refused) tried++
      return refused
    })
    const first = await correlating({ kafka })
    await until('alerts to be refused', () => tried > 1)
    await stop(first)
    assert.deepEqual(await values(local.kafka, names.alerts), [])
    await correlating()
    await until('the story', async () => (await decided()).length >= wanted.length)
    assert.deepEqual(await told(), wanted)
  })

  it('passes over what it cannot read, and says where it lies', async () => {
    const metrics = openMetrics()
    const foreign = journal[0]?.slice() as Uint8Array
    foreign[2] = 99
    await write([...journal.slice(0, 5), foreign, Buffer.from('?'), ...journal.slice(5)])
    await correlating({ metrics })
    await until('the story', async () => (await decided()).length >= wanted.length)
    assert.deepEqual(await told(), wanted)
    assert.deepEqual(
      said.filter(({ event }) => event === 'frame-unreadable').map(({ partition, offset }) => [partition, offset]),
      [
        [OWNER, 5],
        [OWNER, 6],
      ],
    )
    assert.match(await metrics.registry.metrics(), /^patrolog_\w*unreadable\w* 2$/m)
  })

  it('says how far it is, once it decided something', async () => {
    await write(journal)
    await correlating()
    await until('a word', async () => (await values(local.kafka, names.progress)).length > 0)
    const words = (await values(local.kafka, names.progress)).map((text) => JSON.parse(text))
    const mine = words.find(({ partition }) => partition === OWNER)
    assert.equal(words.length, 1)
    assert.ok(mine.decided > (lines.at(-1)?.time as number) - 60_000)
    assert.equal(mine.alerts, (await values(local.kafka, names.alerts)).length)
    assert.ok(mine.lag > 0)
  })
})

describe('a reader of topics', () => {
  const T = Date.now() - 5_000
  const stamp = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)
  const line = (at: number): string => `${stamp(at)} INFO: Lock owner: pg-0; I am pg-0`
  const headers = [
    { name: 'cluster', value: 'demo' },
    { name: 'member', value: 'pg-0' },
  ]
  const send = (texts: readonly string[]) =>
    local.kafka.producer().send([{ topic: 'logs', partition: 0, records: texts.map((value) => ({ value, headers })) }])

  async function ingesting(kafka = local.kafka): Promise<Worker> {
    const sources = [{ topics: ['logs'], hosts: {} }]
    const group = { group: names.ingest, sessionTimeout: 6_000, backfill: 60_000 }
    const worker = await startIngest({
      kafka,
      log,
      names,
      metrics: openMetrics(),
      recogniser: knowledge.recogniser,
      inputs: topicInputs({ kafka: local.kafka, sources, ...group }),
      zone: 'UTC',
      partitions: PARTITIONS,
    })
    workers.push(worker)
    return worker
  }

  async function observed(kind: number, partition: number): Promise<Buffer[]> {
    const batches = await all(local.kafka.read({ topic: names.observations, partition, from: 'earliest', to: 'end' }))
    return batches
      .flatMap(({ records }) => records.flatMap(({ value }) => value ?? []))
      .filter((of) => frameKind(of) === kind)
  }

  async function lineOffsets(): Promise<readonly number[]> {
    const offsets: number[] = []
    for (const value of await observed(KIND.lines, partitionOf('demo', PARTITIONS))) {
      const frame = new FrameReader(value)
      while (frame.next()) offsets.push(frame.offset)
    }
    return offsets
  }

  const committed = async () => (await (await local.kafka.admin()).committed(names.ingest, 'logs'))[0]?.offset ?? null

  it('tells time to each partition before anything else, and then what it read', async () => {
    await send([line(T), line(T + 1_000)])
    await ingesting()
    await until('two lines', async () => (await lineOffsets()).length === 2)
    for (const partition of [0, 1]) {
      const [first] = await observed(KIND.frontiers, partition)
      assert.deepEqual(decodeFrontiers(first as Buffer).inputs, [{ topic: 'logs', partitions: 1 }])
      assert.deepEqual(decodeFrontiers(first as Buffer).read, [])
    }
    await until('time to be told', async () => {
      const last = (await observed(KIND.frontiers, 0)).at(-1)
      const [read] = last === undefined ? [] : decodeFrontiers(last).read
      return read?.frontier === T + 1_000
    })
  })

  it('goes on where it was: a line that waited for what follows it is read again', async () => {
    await send([line(T), line(T + 1_000)])
    const first = await ingesting()
    await until('what was read to be committed', async () => (await committed()) !== null)
    await stop(first)
    const at = (await committed()) as number
    assert.ok(at === 1 || at === 2)
    await send([line(T + 2_000)])
    await ingesting()
    await until('the third line', async () => (await lineOffsets()).includes(2))
    assert.deepEqual([...new Set(await lineOffsets())], [0, 1, 2])
  })

  it('loses nothing of a batch whose frames could not be written at first', async () => {
    // The last line comes in two records, as a container runtime cuts it.
    const runtime = (end: 'P' | 'F', text: string): string => `${new Date(T).toISOString()} stdout ${end} ${text}`
    const [cut, rest] = [line(T + 2_000).slice(0, 40), line(T + 2_000).slice(40)]
    await send([runtime('F', line(T)), runtime('F', line(T + 1_000)), runtime('P', cut)])
    let refused = 0
    const kafka = refusing((batches) => {
      const lines = batches.some(({ records }) =>
        records.some(({ value }) => frameKind(value as Uint8Array) === KIND.lines),
      )
      return lines && refused++ < 2
    })
    await ingesting(kafka)
    await until('what was read to be written', async () => (await lineOffsets()).length > 0)
    await send([runtime('F', rest), runtime('F', line(T + 3_000))])
    await until('what came then', async () => (await lineOffsets()).includes(4))
    const core = newCorrelator(knowledge, () => {})
    for (const value of await observed(KIND.lines, partitionOf('demo', PARTITIONS))) core.take(value)
    assert.equal(refused, 2 + (await observed(KIND.lines, partitionOf('demo', PARTITIONS))).length)
    assert.deepEqual(await lineOffsets(), [0, 1, 2, 4])
    assert.deepEqual(core.counts, { lines: 4, samples: 0, again: 0, duplicate: 0 })
  })

  it('keeps the head of what it cannot use, and of a thousand of a batch no more', async () => {
    const ahead = line(Date.now() + 2 * 3_600_000)
    await send([[`${ahead} ${'x'.repeat(300)}`, ...Array.from({ length: 1_002 }, () => ahead)].join('\n')])
    await ingesting()
    await until('rejects', async () => (await values(local.kafka, names.rejects)).length > 0)
    const rejects = (await values(local.kafka, names.rejects)).map((text) => JSON.parse(text))
    assert.equal(rejects[0].text.length, 200)
    assert.match(rejects[0].reason, /more than an hour ahead/)
    assert.equal(rejects.length, 1_000)
  })
})
