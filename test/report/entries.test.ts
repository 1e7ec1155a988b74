import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Shown } from '../../src/model/effect.ts'
import { type Entry, entries, lineText } from '../../src/report/entries.ts'
import { event, T, transition } from './effects.ts'

function shown(...effects: readonly Shown[]): Entry[] {
  const of = entries()
  return effects.flatMap((effect) => of(effect))
}

describe('what a timeline shows', () => {
  it('is the gap between events, and no event that only says that all is well', () => {
    const gap = { kind: 'gap', time: T + 60_000, cluster: 'demo', member: 'pg-1', from: T } as const
    assert.deepEqual(shown(event(T, 'follower.confirmed'), gap, event(T + 60_000, 'follower.confirmed')), [
      { kind: 'gap', cluster: 'demo', member: 'pg-1', from: T, to: T + 60_000 },
    ])
  })

  it('is the first of alike lines, and how many there were once another comes', () => {
    const [holding, ended] = ['failsafe.holding', 'failsafe.exited']
    const first = event(T, holding)
    const last = event(T + 30_000, ended)
    assert.deepEqual(shown(first, event(T + 10_000, holding), event(T + 20_000, holding), last), [
      { kind: 'line', effect: first },
      { kind: 'repeated', cluster: 'demo', member: 'pg-1', type: holding, count: 3, until: T + 20_000 },
      { kind: 'line', effect: last },
    ])
    assert.deepEqual(
      shown(first, last).map(({ kind }) => kind),
      ['line', 'line'],
    )
  })

  it('is not what is ordinary of a member when it is first heard, but is it later', () => {
    const alive = transition(T, 'patroni', 'alive')
    assert.deepEqual(shown({ ...alive, from: 'unknown' }), [])
    assert.deepEqual(
      shown({ ...alive, from: 'silent' }).map(({ kind }) => kind),
      ['change'],
    )
  })

  it('is every failure of Patroni itself: a cycle, an action, a slot', () => {
    for (const type of ['patroni.error', 'patroni.action-failed', 'slot.failed'] as const)
      assert.equal(shown(event(T, type)).length, 1, type)
  })

  it('quotes the head of a long line', () => {
    assert.equal(lineText(event(T, 'patroni.error', 'x'.repeat(500))), 'x'.repeat(200))
  })
})
