/** Topics in a file: what the workers expect of brokers holds without them. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { EMPTY_CONFIG } from '../../src/config/types.ts'
import { reachHost } from '../../src/doctor/connect/host.ts'
import type { Batch, ConsumerOptions, Kafka } from '../../src/io/kafka/types.ts'
import { isTaken } from '../../src/io/local/database.ts'
import { type Local, openLocal } from '../../src/io/local/open.ts'
import { root } from '../../src/root.ts'
import { all, until, values } from '../kafka/help.ts'

let folder: string
let file: string
let local: Local

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-local-'))
  file = join(folder, 'state.db')
  local = openLocal(file, () => {})
})
afterEach(async () => {
  await local.close()
  rmSync(folder, { recursive: true })
})

async function reopen(): Promise<void> {
  await local.close()
  local = openLocal(file, () => {})
}

async function make(topic: string, partitions = 1, settings: Record<string, string> = {}): Promise<void> {
  await (await local.kafka.admin()).ensure([{ topic, partitions, settings }], true)
}

const send = (topic: string, texts: readonly string[], partition = 0) =>
  local.kafka.producer().send([{ topic, partition, records: texts.map((value) => ({ value })) }])

/** A consumer, and the texts it was given. */
function consuming(kafka: Kafka, topic: string, options: Partial<ConsumerOptions> = {}) {
  const took: string[] = []
  const consumer = kafka.consumer({
    group: 'g',
    topics: [topic],
    start: 'earliest',
    onBatch: async (batch: Batch) => void took.push(...batch.records.map(({ value }) => String(value))),
    ...options,
  })
  return { consumer, took }
}

describe('topics of a single host', () => {
  it('keep records in the order sent, with keys, headers and times, over a restart', async () => {
    await make('t', 2)
    const record = { key: 'k', value: 'v', timestamp: 5, headers: [{ name: 'h', value: 'x' }] }
    const places = await local.kafka.producer().send([
      { topic: 't', partition: 1, records: [record, { value: null }] },
      { topic: 't', partition: 1, records: [{ value: 'w', timestamp: 6 }] },
    ])
    assert.deepEqual(
      places.map(({ offset }) => offset),
      [2, 3],
    )
    await reopen()
    const [batch] = await all(local.kafka.read({ topic: 't', partition: 1, from: 'earliest', to: 'end' }))
    assert.equal(batch?.next, 3)
    const [first, second, third] = batch?.records ?? []
    assert.deepEqual([first?.offset, first?.timestamp, first?.timestampKind], [0, 5, 'create'])
    assert.deepEqual([first?.key, first?.value, first?.headers[0]?.value].map(String), ['k', 'v', 'x'])
    assert.equal(String(Buffer.from(first?.bytes.slice(first.valueFrom, first.valueTo) ?? [])), 'v')
    assert.equal(String(Buffer.from(first?.bytes.slice(first.keyFrom, first.keyTo) ?? [])), 'k')
    assert.equal(second?.valueFrom, -1)
    assert.equal(second?.value, null)
    assert.deepEqual([third?.offset, third?.timestamp], [2, 6])
  })

  it('refuse a partition that there is not, and keep nothing of that send', async () => {
    await make('t')
    const batches = [0, 1].map((partition) => ({ topic: 't', partition, records: [{ value: 'v' }] }))
    await assert.rejects(local.kafka.producer().send(batches), { code: 'unknown-partition' })
    assert.deepEqual(await values(local.kafka, 't'), [])
  })

  it('are consumed from where the group has come to, which a kill does not move', async () => {
    await make('t')
    await send('t', ['a', 'b'])
    const first = consuming(local.kafka, 't')
    await until('both', () => first.took.length === 2)
    await first.consumer.commit([{ topic: 't', partition: 0, offset: 1 }])
    await first.consumer.close()
    await reopen()
    const second = consuming(local.kafka, 't')
    await until('the second', () => second.took.length === 1)
    await send('t', ['c'])
    await until('what is sent meanwhile', () => second.took.join() === 'b,c')
    await until('it to be idle', () => second.consumer.progress()[0]?.idleSince != null)
    await second.consumer.close()
  })

  it('are handed out again when a handler fails, which health tells', async () => {
    await make('t')
    await send('t', ['a'])
    let fails = 2
    const { consumer, took } = consuming(local.kafka, 't', {
      onBatch: async ({ records }) => {
        if (fails-- > 0) throw new Error('not now')
        took.push(...records.map(({ value }) => String(value)))
      },
    })
    await until('the trouble', () => consumer.health().problem === 't/0: not now')
    await until('the record', () => took.join() === 'a')
    assert.equal(consumer.health().retries, 2)
    assert.equal(consumer.health().healthy, true)
    await consumer.close()
  })

  it('keep the latest of each key when they are compacted', async () => {
    await make('t', 1, { 'cleanup.policy': 'compact' })
    const producer = local.kafka.producer()
    for (const [key, value] of ['a1', 'b1', 'a2'].map(([key, value]) => [key as string, value as string] as const))
      await producer.send([{ topic: 't', partition: 0, records: [{ key, value }] }])
    assert.deepEqual(await values(local.kafka, 't'), ['1', '2'])
  })

  it('let go of what is not needed, and go on counting', async () => {
    await make('t')
    await send('t', ['a', 'b', 'c'])
    await local.trim({ topic: 't', partition: 0, offset: 2 })
    assert.deepEqual(await values(local.kafka, 't'), ['c'])
    await local.trim({ topic: 't', partition: 0, offset: 3 })
    await reopen()
    const [place] = await send('t', ['d'])
    assert.equal(place?.offset, 4)
    const admin = await local.kafka.admin()
    assert.deepEqual(await admin.bounds('t'), [{ topic: 't', partition: 0, low: 3, high: 4 }])
  })

  it('let go of records that are too old', async () => {
    await make('t', 1, { 'retention.ms': '60000' })
    const records = [{ value: 'old', timestamp: Date.now() - 120_000 }, { value: 'new' }]
    await local.kafka.producer().send([{ topic: 't', partition: 0, records }])
    await reopen()
    await until('the old one to go', async () => (await values(local.kafka, 't')).join() === 'new')
  })

  it('are found by time, and read until a place or on and on', async () => {
    await make('t')
    const records = [10, 20, 30].map((timestamp) => ({ value: String(timestamp), timestamp }))
    await local.kafka.producer().send([{ topic: 't', partition: 0, records }])
    const admin = await local.kafka.admin()
    assert.equal((await admin.offsetsAt('t', 15))[0]?.offset, 1)
    assert.equal((await admin.offsetsAt('t', 99))[0]?.offset, 3)
    const some = await all(local.kafka.read({ topic: 't', partition: 0, from: { time: 20 }, to: 2 }))
    assert.deepEqual(
      some.flatMap(({ records }) => records.map(({ value }) => String(value))),
      ['20'],
    )
    const ending = new AbortController()
    const came: string[] = []
    const reading = (async () => {
      const following = local.kafka.read({ topic: 't', partition: 0, from: 'latest', signal: ending.signal })
      for await (const { records } of following) came.push(...records.map(({ value }) => String(value)))
    })()
    await send('t', ['40'])
    await until('what comes later', () => came.join() === '40')
    ending.abort()
    await reading
  })

  it('keep their number of partitions; another one is an error that says what to do', async () => {
    await make('t', 2)
    await assert.rejects(make('t', 3), /state\.db: t was made with 2 partitions, expected 3; set live\.partitions to 2/)
  })

  it('made anew have another epoch and no committed place', async () => {
    await make('t')
    await send('t', ['a'])
    const first = consuming(local.kafka, 't')
    await until('the record', () => first.took.length === 1)
    await first.consumer.commit([{ topic: 't', partition: 0, offset: 1 }])
    await first.consumer.close()
    const admin = await local.kafka.admin()
    const before = await admin.describe('t')
    await admin.deleteTopic('t')
    await make('t')
    assert.notEqual((await admin.describe('t'))?.epoch, before?.epoch)
    assert.deepEqual(await admin.committed('g', 't'), [])
    await send('t', ['b'])
    const second = consuming(local.kafka, 't')
    await until('the new record', () => second.took.join() === 'b')
    await second.consumer.close()
  })
})

