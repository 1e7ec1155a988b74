import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { endsOf, waves } from '../../src/io/kafka/waves.ts'

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

  it('counts bytes, of keys and headers too', () => {
    const headers = [{ name: 'name', value: 'x'.repeat(96) }]
    const record = { key: 'ж'.repeat(100), value: Buffer.alloc(100), headers }
    const one = { topic: 'a', partition: 0, records: [record, record] }
    assert.equal(waves([one], 2 * (64 + 200 + 100 + 100)).length, 1)
    assert.equal(waves([one], 2 * (64 + 200 + 100 + 100) - 1).length, 2)
    const nothing = { topic: 'a', partition: 0, records: [{ value: null }, { value: null }] }
    assert.equal(waves([nothing], 128).length, 1)
  })

  it('holds the order of several batches of one partition', () => {
    const long = 'x'.repeat(500)
    const all = [batch('a', 0, `${long}1`, `${long}2`), batch('b', 0, '3'), batch('a', 0, '4')]
    const went = waves(all, 700)
    assert.deepEqual(went, [[batch('a', 0, `${long}1`), batch('b', 0, '3')], [batch('a', 0, `${long}2`, '4')]])
    const places = (...offsets: readonly number[]) => offsets.map((offset) => ({ topic: '', partition: 0, offset }))
    const [first = [], second = []] = went
    const sent = [
      { wave: first, ends: places(11, 6) },
      { wave: second, ends: places(23) },
    ]
    // Somebody else wrote ten records in between.
    assert.deepEqual(
      endsOf(all, sent).map(({ topic, offset }) => [topic, offset]),
      [
        ['a', 22],
        ['b', 6],
        ['a', 23],
      ],
    )
  })

  it('lets go alone what is too much by itself', () => {
    const all = [batch('a', 0, '1', 'x'.repeat(5000), '2')]
    assert.deepEqual(
      waves(all, 1000).map(([one]) => one?.records.length),
      [1, 1, 1],
    )
  })
})
