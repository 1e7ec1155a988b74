import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NO_RULES } from '../../../src/ingest/envelopes/identity.ts'
import { recordReader } from '../../../src/ingest/envelopes/record-reader.ts'
import { names } from '../../../src/ingest/names.ts'
import { decoders } from '../../../src/io/decode/index.ts'

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
const reader = () =>
  recordReader({ zone: 'UTC', names: names(), decoders: decoders(), rules: { ...NO_RULES, member: ['key'] } })

interface Given {
  readonly key: string
  readonly value: string
}

/** What a reader makes of records; with a new reader for each, nothing was said before. */
function readAll(
  records: readonly Given[],
  anew: boolean,
): { readonly phrase: object | null; readonly seen: object }[] {
  let one = reader()
  return records.flatMap(({ key, value }, offset) => {
    if (anew) one = reader()
    one.push(encoder.encode(value), { offset, key: encoder.encode(key), headers: undefined, timestamp: -1 })
    const all: { phrase: object | null; seen: object }[] = []
    for (let outcome = one.next(); outcome !== 'more'; outcome = one.next()) {
      const { bytes, from, to, messageFrom, messageTo, time, program, level, member, line, index, phrase } = one.record
      const [message, text] = [
        decoder.decode(bytes.subarray(messageFrom, messageTo)),
        decoder.decode(bytes.subarray(from, to)),
      ]
      all.push({ phrase, seen: { outcome, message, text, time, program, level, member, line, index } })
    }
    return all
  })
}

const MESSAGES = [
  'INFO: no action. I am (pg-0), the leader with the lock',
  'INFO: no action. I am (pg-0), the leader with the lock ',
  'WARNING: no action. I am (pg-0), the leader with the lock',
  'INFO: PAUSE: no action. I am (pg-0), a secondary, and following a leader (pg-1)',
  'INFO: Lock owner: pg-1; I am pg-0',
  'ERROR: ',
  'INFO: é',
  'no level',
  `INFO: ${'long '.repeat(60)}`,
]

test('a line in a record that is repeated reads as one that is not', () => {
  const stamp = fc.constantFrom('10:00:00,000', '10:00:00,001', '10:00:59,999', '10:01:00,00', '10:61:00,000', '9:0')
  const line = fc.tuple(stamp, fc.constantFrom(...MESSAGES)).map(([time, text]) => `2026-01-10 ${time} ${text}`)
  const value = fc.tuple(fc.array(line, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '\n', '\r\n'))
  const record = fc.record({
    key: fc.constantFrom('pg-0', 'pg-1'),
    value: fc.oneof(
      value.map(([lines, end]) => lines.join('\n') + end),
      line.map((text) => JSON.stringify({ log: text, stream: 'stdout' })),
    ),
  })
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), (records) => {
      assert.deepEqual(
        readAll(records, false).map(({ seen }) => seen),
        readAll(records, true).map(({ seen }) => seen),
      )
    }),
  )
})

test('what a writer repeats is the same phrase, and another writer has its own', () => {
  const value = (second: number) => `2026-01-10 10:00:0${second},000 ${MESSAGES[0]}`
  const of = (key: string, second: number) => ({ key, value: value(second) })
  const [first, other, again] = readAll([of('pg-0', 0), of('pg-1', 1), of('pg-0', 2)], false)
  assert.ok(first !== undefined && first.phrase !== null)
  assert.equal(again?.phrase, first.phrase)
  assert.notEqual(other?.phrase, first.phrase)
})