describe('the file', () => {
  it('belongs to one process, and to the next as soon as that is killed', { timeout: 60_000 }, async () => {
    await local.close()
    assert.equal(isTaken(file), false)
    const opens = `const { openLocal } = await import('${root}/src/io/local/open.ts')
      openLocal(process.argv[1], () => {}); console.log('open'); setInterval(() => {}, 1000)`
    const other = spawn(process.execPath, ['--input-type=module', '-e', opens, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(other.stdout, 'data')
    assert.equal(isTaken(file), true)
    assert.throws(() => openLocal(file, () => {}), /state\.db: another process has it open/)
    other.kill('SIGKILL')
    await once(other, 'exit')
    local = openLocal(file, () => {})
  })

  it('that belongs to another user is named as that, before the service starts too', async () => {
    await local.close()
    const state = join(folder, 'patrolog.db')
    renameSync(file, state)
    chmodSync(state, 0o444)
    chmodSync(folder, 0o755)
    const config = {
      ...EMPTY_CONFIG,
      sources: [{ files: [join(folder, '*.log')], hosts: {} }],
      live: { state: folder },
    }
    // Root may write to anything.
    if (process.getuid?.() === 0) process.seteuid?.(65_534)
    try {
      assert.throws(() => openLocal(state, () => {}), /patrolog\.db: cannot be written: EACCES$/)
      assert.equal((await reachHost(config))[1]?.said, `${state}: cannot be written: EACCES`)
    } finally {
      if (process.getuid?.() === 0) process.seteuid?.(0)
    }
    chmodSync(state, 0o644)
    renameSync(state, file)
    local = openLocal(file, () => {})
  })
})
