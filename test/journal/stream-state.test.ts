/** Writers come and go for years: a container that restarts, a file of each day. Those that are no more are forgotten. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FrameWriter } from '../../src/journal/frame-writer.ts'
import { encodeFrontiers } from '../../src/journal/frontiers.ts'
import { newCorrelator } from './road.ts'

const HOUR = 3_600_000
const BEGIN = Date.UTC(2026, 2, 4)
const encoder = new TextEncoder()

/** A frame with one line of a writer, read when the worker's clock was `now`. */
function frame(name: string, now: number): Uint8Array {
  const bytes = encoder.encode('no action. I am (pg-0), the leader with the lock')
  const writer = new FrameWriter({ topic: 'logs', partition: 0, epoch: 1 })
  const stream = writer.streamOf({ cluster: 'orders', member: 'pg-0', name, known: 'pg-0' })
  writer.line(stream, 'pg-0', {
    record: {
      line: 1,
      index: 0,
      program: 'patroni',
      level: 'INFO',
      bytes,
      from: 0,
      to: bytes.length,
      messageFrom: 0,
      messageTo: bytes.length,
    },
    time: now,
    paused: false,
    entry: null,
    member: null,
    holes: new Int32Array(0),
    holeCount: 0,
    meaning: false,
  })
  return writer.done({ frontier: now, now })
}

const clock = (now: number): Uint8Array => encodeFrontiers({ now, inputs: [], read: [] })

describe('writers of a partition', () => {
  it('are forgotten two days after their last line; until then what is sent again falls away', () => {
    const core = newCorrelator(() => {})
    core.take(clock(BEGIN))
    for (let hour = 1; hour <= 240; hour++) {
      core.take(frame(`container-${hour}`, BEGIN + hour * HOUR))
      core.take(clock(BEGIN + hour * HOUR + 1))
    }
    assert.ok(core.snapshot().streams.size <= 50, String(core.snapshot().streams.size))
    const { again } = core.counts
    core.take(frame('container-200', BEGIN + 241 * HOUR))
    assert.equal(core.counts.again, again + 1)
  })
})
