import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { behind } from '../../../src/report/html/behind.ts'
import { bounded } from '../../../src/report/html/bounded.ts'
import { series, thinned } from '../../../src/report/html/series.ts'
import { track } from '../../../src/report/html/track.ts'
import { T } from '../effects.ts'
import { sample } from './kit.ts'

describe('a row of points', () => {
  it('breaks where readings are missing', () => {
    const row = series()
    for (const at of [0, 1, 2, 3, 30, 31]) row.add(T + at * 1_000, at)
    assert.deepEqual(
      row.points().map(({ value }) => value),
      [0, 1, 2, 3, null, 30, 31],
    )
  })

  it('does not break between the polls of a slow reader', () => {
    const row = series()
    for (const at of [0, 60, 120, 185, 240]) row.add(T + at * 1_000, at)
    assert.ok(row.points().every(({ value }) => value !== null))
  })

  it('stays small and keeps extremes and gaps, however many come', () => {
    const row = series()
    for (let at = 0; at < 100_000; at++) row.add(T + at * 1_000, at === 54_321 ? 1e9 : at === 60_000 ? null : at % 7)
    const points = row.points()
    assert.ok(points.length <= 2_000, `${points.length} points`)
    assert.ok(points.some(({ time, value }) => value === 1e9 && time === T + 54_321_000))
    assert.ok(points.some(({ value }) => value === null))
  })

  it('thins in order, to points that were there, with the least and the greatest', () => {
    const point = fc.record({ time: fc.nat(1e6), value: fc.option(fc.nat(1_000)) })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 300 }), (given) => {
        const points = given.sort((a, b) => a.time - b.time)
        const thin = thinned(points)
        const known = (of: typeof thin) => of.flatMap(({ value }) => (value === null ? [] : [value]))
        assert.deepEqual(
          thin,
          [...thin].sort((a, b) => a.time - b.time),
        )
        assert.ok(thin.every((each) => points.includes(each)))
        assert.equal(Math.max(...known(thin)), Math.max(...known(points)))
        assert.equal(Math.min(...known(thin)), Math.min(...known(points)))
      }),
    )
  })
})

describe('WAL behind', () => {
  function measured(...samples: readonly ReturnType<typeof sample>[]) {
    const row = behind()
    for (const each of samples) row.take(each, true)
    return (row.replicas.get('pg-1')?.points() ?? []).map(({ value }) => value)
  }

  it('compares with the newest position of the primary before the reading, replayed not received', () => {
    const replica = sample('pg-1', 5, 100, { receiveLsn: 900n })
    assert.deepEqual(measured(sample('pg-0', 1, 500), sample('pg-0', 4, 1_000), replica), [900])
  })

  it('is not known before the primary was read, nor long after', () => {
    assert.deepEqual(measured(sample('pg-1', 1, 100), sample('pg-0', 2, 500)), [])
    assert.deepEqual(measured(sample('pg-0', 1, 500), sample('pg-1', 2, 100), sample('pg-1', 100, 100)).at(-1), null)
  })

  it('is not known on a newer timeline than that of the primary', () => {
    const old = sample('pg-0', 1, 500, { timeline: 3 })
    assert.deepEqual(measured(old, sample('pg-1', 2, 100, { timeline: 4 })), [])
    assert.deepEqual(measured(old, sample('pg-1', 2, 100, { timeline: 2 })), [400])
  })

  it('is never less than nothing', () => {
    assert.deepEqual(measured(sample('pg-0', 1, 500), sample('pg-1', 2, 501)), [0])
  })

  it('is measured against the leader of a standby cluster where there is no primary', () => {
    const leader = sample('pg-1', 1, 700, { member: 'pg-0', role: 'standby_leader' })
    assert.deepEqual(measured(leader, sample('pg-1', 2, 500)), [200])
  })
})

describe('what is kept', () => {
  it('is everything while there is little, then the first and the last', () => {
    const row = bounded<number>(4)
    for (const at of [1, 2, 3]) row.add(at)
    assert.deepEqual(row.kept(), { first: [1, 2], left: 0, last: [3] })
    for (const at of [4, 5, 6, 7]) row.add(at)
    assert.deepEqual(row.kept(), { first: [1, 2], left: 3, last: [6, 7] })
  })
})

describe('a lane', () => {
  it('begins a state when it began, but never before the one before it', () => {
    const lane = track()
    lane.change({ tone: 'calm', words: 'a' }, T + 10, T + 20, 'x')
    lane.change({ tone: 'bad', words: 'b' }, T, T + 30, 'y')
    lane.change({ tone: 'calm', words: 'c' }, Number.NEGATIVE_INFINITY, T + 40, 'z')
    assert.deepEqual(
      lane.marks().map(({ from }) => from - T),
      [10, 10, 40],
    )
  })

  it('that never rests stays small, counts what it merged and ends as it ended', () => {
    const lane = track()
    for (let at = 0; at < 50_000; at++) lane.change({ tone: 'calm', words: `${at % 5}` }, T + at, T + at, null)
    const marks = lane.marks()
    assert.ok(marks.length <= 2_000)
    assert.equal(marks.at(-1)?.words, `${49_999 % 5}`)
    assert.equal(
      marks.reduce((sum, { changes }) => sum + changes, 0),
      50_000,
    )
  })
})
