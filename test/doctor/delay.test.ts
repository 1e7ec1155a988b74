import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeDelay, type Stamp } from '../../src/doctor/delay.ts'
import { sharesOf } from '../../src/doctor/sample.ts'
import { zoneName } from '../../src/ingest/time.ts'

const HOUR = 3_600_000

/** Lines 10 s apart whose records come `behind(index)` ms after the time they say. */
function stamps(behind: (index: number) => number, count = 40): Stamp[] {
  return Array.from({ length: count }, (_, index) => ({
    time: index * 10_000,
    recorded: index * 10_000 + behind(index),
  }))
}

describe('the times of lines against those of their records', () => {
  it('are right when the lines come soon', () => {
    assert.equal(judgeDelay(stamps((index) => 20 + (index % 7) * 150)), null)
    assert.equal(judgeDelay(stamps(() => -900)), null)
  })

  it('show a zone by a constant multiple of 15 minutes', () => {
    assert.deepEqual(judgeDelay(stamps((index) => -2 * HOUR + (index % 5) * 400)), { kind: 'zone', by: 2 * HOUR })
    assert.deepEqual(judgeDelay(stamps(() => 4 * HOUR + 45_000)), { kind: 'zone', by: -4 * HOUR })
    assert.deepEqual(judgeDelay(stamps(() => -5.75 * HOUR)), { kind: 'zone', by: 5.75 * HOUR })
  })

  it('show a clock by another constant', () => {
    assert.deepEqual(judgeDelay(stamps(() => -400_000)), { kind: 'clock', by: 400_000 })
    assert.deepEqual(judgeDelay(stamps(() => 5_000)), { kind: 'clock', by: -5_000 })
  })

  it('show nothing in a backlog, of old lines, or of a few', () => {
    assert.equal(judgeDelay(stamps((index) => 2 * HOUR - index * 10_000)), null)
    assert.equal(judgeDelay(stamps(() => 40 * 24 * HOUR)), null)
    assert.equal(judgeDelay(stamps(() => 2 * HOUR, 3)), null)
  })

  it('name a zone by its distance from UTC', () => {
    assert.deepEqual([0, 120, -210, 345].map(zoneName), ['UTC', 'UTC+2', 'UTC-3:30', 'UTC+5:45'])
  })
})

describe('a sample', () => {
  it('is shared alike, what a partition lacks comes from the others', () => {
    assert.deepEqual(sharesOf([1000, 5, 0], 50), [45, 5, 0])
    assert.deepEqual(sharesOf([10, 10], 100), [10, 10])
    assert.deepEqual(sharesOf([100, 100, 100], 50), [17, 17, 16])
  })
})
