import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { frameKind, KIND } from '../../src/journal/frame.ts'
import { FrameReader } from '../../src/journal/frame-reader.ts'
import { type FrameLine, FrameWriter } from '../../src/journal/frame-writer.ts'
import { begunSlots, type HeardAhead, hearAhead } from '../../src/journal/heard.ts'

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
const HEAD = { topic: 'logs', partition: 3, epoch: 7 }
const STREAM = { cluster: 'demo', member: 'pg-0', name: '', known: 'pg-0' }
const STAMP = 24
const MESSAGE = 'INFO: Lock owner: pg-1; I am pg-0'

/** A line as it lies among others in a buffer: `before` bytes stand in front of it. */
function line(second: number, offset: number, before: number): FrameLine {
  const text = `2026-01-10 10:00:${String(second).padStart(2, '0')},000 ${MESSAGE}`
  const from = before
  const messageFrom = from + STAMP + 'INFO: '.length
  const to = from + text.length
  const place = { line: offset, index: 0, from, to, messageFrom, messageTo: to }
  return {
    record: { ...place, program: 'patroni', level: 'INFO', bytes: encoder.encode('x'.repeat(before) + text) },
    time: Date.UTC(2026, 0, 10, 10, 0, second),
    paused: true,
    entry: 'patroni\nlock.owner-seen',
    member: 'pg-2',
    holes: Int32Array.of(messageFrom + 12, messageFrom + 16, to - 4, to),
    holeCount: 2,
    meaning: true,
  }
}

/** All that a reader says of the lines of a frame. */
function read(bytes: Uint8Array): readonly object[] {
  const frame = new FrameReader(bytes)
  const all: object[] = []
  while (frame.next()) {
    const text = (from: number, to: number): string => decoder.decode(frame.bytes.subarray(from, to))
    const { stream, offset, index, time, program, level, paused, entry, member, holes, holeCount } = frame
    const found = Array.from({ length: holeCount }, (_, at) =>
      text(holes[2 * at] as number, holes[2 * at + 1] as number),
    )
    const [quoted, message] = [text(frame.from, frame.to), text(frame.messageFrom, frame.messageTo)]
    all.push({ stream, offset, index, time, program, level, paused, entry, member, quoted, message, found })
  }
  return all
}

const LINES = [line(1, 10, 0), line(11, 12, 5), line(21, 15, 300), line(31, 16, 1)]

function written(write: (frame: FrameWriter, stream: number) => void): Uint8Array {
  const frame = new FrameWriter(HEAD)
  write(frame, frame.streamOf(STREAM))
  return frame.done({ frontier: 1, now: 2 })
}

const plainly = written((frame, stream) => {
  for (const each of LINES) frame.line(stream, 'pg-0', each)
})

