/** `patrolog forget` through the journal: decided in event time, told again by whoever reads it again. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { pack, unpack } from '../../src/engine/pack.ts'
import type { CorrelatorState } from '../../src/journal/correlator.ts'
import { encodeOrder, partitionsOf } from '../../src/journal/order.ts'
import { partitionOf } from '../../src/journal/scope.ts'
import type { Alert, Effect, Transition } from '../../src/model/effect.ts'
import { root } from '../../src/root.ts'
import { newCorrelator, travel } from './road.ts'
import { shipped } from './shipped.ts'

const RUN = join(root, 'samples', 'incidents', 'stale-watch-after-failsafe')
const CLUSTER = 'acid-orders'
const MEMBER = 'acid-orders-1'

let journal: readonly Uint8Array[]
let told: readonly Effect[]
/** Shortly after the replica's alert began to fire. */
let at: number

before(async () => {
  const lines = await shipped(RUN)
  const inputs = [...Map.groupBy(lines, ({ file }) => file).values()]
  const road = { inputs, batch: () => 50, next: (left: readonly number[]) => left.findIndex((count) => count > 0) }
  const travelled = travel(road)
  journal = travelled.journal
  told = travelled.effects
  const alert = alertsOf(told).find(({ rule, member }) => rule === 'replica-without-upstream' && member === MEMBER)
  at = (alert as Alert).time + 7_000
})

const alertsOf = (effects: readonly Effect[]): Alert[] => effects.filter((effect) => effect.kind === 'alert')

/** Reads a journal; with `restarts`, by a new correlator from a snapshot after each tenth record. */
function read(records: readonly Uint8Array[], restarts = false): readonly Effect[] {
  const effects: Effect[] = []
  let core = newCorrelator((effect) => effects.push(effect))
  for (const [index, record] of records.entries()) {
    core.take(record)
    if (!restarts || index % 10 !== 9) continue
    const bytes = pack(core.snapshot())
    core = newCorrelator((effect) => effects.push(effect))
    core.restore(unpack(bytes) as CorrelatorState)
  }
  return effects
}

const ordered = (forget: string, place: number): readonly Uint8Array[] =>
  journal.toSpliced(place, 0, encodeOrder({ at, forget }))

/** Alerts that fire at the end. */
function open(effects: readonly Effect[]): readonly string[] {
  const last = new Map(alertsOf(effects).map((alert) => [alert.fingerprint, alert]))
  return [...last.values()].flatMap((alert) => (alert.endsAt === null ? [`${alert.rule} ${alert.subject}`] : []))
}

describe('forgetting a member', () => {
  it('ends its alerts as forgotten, and it is gone', () => {
    const effects = read(ordered(`${CLUSTER}/${MEMBER}`, 0))
    const ends = alertsOf(effects).filter(({ endReason }) => endReason === 'forgotten')
    assert.ok(ends.some(({ rule }) => rule === 'replica-without-upstream'))
    for (const { member, time, summary } of ends) {
      assert.equal(member, MEMBER)
      assert.equal(time, at)
      assert.match(summary, /told to forget/)
    }
    const gone = effects.find(
      (effect): effect is Transition => effect.kind === 'transition' && effect.to === 'gone' && effect.time === at,
    )
    assert.equal(gone?.member, MEMBER)
  })

  it('changes nothing that was decided before, and nothing of others', () => {
    const effects = read(ordered(`${CLUSTER}/${MEMBER}`, 0))
    const early = (all: readonly Effect[]) => all.filter(({ time }) => time < at)
    assert.deepEqual(early(effects), early(told))
    const others = (all: readonly Effect[]) =>
      all.filter((effect) => effect.kind === 'transition' && effect.member !== MEMBER)
    assert.deepEqual(others(effects), others(told))
  })

  it('is the same wherever the order lies in the journal, and for whoever takes over', () => {
    const effects = read(ordered(`${CLUSTER}/${MEMBER}`, 0))
    assert.deepEqual(read(ordered(`${CLUSTER}/${MEMBER}`, Math.floor(journal.length / 3))), effects)
    assert.deepEqual(read(ordered(`${CLUSTER}/${MEMBER}`, 0), true), effects)
  })

  it('holds until its own word is heard: then it is a member anew', () => {
    const effects = read(ordered(`${CLUSTER}/${MEMBER}`, 0))
    const back = effects.filter(
      (effect) => effect.kind === 'transition' && effect.facet === 'membership' && effect.time >= at,
    ) as Transition[]
    assert.deepEqual(
      back.map(({ to }) => to),
      ['gone', 'present'],
    )
  })
})

describe('forgetting a cluster', () => {
  it('ends all its alerts; a cluster that says nothing more is not spoken of again', () => {
    const last = Math.max(...told.map(({ time }) => time))
    const order = encodeOrder({ at: last, forget: CLUSTER })
    const effects = read([order, ...journal])
    assert.deepEqual(open(effects), [])
    assert.ok(alertsOf(effects).every(({ time }) => time <= last))
  })

  it('that nobody knows changes nothing', () => {
    assert.deepEqual(read(ordered('acid-other', 0)), told)
    assert.deepEqual(read(ordered(`other/${CLUSTER}`, 0)), told)
  })
})

describe('an order', () => {
  it('goes to the owners of the cluster it names, and of the cluster whose member it may name', () => {
    const of = partitionsOf({ at: 0, forget: 'shop/orders/orders-1' }, 32)
    assert.ok(of.includes(partitionOf('shop/orders', 32)))
    assert.ok(of.includes(partitionOf('shop/orders/orders-1', 32)))
    assert.deepEqual(partitionsOf({ at: 0, forget: 'orders' }, 32), [partitionOf('orders', 32)])
  })
})
