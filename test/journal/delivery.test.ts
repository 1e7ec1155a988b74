import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Deliveries } from '../../src/journal/delivery.ts'
import type { DeliveryReport } from '../../src/model/sample.ts'

/** Stamp of a line that arrives at second `t`, in seconds: what the member's clock and the way of the line make of it. */
type Stamp = (t: number) => number

/** Members whose lines arrive each 5 s, each a little later than its least; the last report of each. */
function reported(stamps: Readonly<Record<string, Stamp>>, seconds: number): Map<string, DeliveryReport> {
  const deliveries = new Deliveries()
  const last = new Map<string, DeliveryReport>()
  for (let t = 0; t <= seconds; t += 5)
    for (const [member, stamp] of Object.entries(stamps)) {
      const jitter = (t % 15) / 20
      const report = deliveries.arrived(deliveries.of('demo', member), (stamp(t) - jitter) * 1000, t * 1000)
      if (report !== null) last.set(member, report)
    }
  return last
}

const offsets = (stamps: Readonly<Record<string, Stamp>>, seconds = 600): Record<string, number> =>
  Object.fromEntries([...reported(stamps, seconds)].map(([member, { offset }]) => [member, offset / 1000]))

describe('arrivals of lines', () => {
  it('are judged by windows of half a minute: each ends with one report, of the latest stamp in it', () => {
    const deliveries = new Deliveries()
    const of = deliveries.of('demo', 'a')
    assert.equal(deliveries.of('demo', 'a'), of)
    assert.notEqual(deliveries.of('other', 'a'), of)
    const reports: unknown[] = []
    for (let t = 0; t <= 95; t += 5) {
      const report = deliveries.arrived(of, (t - (t === 25 ? 9 : 2)) * 1000, t * 1000)
      if (report !== null) reports.push([t, report.time / 1000, report.offset, report.delay])
    }
    // The line that ends a window is of the next one.
    assert.deepEqual(reports, [
      [30, 18, 0, 0],
      [60, 53, 0, 0],
      [90, 83, 0, 0],
    ])
  })

  it('keep the constant that was learned until a larger one has held for ten windows', () => {
    const delays = [...Array(12).keys()].map((windows) => {
      const seconds = 150 + 30 * windows
      return (reported({ a: (t) => t - (t < 150 ? 1 : 6) }, seconds).get('a')?.delay ?? -1) / 1000
    })
    assert.deepEqual(delays.map(Math.round), [0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0, 0])
  })

  it('of clocks that agree show nothing, however long the way is', () => {
    for (const way of [0, 0.4, 7, 40])
      assert.deepEqual(offsets({ a: (t) => t - way, b: (t) => t - way }), { a: 0, b: 0 })
  })

  it('show a clock that is off against the others', () => {
    assert.deepEqual(offsets({ a: (t) => t - 1, b: (t) => t - 6 }), { a: 0, b: 5 })
  })

  it('show a clock that is ahead, of one member alone too', () => {
    assert.deepEqual(offsets({ a: (t) => t + 5 }), { a: -5 })
  })

  it('do not take the way of one member alone for its clock', () => {
    assert.deepEqual(offsets({ a: (t) => t - 9 }), { a: 0 })
  })

  it('show a zone that is not configured, of all members alike', () => {
    assert.deepEqual(offsets({ a: (t) => t - 7200, b: (t) => t - 7200 }), { a: 7200, b: 7200 })
  })

  it('show a queue that grows as a delay, and no offset', () => {
    const a = reported({ a: (t) => (t < 300 ? t - 1 : 299 + (t - 300) / 2), b: (t) => t - 1 }, 900).get('a')
    assert.equal(a?.offset, 0)
    assert.ok((a?.delay ?? 0) > 200_000, `${a?.delay} ms`)
  })

  it('show a queue that is worked off as a delay, and no offset', () => {
    const a = reported({ a: (t) => Math.min(t - 1, t - 3600 + 5 * t), b: (t) => t - 1 }, 600).get('a')
    assert.equal(a?.offset, 0)
  })

  it('show a clock that was set', () => {
    assert.deepEqual(offsets({ a: (t) => (t < 300 ? t + 8 : t - 1), b: (t) => t - 1 }, 1200), { a: 0, b: 0 })
  })
})