describe('a frame of observations', () => {
  it('tells a line once in full and then again as if each were told in full', () => {
    const briefly = written((frame, stream) => {
      frame.line(stream, 'pg-0', LINES[0] as FrameLine)
      const number = frame.keep(stream, 'pg-0', LINES[1] as FrameLine)
      for (const { time, record } of LINES.slice(2)) frame.again(number, stream, time, record, STAMP)
    })
    assert.deepEqual(read(briefly), read(plainly))
    assert.ok(briefly.length < plainly.length)
  })

  it('keeps what a line says from the one between it and the next time it is told', () => {
    const between = { ...(LINES[0] as FrameLine), holes: Int32Array.of(0, 1, 2, 3), holeCount: 2 }
    const mixed = written((frame, stream) => {
      const number = frame.keep(stream, 'pg-0', LINES[1] as FrameLine)
      frame.line(stream, 'pg-0', between)
      frame.again(number, stream, (LINES[2] as FrameLine).time, (LINES[2] as FrameLine).record, STAMP)
    })
    assert.deepEqual(read(mixed).at(-1), read(plainly).at(2))
  })

  it('is read as the version before wrote it, and refused as one to come', () => {
    const [before, after] = [plainly.slice(), plainly.slice()]
    before[2] = 1
    after[2] = 3
    assert.equal(frameKind(before), KIND.lines)
    assert.deepEqual(read(before), read(plainly))
    assert.throws(() => frameKind(after), /frame of version 3, expected 1 to 2: written by another release/)
  })

  it('is refused when it tells again what it never told', () => {
    const bad = written((frame, stream) => {
      const { time, record } = LINES[0] as FrameLine
      frame.again(5, stream, time, record, STAMP)
    })
    assert.throws(() => read(bad), { name: 'RangeError', message: /line 5 told again, 0 kept/ })
  })

  it('is refused when it is none, or its line is shorter than its stamp', () => {
    for (const at of [0, 1]) {
      const other = plainly.slice()
      other[at] = 0
      assert.throws(() => frameKind(other), { name: 'RangeError', message: 'no frame of observations' })
    }
    const [first] = LINES as [FrameLine]
    const { record } = first
    const again = (stamp: number) =>
      written((frame, stream) => {
        frame.again(frame.keep(stream, 'pg-0', first), stream, first.time, record, stamp)
      })
    const whole = record.to - record.from
    assert.equal(read(again(whole)).length, 2)
    const long = { ...record, bytes: encoder.encode(`${'y'.repeat(whole + 1)}`) }
    const bad = written((frame, stream) => {
      frame.again(frame.keep(stream, 'pg-0', first), stream, first.time, long, whole + 1)
    })
    assert.throws(() => read(bad), { name: 'RangeError', message: /a stamp longer than its line/ })
  })

  it('tells lines without an entry, a time or a meaning as such', () => {
    const [first] = LINES as [FrameLine]
    const bare = { ...first, entry: null, time: Number.NaN, member: null, paused: false, meaning: false, holeCount: 0 }
    const [line] = read(written((frame, stream) => frame.line(stream, 'pg-0', bare)))
    assert.deepEqual(line, {
      stream: 0,
      offset: 10,
      index: 0,
      time: Number.NaN,
      program: 'patroni',
      level: 'INFO',
      paused: false,
      entry: -1,
      member: null,
      quoted: '',
      message: '',
      found: [],
    })
  })

  it('tells the head of a line that is longer than 256 KiB', () => {
    const [first] = LINES as [FrameLine]
    const bytes = encoder.encode('z'.repeat(300_000))
    const record = { ...first.record, bytes, from: 0, to: 300_000, messageFrom: 10, messageTo: 300_000 }
    const holes = Int32Array.of(299_000, 300_000, 20, 30)
    const frame = new FrameReader(written((frame, stream) => frame.line(stream, 'pg-0', { ...first, record, holes })))
    assert.ok(frame.next())
    assert.deepEqual([frame.to - frame.from, frame.messageTo - frame.messageFrom], [262_144, 262_134])
    assert.deepEqual(
      [...frame.holes.subarray(0, 4)].map((bound) => bound - frame.from),
      [262_144, 262_144, 20, 30],
    )
  })

  it('notes when a writer was heard, by slots of 5 s: the latest and the first time of each', () => {
    const times = [7_000, 5_000, 9_999, 10_000, 4_999, 6_000]
    const bytes = written((frame, stream) => {
      for (const time of times) frame.hear(stream, time)
      frame.hear(frame.streamOf({ ...STREAM, name: 'other' }), 20_000)
    })
    const frame = new FrameReader(bytes)
    assert.equal(frame.next(), false)
    assert.deepEqual(
      [...frame.heard()],
      [
        { stream: 0, latest: 9_999, first: 5_000 },
        { stream: 0, latest: 10_000, first: 10_000 },
        { stream: 0, latest: 4_999, first: 4_999 },
        { stream: 1, latest: 20_000, first: 20_000 },
      ],
    )
  })
})

describe('what was heard ahead of the watermark', () => {
  it('is kept by slots, the latest and the first time of each writer, and told from a begun slot on', () => {
    const ahead: HeardAhead = { slots: new Map() }
    hearAhead(ahead, 'demo', 'pg-0', 9_000, 8_000)
    hearAhead(ahead, 'demo', 'pg-0', 7_000, 5_000)
    hearAhead(ahead, 'demo', 'pg-0', 9_500, 9_200)
    hearAhead(ahead, 'demo', 'pg-1', 9_000, 9_000)
    hearAhead(ahead, 'demo', 'pg-0', 20_000, 20_000)
    hearAhead(ahead, 'demo', 'pg-0', 4_999, 4_000)
    assert.deepEqual(
      [...(ahead.slots.get(5_000)?.values() ?? [])].map(({ member, latest, first }) => [member, latest, first]),
      [
        ['pg-0', 9_500, 5_000],
        ['pg-1', 9_000, 9_000],
      ],
    )
    assert.deepEqual(begunSlots(ahead, -1), [])
    assert.deepEqual(begunSlots(ahead, 4_999), [0])
    assert.deepEqual(begunSlots(ahead, 5_000), [0, 5_000])
    assert.deepEqual(begunSlots(ahead, 60_000), [0, 5_000, 20_000])
  })
})
