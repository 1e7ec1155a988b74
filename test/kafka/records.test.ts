import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { decodeRecords } from '../../src/io/kafka/wire/records.ts'

/** Batches that no broker takes or that only a broken disk brings: the reader goes on behind them. */

/** A record batch of the present format; `payload` are the records as they lie in it. */
function batch(base: number, count: number, attributes: number, payload: Buffer, magic = 2): Buffer {
  const header = Buffer.alloc(61)
  header.writeBigInt64BE(BigInt(base), 0)
  header.writeInt32BE(61 - 12 + payload.length, 8)
  header.writeInt8(magic, 16)
  header.writeInt16BE(attributes, 21)
  header.writeInt32BE(count - 1, 23)
  header.writeBigInt64BE(1_700_000_000_000n, 27)
  header.writeBigInt64BE(1_700_000_000_999n, 35)
  header.writeBigInt64BE(-1n, 43)
  header.writeInt32BE(count, 57)
  return Buffer.concat([header, payload])
}

/** Lengths are written as twice their value: the lowest bit is the sign. */
function record(delta: number, value: string): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 0, delta * 2, 1, value.length * 2]),
    Buffer.from(value),
    Buffer.from([0]),
  ])
  return Buffer.concat([Buffer.from([body.length * 2]), body])
}

const two = (a: string, b: string) => Buffer.concat([record(0, a), record(1, b)])
const GZIP = 1
const texts = (records: readonly { readonly value: Buffer | null }[]) => records.map(({ value }) => String(value))

describe('record batches', () => {
  it('are read one after the other, from the offset asked on', async () => {
    const bytes = Buffer.concat([batch(10, 2, 0, two('a', 'b')), batch(12, 2, GZIP, gzipSync(two('c', 'd')))])
    const { records, next, unreadable } = await decodeRecords(bytes, 11, [])
    assert.deepEqual([texts(records), next, unreadable], [['b', 'c', 'd'], 14, []])
    assert.deepEqual(
      records.map(({ offset }) => offset),
      [11, 12, 13],
    )
  })

  it('that are cut at the end come with the next fetch', async () => {
    const whole = batch(0, 2, 0, two('a', 'b'))
    const bytes = Buffer.concat([whole, batch(2, 2, 0, two('c', 'd')).subarray(0, -1)])
    assert.equal((await decodeRecords(bytes, 0, [])).next, 2)
  })

  for (const [name, broken] of [
    ['that cannot be unpacked', batch(2, 2, GZIP, Buffer.from('no gzip'))],
    ['of an unknown codec', batch(2, 2, 6, two('x', 'y'))],
    ['whose lengths lie', batch(2, 2, 0, Buffer.from([0xfe, 0xff, 0x03, 0, 0, 0, 1, 0xfe, 0xff, 0x03]))],
    ['with fewer records than they say', batch(2, 2, 0, record(0, 'x'))],
    ['of the format before 0.11', batch(2, 2, 0, two('x', 'y'), 1)],
  ] as const) {
    it(`${name} are passed over and told`, async () => {
      const bytes = Buffer.concat([batch(0, 2, 0, two('a', 'b')), broken, batch(4, 2, 0, two('c', 'd'))])
      const { records, next, unreadable } = await decodeRecords(bytes, 0, [])
      assert.deepEqual([texts(records), next], [['a', 'b', 'c', 'd'], 6])
      assert.deepEqual(
        unreadable.map(({ from }) => from),
        [2],
      )
    })
  }

  it('with many records in one are no matter of the stack', async () => {
    const count = 300_000
    const payload = Buffer.concat(Array.from({ length: count }, () => record(0, 'x')))
    assert.equal((await decodeRecords(batch(0, count, 0, payload), 0, [])).records.length, count)
  })
})
