import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Frontier } from '../../src/journal/frontiers.ts'
import { Watermark } from '../../src/journal/watermark.ts'

const LATENESS = 15_000
const INPUTS = [{ topic: 'logs', partitions: 2 }]
/** Event time at which the stories begin, and the clock of the workers then: records of the past, read now. */
const EPOCH = 1_000_000
const NOW = 9_000_000

const at = (partition: number, of: Partial<Frontier> = {}): Frontier => ({
  topic: 'logs',
  partition,
  epoch: 1,
  frontier: Number.NaN,
  idle: 0,
  checked: 0,
  appended: Number.NaN,
  ...of,
})
const read = (partition: number, seconds: number): Frontier => at(partition, { frontier: EPOCH + seconds * 1000 })
const idle = (partition: number, seconds: number, checked: number, of: Partial<Frontier> = {}): Frontier =>
  at(partition, { idle: seconds * 1000, checked: NOW + checked * 1000, ...of })

function said(watermark: Watermark, seconds: number, ...frontiers: readonly Frontier[]): number {
  watermark.frontiers({ now: NOW + seconds * 1000, inputs: INPUTS, read: frontiers })
  return (watermark.value(LATENESS) + LATENESS - EPOCH) / 1000
}

describe('the watermark', () => {
  it('is the least of what all inputs have reached', () => {
    const watermark = new Watermark()
    assert.equal(said(watermark, 0, read(0, 100)), Number.NEGATIVE_INFINITY)
    assert.equal(said(watermark, 1, read(1, 40)), 40)
    assert.equal(said(watermark, 2, read(1, 120)), 100)
  })

  it('never goes back', () => {
    const watermark = new Watermark()
    said(watermark, 0, read(0, 100), read(1, 100))
    assert.equal(said(watermark, 1, read(0, 50), read(1, 50)), 100)
  })

  it('goes on over an idle input by the time elapsed, and over a silent one at once', () => {
    const watermark = new Watermark()
    said(watermark, 0, read(0, 100), read(1, 100))
    assert.equal(said(watermark, 12, read(0, 900), idle(1, 9, 12, { frontier: EPOCH + 100_000 })), 100)
    assert.equal(said(watermark, 14, read(0, 900), idle(1, 11, 14, { frontier: EPOCH + 100_000 })), 114)
    assert.equal(said(watermark, 34, read(0, 900), idle(1, 31, 34, { frontier: EPOCH + 100_000 })), 900)
  })

  it('waits until idle inputs were looked at again after what it rests on was read', () => {
    const watermark = new Watermark()
    assert.equal(said(watermark, 0, idle(0, 60, 0), idle(1, 60, 0)), Number.NEGATIVE_INFINITY)
    assert.equal(said(watermark, 1, read(0, 100), idle(1, 61, 0.9)), Number.NEGATIVE_INFINITY)
    assert.equal(said(watermark, 2, read(0, 100), read(1, 30)), 30)
  })

  it('does not wait for an idle input that nobody lists any more', () => {
    const watermark = new Watermark()
    said(watermark, 0, read(0, 100), idle(1, 60, 0))
    const other = (seconds: number, reached: number): number => {
      watermark.frontiers({
        now: NOW + seconds * 1000,
        inputs: [{ topic: 'logs', partitions: 1 }],
        read: [read(0, reached)],
      })
      return (watermark.value(LATENESS) + LATENESS - EPOCH) / 1000
    }
    assert.equal(other(4, 104), Number.NEGATIVE_INFINITY)
    assert.equal(other(6, 106), 106)
  })

  it('waits for a minute for an input that nobody lists any more, and was read to no end', () => {
    const watermark = new Watermark()
    said(watermark, 0, read(0, 100), read(1, 100))
    const without = (seconds: number): number => {
      const inputs = [{ topic: 'logs', partitions: 1 }]
      watermark.frontiers({ now: NOW + seconds * 1000, inputs, read: [read(0, 100 + seconds)] })
      return (watermark.value(LATENESS) + LATENESS - EPOCH) / 1000
    }
    assert.equal(without(30), 100)
    assert.equal(without(60), 100)
    assert.equal(without(61), 161)
  })

  it('goes by the clock where inputs are silent that never spoke, and readings are asked for', () => {
    const watermark = new Watermark()
    assert.equal(said(watermark, 0, idle(0, 40, 0), idle(1, 40, 0)), Number.NEGATIVE_INFINITY)
    watermark.read('poll', 0, 0, Number.NaN, NOW)
    assert.equal(said(watermark, 1, idle(0, 20, 1), idle(1, 41, 1)), Number.NEGATIVE_INFINITY)
    assert.equal(said(watermark, 2, idle(0, 42, 2), idle(1, 42, 2)), (NOW - EPOCH) / 1000 + 2)
  })

  it('goes by the clock where no input is read', () => {
    const watermark = new Watermark()
    watermark.frontiers({ now: NOW, inputs: [], read: [] })
    assert.equal(watermark.value(LATENESS), NOW - LATENESS)
  })

  it('is held back by a source that lies behind its input, up to 30 s', () => {
    const watermark = new Watermark()
    said(watermark, 0, read(0, 100), read(1, 100))
    watermark.lag('logs', 0, 'slow', 20_000)
    assert.equal(said(watermark, 1, read(0, 125), read(1, 125)), 105)
    watermark.lag('logs', 0, 'slow', 40_000)
    assert.equal(said(watermark, 2, read(0, 126), read(1, 126)), 126)
  })

  it('goes on when nobody speaks any more', () => {
    const watermark = new Watermark()
    said(watermark, 0, read(0, 100), read(1, 40))
    const silent = (seconds: number) => [
      idle(0, seconds, seconds, { frontier: EPOCH + 100_000 }),
      idle(1, seconds, seconds, { frontier: EPOCH + 40_000 }),
    ]
    assert.equal(said(watermark, 31, ...silent(31)), 131)
    assert.equal(said(watermark, 60, ...silent(60)), 160)
  })

  it('waits for an input that nobody has read, nor found to be empty', () => {
    const watermark = new Watermark()
    assert.equal(said(watermark, 0, read(0, 100)), Number.NEGATIVE_INFINITY)
    assert.equal(said(watermark, 5, read(0, 105), idle(1, 5, 5)), Number.NEGATIVE_INFINITY)
    said(watermark, 11, read(0, 110), idle(1, 11, 11))
    assert.equal(said(watermark, 12, read(0, 110), idle(1, 12, 12)), 110)
  })

  it('waits for nobody before a worker has said which inputs there are: it is not known', () => {
    const watermark = new Watermark()
    watermark.read('logs', 0, 1, EPOCH, NOW)
    assert.equal(watermark.value(LATENESS), Number.NEGATIVE_INFINITY)
  })

  it('is held back again by an input that was silent and speaks', () => {
    const watermark = new Watermark()
    assert.equal(said(watermark, 0, read(0, 100), idle(1, 60, 1, { frontier: EPOCH + 100_000 })), 100)
    watermark.read('logs', 1, 1, EPOCH + 150_000, NOW + 2_000)
    watermark.read('logs', 0, 1, EPOCH + 900_000, NOW + 2_000)
    assert.equal(watermark.value(LATENESS) + LATENESS - EPOCH, 150_000)
  })

  it('is held back by a topic that was made anew, and begins earlier than the old one ended', () => {
    const watermark = new Watermark()
    const anew = (seconds: number): Frontier => at(0, { epoch: 2, frontier: EPOCH + seconds * 1000 })
    assert.equal(said(watermark, 0, read(0, 1000), read(1, 500)), 500)
    assert.equal(said(watermark, 1, anew(300), read(1, 800)), 500)
    assert.equal(said(watermark, 2, anew(600), read(1, 900)), 600)
  })
})

