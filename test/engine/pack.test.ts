import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ByteReader, ByteWriter } from '../../src/engine/bytes.ts'
import { pack, unpack } from '../../src/engine/pack.ts'

const { plain } = fc.letrec((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null, true, false, Number.NaN, -0, Number.NEGATIVE_INFINITY),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.array(tie('plain')),
    fc.dictionary(fc.string(), tie('plain'), { noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('plain'))).map((entries) => new Map(entries)),
  ),
}))

describe('pack and unpack', () => {
  it('give back what was given', () => {
    fc.assert(fc.property(plain, (value) => assert.deepStrictEqual(unpack(pack(value)), value)))
  })

  it('refuse what is no plain data, and say where it is', () => {
    assert.throws(() => pack({ a: [1, { b: () => 1 }] }), /value\.a\[1\]\.b: expected plain data, got a function/)
    assert.throws(() => pack({ when: new Date(0) }), /value\.when: expected plain data, got a Date/)
  })

  it('keep a key named __proto__ as a key', () => {
    const value = JSON.parse('{"__proto__":{"a":1}}')
    assert.deepStrictEqual(Object.keys(unpack(pack(value)) as object), ['__proto__'])
  })

  it('refuse bytes that end too soon', () => {
    fc.assert(
      fc.property(plain, fc.nat(), (value, cut) => {
        const bytes = pack(value)
        assert.throws(() => unpack(bytes.subarray(0, cut % bytes.length)), RangeError)
      }),
    )
  })
})

describe('ByteWriter and ByteReader', () => {
  it('keep whole numbers up to 2^53', () => {
    fc.assert(
      fc.property(
        fc.array(fc.maxSafeNat()),
        fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 })),
        (counts, signed) => {
          const out = new ByteWriter()
          for (const value of counts) out.count(value)
          for (const value of signed) out.signed(value)
          const from = new ByteReader(out.done())
          assert.deepEqual(
            counts.map(() => from.count()),
            counts,
          )
          assert.deepEqual(
            signed.map(() => from.signed()),
            signed,
          )
        },
      ),
    )
  })
})
