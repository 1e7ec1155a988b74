import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { frameKind, KIND } from '../../src/journal/frame.ts'
import { FrameReader } from '../../src/journal/frame-reader.ts'
import { type FrameLine, FrameWriter } from '../../src/journal/frame-writer.ts'

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
})