describe('the watermark after a snapshot', () => {
  const restored = (before: Watermark): Watermark => {
    const after = new Watermark()
    after.restore(structuredClone(before.snapshot()))
    return after
  }
  /** 150 s were read at second 1, and the idle input was not looked at since. */
  const waiting = (): Watermark => {
    const watermark = new Watermark()
    assert.equal(said(watermark, 0, read(0, 100), read(1, 100)), 100)
    assert.equal(said(watermark, 1, read(0, 150), idle(1, 60, 1)), 100)
    return restored(watermark)
  }

  it('has what was settled, and what waits to be', () => {
    const watermark = waiting()
    assert.equal(watermark.now, NOW + 1_000)
    assert.equal(said(watermark, 2, read(0, 160), idle(1, 61, 1.6)), 150)
    assert.equal(said(watermark, 3, read(0, 160), idle(1, 62, 2.6)), 160)
    assert.deepEqual(watermark.snapshot().candidates, [])
  })

  it('has it too when it is asked before a worker has said anything', () => {
    const watermark = waiting()
    assert.equal(watermark.value(LATENESS) + LATENESS - EPOCH, 100_000)
    assert.equal(said(watermark, 2, read(0, 160), idle(1, 61, 1.6)), 150)
  })

  it('knows when it last read lines', () => {
    const before = new Watermark()
    said(before, 0, read(0, 100), read(1, 100))
    const stood = idle(0, 12, 0.3, { frontier: EPOCH + 100_000 })
    assert.equal(said(restored(before), 1, stood, { ...stood, partition: 1 }), 100)
  })

  it('knows that readings are asked for', () => {
    const watermark = new Watermark()
    watermark.read('poll', 0, 0, Number.NaN, NOW)
    assert.equal(said(restored(watermark), 2, idle(0, 42, 2), idle(1, 42, 2)), (NOW - EPOCH) / 1000 + 2)
    assert.equal(said(restored(new Watermark()), 2, idle(0, 42, 2), idle(1, 42, 2)), Number.NEGATIVE_INFINITY)
  })
})

