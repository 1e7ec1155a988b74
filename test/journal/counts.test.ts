/** What a correlator says of the lines that it took, and where it refuses. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ByteWriter } from '../../src/engine/bytes.ts'
import type { CorrelatorState } from '../../src/journal/correlator.ts'
import { begin, KIND } from '../../src/journal/frame.ts'
import { type FrameLine, FrameWriter } from '../../src/journal/frame-writer.ts'
import { encodeReading } from '../../src/journal/reading.ts'
import { newCorrelator } from './road.ts'

const T = Date.UTC(2026, 2, 4)
const encoder = new TextEncoder()
const NOTHING = { lines: 0, samples: 0, again: 0, duplicate: 0 }
const OF = { cluster: 'demo', member: 'pg-0', name: 'a', known: 'pg-0' }

function lineAt(offset: number, index = 0, second = 0): FrameLine {
  const bytes = encoder.encode('2026-03-04 00:00:00,000 INFO: no action. I am (pg-0), the leader with the lock')
  const place = { from: 0, to: bytes.length, messageFrom: 30, messageTo: bytes.length }
  return {
    record: { line: offset, index, program: 'patroni', level: 'INFO', bytes, ...place },
    time: T + second * 1_000,
    paused: false,
    entry: null,
    member: null,
    holes: new Int32Array(0),
    holeCount: 0,
    meaning: true,
  }
}

function frame(write: (frame: FrameWriter) => void, partition = 0): Uint8Array {
  const writer = new FrameWriter({ topic: 'logs', partition, epoch: 1 })
  write(writer)
  return writer.done({ frontier: T, now: T })
}

const line = (
  of: typeof OF | { cluster: string; member: null; name: string; known: null },
  ...args: Parameters<typeof lineAt>
) => frame((writer) => writer.line(writer.streamOf(of), of.known, lineAt(...args)))

describe('lines of the journal', () => {
  it('are taken once: by their place in their stream, and by what they say', () => {
    const core = newCorrelator(() => {})
    assert.deepEqual(core.counts, NOTHING)
    core.take(line(OF, 5, 1))
    assert.deepEqual(core.counts, { ...NOTHING, lines: 1 })
    core.take(line(OF, 5, 1))
    core.take(line(OF, 5, 0))
    core.take(line(OF, 4, 9))
    assert.deepEqual(core.counts, { ...NOTHING, lines: 1, again: 3 })
    core.take(line(OF, 5, 2, 1))
    core.take(line(OF, 6, 0, 2))
    assert.deepEqual(core.counts, { ...NOTHING, lines: 3, again: 3 })
    // The same line by another way.
    core.take(line({ ...OF, name: 'b' }, 1, 0, 2))
    assert.deepEqual(core.counts, { ...NOTHING, lines: 4, again: 3, duplicate: 1 })
  })

  it('may be of a cluster and of none of its members', () => {
    const core = newCorrelator(() => {})
    core.take(line({ cluster: 'demo', member: null, name: '', known: null }, 1))
    core.take(frame((writer) => writer.hear(writer.streamOf({ ...OF, member: null, known: null }), T)))
    assert.equal(core.counts.lines, 1)
    assert.deepEqual([...core.snapshot().ahead.slots], [])
    assert.deepEqual(core.snapshot().engine.announced, [])
  })

  it('of a stream without a time, or of nobody, are none', () => {
    const core = newCorrelator(() => {})
    core.take(frame((writer) => writer.line(writer.streamOf(OF), 'pg-0', { ...lineAt(1), time: Number.NaN })))
    assert.deepEqual(core.counts, NOTHING)
  })

  it('of readings count as samples, once; those of nobody known are none', () => {
    const core = newCorrelator(() => {})
    const failed = {
      kind: 'poll-failure',
      cluster: null,
      member: 'pg-0',
      time: T,
      path: '/patroni',
      error: 'refused',
    } as const
    const json = encodeReading(failed)
    const reading = (cluster: string | null, offset: number, bytes = json) =>
      frame((writer) => {
        const stream = writer.streamOf({ cluster, member: null, name: 'readings', known: null })
        writer.reading(stream, offset, 0, T, bytes)
      })
    core.take(reading(null, 1))
    assert.deepEqual(core.counts, NOTHING)
    core.take(reading('demo', 1))
    assert.deepEqual(core.counts, { ...NOTHING, samples: 1 })
    core.take(reading('demo', 2))
    assert.deepEqual(core.counts, { ...NOTHING, samples: 1, duplicate: 1 })
    assert.throws(() => core.take(reading('demo', 3, encoder.encode('{"kind":'))), { name: 'RangeError' })
    assert.throws(() => core.take(reading('demo', 4, encoder.encode('{"writeLsn":"?"}'))), { name: 'RangeError' })
  })
})

describe('a line that another release worded otherwise', () => {
  it('is recognised anew, with its holes', () => {
    const core = newCorrelator(() => {})
    const bytes = encoder.encode('2026-03-04 00:00:00,000 INFO: Lock owner: pg-1; I am pg-7')
    const message = { messageFrom: 30, messageTo: bytes.length }
    const told = { ...lineAt(1), entry: 'patroni\nwords that are no more', holes: Int32Array.of(0, 1), holeCount: 1 }
    core.take(
      frame((writer) => {
        const record = { ...told.record, bytes, ...message, to: bytes.length }
        writer.line(writer.streamOf(OF), 'pg-0', { ...told, record })
      }),
    )
    const [held] = core.snapshot().engine.held
    assert.match(held?.entry ?? '', /^patroni\nLock owner: /)
    const { bytes: kept = new Uint8Array(), holes = [] } = held ?? {}
    const names = [0, 2].map((at) => new TextDecoder().decode(kept.subarray(holes[at], holes[at + 1])))
    assert.deepEqual([names, holes.length], [['pg-1', 'pg-7'], 4])
  })
})

describe('the answer of a peer that a line quotes', () => {
  it('is a reading of that peer', () => {
    const core = newCorrelator(() => {})
    const said = 'Got response from pg-2 http://10.0.0.12:8008/patroni: {"state": "running", "role": "replica"}'
    const bytes = encoder.encode(`2026-03-04 00:00:00,000 INFO: ${said}`)
    core.take(
      frame((writer) => {
        const told = { ...lineAt(1), entry: 'patroni\nwords that are no more' }
        const record = { ...told.record, bytes, messageFrom: 30, messageTo: bytes.length, to: bytes.length }
        writer.line(writer.streamOf(OF), 'pg-0', { ...told, record })
      }),
    )
    assert.deepEqual(
      core.snapshot().engine.held.map(({ member, reading }) => [member, reading?.kind ?? null]),
      [
        ['pg-0', null],
        ['pg-2', 'sample'],
      ],
    )
  })
})

describe('what is no record of the journal', () => {
  it('is refused by its kind, and a state by its version', () => {
    const out = new ByteWriter()
    begin(out, 9)
    const core = newCorrelator(() => {})
    assert.deepEqual(Object.values(KIND), [1, 2, 3])
    assert.throws(() => core.take(out.done()), {
      name: 'RangeError',
      message: 'frame of kind 9: written by another release',
    })
    const state = { ...core.snapshot(), version: 2 } as unknown as CorrelatorState
    assert.throws(() => newCorrelator(() => {}).restore(state), /state of version 2, expected 1/)
  })
})
