import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { names } from '../../src/ingest/names.ts'
import { lineReader } from '../../src/ingest/reader.ts'
import { compile } from '../../src/ingest/recognise.ts'
import { loadParsers } from '../../src/io/shelves.ts'

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
const shelves = await loadParsers()

interface Read {
  readonly outcome: string
  readonly message: string
  readonly text: string
  readonly [field: string]: unknown
}

/** What the reader makes of the bytes, given to it in pieces of a size. */
function readAll(text: string, piece: number): readonly Read[] {
  const reader = lineReader({ zone: 'UTC', names: names() })
  const bytes = encoder.encode(text)
  const all: Read[] = []
  for (let at = 0; at <= bytes.length; at += piece) {
    reader.push(bytes.subarray(at, at + piece))
    if (at + piece > bytes.length) reader.end()
    for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next()) {
      const { bytes: of, from, to, messageFrom, messageTo, time, program, level, member } = reader.record
      const message = decoder.decode(of.subarray(messageFrom, messageTo))
      all.push({ outcome, message, text: decoder.decode(of.subarray(from, to)), time, program, level, member })
    }
  }
  return all
}

const FIRST = 'pg-9 postgres 2026-01-10 10:00:00,000 INFO: begin\n'
const MESSAGES = [
  'INFO: no action. I am (pg-0), the leader with the lock',
  'INFO: no action. I am (pg-0), the leader with the lock ',
  'WARNING: no action. I am (pg-0), the leader with the lock',
  'INFO: Lock owner: pg-1; I am pg-0',
  'INFO: Lock owner: pg-1; I am pg-0 ',
  'INFO: PAUSE: no action. I am (pg-0), a secondary, and following a leader (pg-1)',
  'ERROR: ',
  'INFO: é',
  'no level',
  `INFO: ${'long '.repeat(60)}`,
]

test('a line that is repeated reads as one that is not', () => {
  const stamp = fc.constantFrom('10:00:00,000', '10:00:00,001', '10:00:59,999', '10:01:00,00', '10:61:00,000', '9:0')
  const line = fc.tuple(stamp, fc.constantFrom(...MESSAGES), fc.constantFrom('', 'pg-0 postgres ', 'pg-1 postgres '))
  const end = fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n')
  fc.assert(
    fc.property(fc.array(fc.tuple(line, end)), fc.integer({ min: 1, max: 300 }), (rows, piece) => {
      const lines = rows.map(([[time, message, pod], ending]) => `${pod}2026-01-10 ${time} ${message}${ending}`)
      const behindPods = rows.map(([[time, message]], at) => `pg-${at % 2} postgres 2026-01-10 ${time} ${message}\n`)
      for (const all of [lines, behindPods]) {
        const [whole, cut] = [readAll(all.join(''), 1 << 16), readAll(all.join(''), piece)]
        assert.deepEqual(whole, cut)
        if (all === lines) continue
        // Each of them by itself, behind a line that shows how the file is written.
        const alone = all.map((one) => readAll(`${FIRST}${one}`, 1 << 16).slice(1))
        assert.deepEqual(readAll(`${FIRST}${all.join('')}`, 1 << 16).slice(1), alone.flat())
      }
    }),
    { numRuns: 200 },
  )
})

test('what is told to be noise by a few of its words is noise', async (t) => {
  const recogniser = compile(shelves)
  const view = (text: string): [Uint8Array, number, number] => [encoder.encode(text), 0, encoder.encode(text).length]
  let told = 0
  for (const { program, messages } of shelves) {
    for (const { samples } of messages) {
      for (const sample of samples) {
        for (const text of [sample, `${sample} more`, `${sample} `, sample.slice(0, -1), sample.slice(0, 12)]) {
          const [bytes, from, to] = view(text)
          // Asked twice: the first look at new bytes costs more than it saves, and says nothing.
          recogniser.isNoise(program, bytes, from, to)
          if (!recogniser.isNoise(program, bytes, from, to)) continue
          told++
          const entry = recogniser.entries[recogniser.match(program, bytes, from, to, false)]
          assert.equal(entry?.type, 'noise', `${program}: ${text}`)
        }
      }
    }
  }
  await t.test('and the most common ones are', () => {
    assert.ok(told > 600, `${told} of the samples`)
    for (const text of [
      'restartpoint starting: time',
      'connection received: host=10.2.0.1 port=5',
      'disconnection: session time: 0',
      'duration: 512.001 ms  statement: select 1',
      'received SIGHUP, reloading configuration files',
      'duplicate key value violates unique constraint "orders_pkey"',
    ]) {
      const [bytes, from, to] = view(text)
      recogniser.isNoise('postgres', bytes, from, to)
      assert.ok(recogniser.isNoise('postgres', bytes, from, to), text)
    }
  })
})
