/** What stands on the service's own topics, and how it is found again; on topics of a single host, which need no broker. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { OutRecord } from '../../src/io/kafka/types.ts'
import { type Local, openLocal } from '../../src/io/local/open.ts'
import { decodeOrder } from '../../src/journal/order.ts'
import { namesOf } from '../../src/live/names.ts'
import { journalOrders } from '../../src/live/orders.ts'
import { type HearProgress, progressRecord, readAllProgress } from '../../src/live/progress.ts'
import { endOfAlerts, lastPublished, numbered, publish } from '../../src/live/publish.ts'
import { rejectRecord } from '../../src/live/rejects.ts'
import { loadSnapshots, saveSnapshot } from '../../src/live/snapshots.ts'
import { topicSpecs } from '../../src/live/topics.ts'
import type { Effect, Transition } from '../../src/model/effect.ts'
import { all, values } from '../kafka/help.ts'
import { alertOf } from '../notify/kit.ts'

const names = namesOf()
const { signal } = new AbortController()
let folder: string
let local: Local

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-topics-'))
  local = openLocal(join(folder, 'state.db'), () => {})
  await (await local.kafka.admin()).ensure(topicSpecs(names, 2, undefined), true)
})
afterEach(async () => {
  await local.close()
  rmSync(folder, { recursive: true })
})

const T = Date.UTC(2026, 2, 4)
const transition = (time: number): Transition => ({
  kind: 'transition',
  time,
  cluster: 'demo',
  member: 'pg-0',
  facet: 'role',
  from: 'unknown',
  to: 'leader',
  since: time,
  basis: 'logged',
  because: 'it says so',
  evidence: [],
})
const event = { kind: 'event', time: T } as unknown as Effect

describe('decisions', () => {
  it('are numbered by the offset of their record, events left out, and as late as what brought them', () => {
    const effects = [event, transition(T), alertOf({ time: T + 5_000 })]
    const decisions = numbered(effects, 7, { lag: 3_000, decided: T + 10_000 })
    assert.deepEqual(
      decisions.map(({ effect, sequence, lag }) => [effect.kind, sequence, lag]),
      [
        ['transition', 7 * 65_536, 10_000],
        ['alert', 7 * 65_536 + 1, 5_000],
      ],
    )
    const [late] = numbered([transition(T)], 0, { lag: 60_000, decided: T + 10_000 })
    assert.equal(late?.lag, 60_000)
  })

  it('keep within the numbers of their record, however many', () => {
    const many = Array.from({ length: 65_538 }, () => transition(T))
    const sequences = numbered(many, 1, { lag: 0, decided: T }).map(({ sequence }) => sequence)
    assert.deepEqual([sequences[0], sequences[65_535], sequences[65_537]], [65_536, 131_071, 131_071])
  })

  it('go to the topics of alerts and of transitions, with their place', async () => {
    const producer = local.kafka.producer()
    assert.equal(await publish(producer, names, 1, 5, []), undefined)
    const alert = alertOf({ time: T, fingerprint: 'f1' })
    const first = numbered([alert, transition(T)], 3, { lag: 0, decided: T })
    assert.equal(await publish(producer, names, 1, 5, first), 1)
    const second = numbered([alert, alert], 4, { lag: 0, decided: T })
    assert.equal(await publish(producer, names, 1, 5, second), 3)
    assert.equal(await endOfAlerts(local.kafka, names.alerts), 3)
    const [batch] = await all(local.kafka.read({ topic: names.transitions, partition: 1, from: 'earliest', to: 'end' }))
    const [record] = batch?.records ?? []
    assert.equal(String(record?.key), 'demo')
    assert.deepEqual(
      record?.headers.map(({ name, value }) => [name, String(value)]),
      [
        ['sequence', String(3 * 65_536 + 1)],
        ['epoch', '5'],
        ['partition', '1'],
        ['lag', '0'],
      ],
    )
    const [alerts] = await all(local.kafka.read({ topic: names.alerts, partition: 0, from: 'earliest', to: 'end' }))
    assert.deepEqual(
      alerts?.records.map(({ key }) => String(key)),
      ['f1', 'f1', 'f1'],
    )
  })

  it('are known to be published up to the last transition of their partition and epoch', async () => {
    const last = (partition: number, epoch: number) =>
      lastPublished(local.kafka, names.transitions, partition, epoch, signal)
    assert.equal(await last(0, 5), -1)
    const producer = local.kafka.producer()
    await publish(producer, names, 0, 5, numbered([transition(T)], 3, { lag: 0, decided: T }))
    await publish(producer, names, 0, 5, numbered([transition(T), transition(T)], 9, { lag: 0, decided: T }))
    assert.equal(await last(0, 5), 9 * 65_536 + 1)
    assert.deepEqual([await last(0, 6), await last(1, 5), await last(7, 5)], [-1, -1, -1])
  })
})

describe('snapshots', () => {
  const at = { topic: names.state, partition: 1 }
  const save = (epoch: number, offset: number, slot: 0 | 1, bytes = Buffer.from(`${epoch} ${offset}`)) =>
    saveSnapshot(local.kafka.producer(), at, { epoch, offset, bytes }, slot)
  const found = async (epoch: number) =>
    (await loadSnapshots(local.kafka, at, epoch, signal)).map(({ offset, slot, bytes }) => [
      offset,
      slot,
      Buffer.from(bytes()).toString(),
    ])

  it('are found of their epoch, the latest first', async () => {
    assert.deepEqual(await found(1), [])
    await save(1, 10, 0)
    await save(1, 20, 1)
    assert.deepEqual(await found(1), [
      [20, 1, '1 20'],
      [10, 0, '1 10'],
    ])
    await save(1, 30, 0)
    assert.deepEqual(
      (await found(1)).map(([offset]) => offset),
      [30, 20],
    )
    await save(2, 1, 1)
    assert.deepEqual(await found(1), [[30, 0, '1 30']])
    assert.deepEqual(await found(2), [[1, 1, '2 1']])
  })

  it('of which a piece is missing, or is of another, are none; the other slot is', async () => {
    const piece = (index: number, offset: number, pieces: number): OutRecord => ({
      key: `0/${index}`,
      value: 'x',
      headers: [
        { name: 'epoch', value: '1' },
        { name: 'offset', value: String(offset) },
        { name: 'pieces', value: String(pieces) },
      ],
    })
    const put = (...records: readonly OutRecord[]) => local.kafka.producer().send([{ ...at, records }])
    await save(1, 5, 1)
    await put(piece(0, 40, 2))
    assert.deepEqual(
      (await found(1)).map(([offset]) => offset),
      [5],
    )
    await put(piece(1, 39, 2))
    assert.deepEqual(
      (await found(1)).map(([offset]) => offset),
      [5],
    )
    await put({ ...piece(1, 40, 2), value: null })
    assert.deepEqual(
      (await found(1)).map(([offset]) => offset),
      [5],
    )
    await put(piece(1, 40, 2))
    const [whole, other] = await loadSnapshots(local.kafka, at, 1, signal)
    assert.deepEqual([whole?.offset, other?.offset], [40, 5])
    // It is whole, and damaged: whoever reads it hears of it.
    assert.throws(() => whole?.bytes())
    await put({ key: null, value: 'nobody knows' })
    assert.equal((await loadSnapshots(local.kafka, at, 1, signal)).length, 2)
  })
})

describe('words on how far partitions are', () => {
  it('are read up to their end; what is none is passed over', async () => {
    const heard: unknown[] = []
    const hear: HearProgress = ({ partition, decided, lag, alerts }, age, fresh) =>
      heard.push([partition, decided, lag, alerts, age >= 0 && age < 60_000, fresh])
    const producer = local.kafka.producer()
    const word = { partition: 3, decided: T, lag: 5, alerts: 7 }
    const others = ['null', '7', '{', '{"partition":"3","lag":5}', '{"partition":3}'].map((value) => ({
      key: value,
      value,
    }))
    const records = [progressRecord(word), ...others, { key: 'gone', value: null }]
    await producer.send([{ topic: names.progress, partition: 0, records }])
    const next = await readAllProgress(local.kafka, names.progress, signal, hear)
    assert.deepEqual(heard, [[3, T, 5, 7, true, false]])
    assert.equal(next, 7)
  })
})

describe('what is written for others', () => {
  it('is a reject with its reason and place', () => {
    const reject = { reason: 'no time', offset: 9, index: 2, bytes: new TextEncoder().encode('?') }
    const { value } = rejectRecord({ topic: 'logs', partition: 4 }, reject)
    const { time, ...said } = JSON.parse(String(value))
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000)
    assert.deepEqual(said, {
      kind: 'reject',
      cluster: null,
      member: null,
      reason: 'no time',
      source: { topic: 'logs', partition: 4, offset: '9', index: 2 },
      text: '?',
    })
  })

  it('is an order to forget, to each partition that may know whom', async () => {
    await journalOrders(local.kafka, names.observations, 2).forget('demo')
    const told = await Promise.all([0, 1].map((partition) => values(local.kafka, names.observations, partition)))
    assert.equal(told.flat().length, 1)
    const partition = told.findIndex(({ length }) => length === 1)
    const [batch] = await all(local.kafka.read({ topic: names.observations, partition, from: 'earliest', to: 'end' }))
    const order = decodeOrder(batch?.records[0]?.value as Buffer)
    assert.equal(order.forget, 'demo')
    assert.ok(Math.abs(order.at - Date.now()) < 60_000)
  })
})