describe('the backlog that is ours', () => {
  const appended = (partition: number, ago: number, of: Partial<Frontier> = {}): Frontier =>
    at(partition, { frontier: EPOCH, appended: NOW - ago, ...of })

  it('is as old as the oldest record that was appended and not read', () => {
    const watermark = new Watermark()
    said(watermark, 0, appended(0, 1_200_000), appended(1, 1_000))
    assert.equal(watermark.backlog(), 1_200_000)
    said(watermark, 1, appended(0, 0), appended(1, 0))
    assert.equal(watermark.backlog(), 1_000)
  })

  it('is none when a shipper sends late: its records are of old, and appended now', () => {
    const watermark = new Watermark()
    said(watermark, 0, appended(0, 0, { frontier: NOW - 4 * 3_600_000 }), appended(1, 0))
    assert.equal(watermark.backlog(), 0)
  })

  it('is none where the reader stands at the end, also when producers stamp records by the time of their lines', () => {
    const watermark = new Watermark()
    said(watermark, 0, appended(0, 4 * 3_600_000, { checked: NOW }), appended(1, 0))
    assert.equal(watermark.backlog(), 0)
  })

  it('is known of a first batch before its reader has said when that was appended', () => {
    const watermark = new Watermark()
    said(watermark, 0)
    watermark.read('logs', 0, 1, NOW - 600_000, NOW)
    assert.equal(watermark.backlog(), 600_000)
    watermark.read('logs', 0, 1, NOW - 600_000, NOW + 5_000)
    assert.equal(watermark.backlog(), 605_000)
  })

  it('is there again when lines come of an input that stood idle', () => {
    const watermark = new Watermark()
    said(watermark, 0, idle(0, 60, 0), idle(1, 60, 0))
    assert.equal(watermark.backlog(), 0)
    watermark.read('logs', 0, 1, NOW - 600_000, NOW)
    assert.equal(watermark.backlog(), 600_000)
  })
})
