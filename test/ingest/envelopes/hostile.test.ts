import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { type Heard, newReader, read, shipped, take } from './records.ts'

const GOOD = '2026-11-22 19:13:39,257 INFO: no action. I am (pg-0), the leader with the lock'

/** What a record gives when good records stand before and after it, which must come through. */
function between(value: Uint8Array): Heard[] {
  const heard = read([GOOD, { value }, '2026-11-22 19:13:49,257 INFO: after'])
  assert.equal(heard[0]?.text, GOOD)
  // What is open at the end of the record may come out behind the next one.
  assert.deepEqual(
    heard.filter(({ offset }) => offset === 2).map(({ message }) => message),
    ['after'],
  )
  return heard.filter(({ offset }) => offset === 1)
}

/** A whole record of a few bytes is one outcome a line, and never more outcomes than bytes and one. */
function checkBounded(value: Uint8Array): void {
  const heard = between(value)
  assert(heard.length >= 1 && heard.length <= value.length + 1, `${heard.length} outcomes of ${value.length} bytes`)
  for (const { outcome, reason } of heard) assert(outcome !== 'rejected' || reason !== '')
}

const samples = ['fluent-bit.jsonl', 'otelcol.jsonl', 'telegraf.jsonl', 'rsyslog.jsonl', 'journalctl-kcat.jsonl']
  .flatMap(shipped)
  .filter(({ value }) => value.length < 4000)
  .map(({ value }) => value)

describe('a record of any bytes', () => {
  it('is read or rejected, and its neighbours are not touched', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), checkBounded), { numRuns: 500 })
  })

  it('that begins as a binary form does', () => {
    const starts = fc.constantFrom(
      [0x0a],
      [0x0a, 0x10, 0x12, 0x0e, 0x12, 0x0c],
      [0x81],
      [0xde, 0xff, 0xff],
      [0xdf, 0x7f, 0xff, 0xff, 0xff],
    )
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 200 }), (start, rest) =>
        checkBounded(Uint8Array.from([...start, ...rest])),
      ),
      { numRuns: 500 },
    )
  })

  it('that is any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => checkBounded(Buffer.from(`${text} `))),
      { numRuns: 500 },
    )
  })

  it('that a shipper wrote, cut, doubled or with a byte changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.nat(255),
        fc.constantFrom('cut', 'changed', 'doubled'),
        (value, where, byte, how) => {
          const at = where % value.length
          const copy = how === 'doubled' ? Buffer.concat([value, value]) : Buffer.from(value)
          if (how === 'changed') copy[at] = byte
          checkBounded(how === 'cut' ? copy.subarray(0, Math.max(1, at)) : copy)
        },
      ),
      { numRuns: 1500 },
    )
  })
})

describe('a record made to hurt', () => {
  const big = 5 * 1024 * 1024
  const hostile: Readonly<Record<string, () => Buffer>> = {
    'JSON nested a million times': () => Buffer.from(`${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`),
    'lists nested a million times': () => Buffer.from(`[{"log":${'['.repeat(1_000_000)}`),
    'JSON in JSON in JSON': () => {
      let text = GOOD
      for (let depth = 0; depth < 12; depth++) text = JSON.stringify({ log: text })
      return Buffer.from(text)
    },
    'five megabytes in one line': () => Buffer.from(JSON.stringify({ log: 'x'.repeat(big) })),
    'five megabytes of quotes': () => Buffer.alloc(big, '"'),
    'five megabytes of backslashes': () => Buffer.from(`{"log":"${'\\\\'.repeat(big / 2)}"}`),
    'five megabytes behind an influx tag': () => Buffer.from(`a,host=b value="${'\\\\'.repeat(big / 2)}`),
    'five megabytes of a csvlog that never ends': () =>
      Buffer.from(`2026-11-22 19:13:39.257 UTC,"${'\n2'.repeat(10_000)}`),
    'a key __proto__': () =>
      Buffer.from(
        '{"__proto__":{"log":"x","kubernetes":{"pod_name":"p"}},"constructor":{"prototype":{"log":"y"}},"x":1}',
      ),
    'a msgpack map of four billion': () => Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61]),
    'msgpack lists nested without end': () =>
      Buffer.concat([Buffer.from([0x81, 0xa1, 0x61]), Buffer.alloc(1_000_000, 0x91)]),
    'msgpack lists of lists of lists': () =>
      Buffer.concat([Buffer.from([0x81, 0xa1, 0x61]), Buffer.alloc(100_000, 0xdc)]),
    'protobuf nested without end': () => nested(1000),
    'a length beyond the end': () => Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x12]),
    'a varint without end': () => Buffer.alloc(64, 0xff).fill(0x0a, 0, 1),
  }
  for (const [name, make] of Object.entries(hostile))
    it(name, () => {
      const before = process.memoryUsage().heapUsed
      const heard = between(make())
      assert(heard.length >= 1)
      assert(process.memoryUsage().heapUsed - before < 512 * 1024 * 1024)
      assert.equal(({} as Record<string, unknown>).log, undefined)
    })

  it('an empty one, and one without a value', () => {
    const reader = newReader()
    const all: Heard[] = []
    for (const [offset, value] of [null, new Uint8Array(0), Buffer.from('\n')].entries()) {
      reader.push(value, { offset, key: null, headers: undefined, timestamp: 0 })
      take(reader, all)
    }
    assert.deepEqual(
      all.map(({ outcome, offset }) => `${outcome} ${offset}`),
      ['empty 0', 'empty 1', 'empty 2'],
    )
  })

  it('many writers: their number is bounded', () => {
    const reader = newReader()
    const all: Heard[] = []
    for (let offset = 0; offset < 70_000; offset++) {
      const value = Buffer.from(`{"log":"${GOOD}","kubernetes":{"pod_name":"pod-${offset}","namespace_name":"ns"}}`)
      reader.push(value, { offset, key: null, headers: undefined, timestamp: 0 })
      take(reader, all)
      const last = all.pop()
      assert.equal(last?.member, `pod-${offset}`)
      assert((last?.stream ?? 0) < 65_536)
    }
  })
})

/** An AnyValue that holds itself, so many levels deep, as the body of a log record. */
function nested(levels: number): Buffer {
  let value: Uint8Array = new BinaryWriter().tag(1, 2).string('deep').finish()
  for (let level = 0; level < levels; level++) {
    const list = new BinaryWriter().tag(1, 2).bytes(value).finish()
    value = new BinaryWriter().tag(5, 2).bytes(list).finish()
  }
  const record = new BinaryWriter().tag(5, 2).bytes(value).finish()
  const scope = new BinaryWriter().tag(2, 2).bytes(record).finish()
  const resource = new BinaryWriter().tag(2, 2).bytes(scope).finish()
  return Buffer.from(new BinaryWriter().tag(1, 2).bytes(resource).finish())
}
