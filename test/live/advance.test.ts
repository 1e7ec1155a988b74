import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { advance } from '../../src/live/advance.ts'

const said = (partition: number, decided: number | null) => ({ partition, decided, lag: 0, alerts: 0 })

describe('whether all partitions advance', () => {
  it('is not known before each was heard to decide', () => {
    const all = advance(2)
    assert.deepEqual(all.stalled(0), [0, 1])
    all.take(said(0, 100), true, 1_000)
    all.take(said(1, null), true, 1_000)
    assert.deepEqual(all.stalled(1_000), [1])
    all.take(said(1, 100), true, 2_000)
    assert.deepEqual(all.stalled(2_000), [])
  })

  it('what was said before anybody listened is no sign of life', () => {
    const all = advance(1)
    all.take(said(0, 100), false, 1_000)
    assert.deepEqual(all.stalled(1_000), [0])
    all.take(said(0, 100), true, 2_000)
    assert.deepEqual(all.stalled(2_000), [0], 'the same again is no advance')
  })

  it('ends a minute after the last decision, although its owner goes on saying the same', () => {
    const all = advance(2)
    for (let now = 0; now <= 120_000; now += 5_000) {
      all.take(said(0, now), true, now)
      all.take(said(1, Math.min(now, 30_000)), true, now)
      assert.deepEqual(all.stalled(now), now > 90_000 ? [1] : [], `${now}`)
    }
  })
})
