import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { waves } from '../../src/live/waves.ts'

const batch = (topic: string, partition: number, ...values: readonly string[]) => ({
  topic,
  partition,
  records: values.map((value) => ({ value })),
})

describe('waves of sends', () => {
  it('is one where no partition has too much', () => {
    const all = [batch('a', 0, 'x', 'y'), batch('a', 1, 'z')]
    assert.deepEqual(waves(all), [all])
    assert.deepEqual(waves([]), [])
  })

  it('holds the order within a partition, and loses nothing', () => {
    const long = 'x'.repeat(500)
    const all = [batch('a', 0, `${long}1`, `${long}2`, `${long}3`), batch('b', 0, '4')]
    assert.deepEqual(waves(all, 1200), [
      [batch('a', 0, `${long}1`, `${long}2`), batch('b', 0, '4')],
      [batch('a', 0, `${long}3`)],
    ])
  })

  it('lets go alone what is too much by itself', () => {
    const all = [batch('a', 0, '1', 'x'.repeat(5000), '2')]
    assert.deepEqual(
      waves(all, 1000).map(([one]) => one?.records.length),
      [1, 1, 1],
    )
  })
})
