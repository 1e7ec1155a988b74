import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { names } from '../../src/ingest/names.ts'
import { lineReader } from '../../src/ingest/reader.ts'

const decoder = new TextDecoder()

/** What the reader makes of lines, without where it stands in memory. */
function readAll(lines: readonly string[]): readonly object[] {
  const reader = lineReader({ zone: 'Europe/Berlin', names: names() })
  reader.push(new TextEncoder().encode(`${lines.join('\n')}\n`))
  reader.end()
  const all: object[] = []
  for (let outcome = reader.next(); outcome !== 'end'; outcome = reader.next()) {
    const { bytes, messageFrom, messageTo, time, program, level, member, cluster, stream, line, index } = reader.record
    const isText = outcome === 'line' || outcome === 'bare'
    const message = isText ? decoder.decode(bytes.subarray(messageFrom, messageTo)) : ''
    all.push({ outcome, message, time, program, level, member, cluster, stream, line, index })
  }
  return all
}

/** The same object with a member more, which says nothing, but might: such objects are parsed. */
function parsed(line: string): string {
  return line.replace(/\}$/, ',"logtag":"Perhaps"}')
}

function sameEitherWay(lines: readonly string[]): void {
  assert.deepEqual(readAll(lines), readAll(lines.map(parsed)))
}

/** A line of a container runtime; with more of a tag it is read as text. */
function cri(line: string, tag = 'F'): string {
  return `2026-10-25T00:30:26.417593801Z stdout ${tag} ${line}`
}

const STAMP = '2026-10-25 02:30:26,394'
const HEARTBEAT = 'no action. I am (pg-0), the leader with the lock'

test('a log of JSON is read alike from its bytes and from its objects', async (t) => {
  await t.test("Patroni's own keys", () => {
    sameEitherWay([`{"asctime":"${STAMP}","levelname":"INFO","message":"${HEARTBEAT}"}`])
  })
  await t.test('keys renamed, in another order, with numbers and objects between', () => {
    sameEitherWay([
      `{ "lvl": "WARNING", "n": -1.5e3, "at": "${STAMP}", "msg": "${HEARTBEAT}", "o": {"level": "ERROR", "a": [1, "}"]} }`,
    ])
  })
  await t.test('two messages, two stamps', () => {
    sameEitherWay([
      `{"msg":"second","message":"first","at":"2026-01-01 00:00:00,000","time":"${STAMP}","level":"INFO"}`,
      `{"created":"2026-01-01 00:00:00.001","seen":"2026-01-01 00:00:00.002","level":"INFO","message":"m"}`,
      `{"timestamp":"soon","ts":"${STAMP}","level":"INFO","message":"m"}`,
    ])
  })
  await t.test('stamps in other forms, broken ones, days that do not exist', () => {
    for (const stamp of [
      '2026-01-10T00:00:00.145Z',
      '2026-01-10 00:00:00',
      '2026-02-30 00:00:00,000',
      '1768003200.145',
    ])
      sameEitherWay([`{"time":"${stamp}","level":"INFO","message":"m"}`])
  })
  await t.test('messages that are levels, stamps, lines, or empty', () => {
    for (const message of ['INFO', STAMP, `${STAMP} INFO: inner`, `[${STAMP}] x`, '', ' ', '[1] x'])
      sameEitherWay([`{"time":"${STAMP}","level":"INFO","message":"${message}"}`])
  })
  await t.test('escapes in the message', () => {
    sameEitherWay([`{"time":"${STAMP}","level":"INFO","message":"a \\"b\\" \\n c"}`])
  })
  await t.test('objects of other programs', () => {
    for (const other of [
      `{"log":"${STAMP} INFO: ${HEARTBEAT}\\n","stream":"stdout","time":"2026-10-25T00:30:26.4Z"}`,
      `{"log":"bare\\r\\n","stream":"stderr","time":"2026-10-25T00:30:26.4Z"}`,
      `{"log":"  File \\"x.py\\", line 1\\n","stream":"stderr","time":"2026-10-25T00:30:26.4Z"}`,
      `{"log":"\\n","stream":"stdout","time":"2026-10-25T00:30:26.4Z"}`,
      `{"log":"2026-10-25 02:30:26.394 UTC [1] DETAIL:  more\\n","stream":"stdout","time":"2026-10-25T00:30:26.4Z"}`,
      '{"ts":1,"caller":"exporter/main.go:1","msg":"scrape finished","targets":[1,2,3]}',
      `{"timestamp":"2026-10-25 02:30:26.394 UTC","error_severity":"LOG","message":"ready"}`,
      `{"level":"info","msg":"m","pkg":"cluster","cluster-name":"ns/c","time":"2026-10-25T00:30:26Z"}`,
      '{"message":"m","host":"pg-7","level":"INFO"}',
      '{"a":1}',
      '{"a":{}}',
    ])
      sameEitherWay([`{"asctime":"${STAMP}","levelname":"INFO","message":"${HEARTBEAT}"}`, other, other])
  })
})

test('a line of a container runtime is read alike from its bytes and as text', () => {
  const logs = [
    `${STAMP} INFO: ${HEARTBEAT}`,
    '2026-10-25 02:30:26.394 UTC [1] LOG:  database system is ready to accept connections',
    '2026-10-25 02:30:26.394 UTC [1] DETAIL:  more',
    'Traceback (most recent call last):',
    '  File "x.py", line 1',
    `{"time":"${STAMP}","level":"INFO","message":"${HEARTBEAT}"}`,
    `{"timestamp":"2026-10-25 02:30:26.394 UTC","error_severity":"LOG","message":"ready"}`,
    `\u001b[32m${STAMP} INFO: coloured\u001b[0m`,
    `${STAMP} - bootstrapping - INFO - Figuring out`,
    '',
    ' ',
    'é',
  ]
  assert.deepEqual(readAll(logs.map((line) => cri(line))), readAll(logs.map((line) => cri(line, 'F:more'))))
  const parts = [cri('cut ', 'P'), cri('in two'), cri(`${STAMP} INFO: a`, 'P'), cri('cut one'), cri(`${STAMP} INFO: b`)]
  assert.equal(readAll(parts).length, 3)
})

test('any object is read alike from its bytes and by parsing', () => {
  const key = fc.constantFrom('time', 'ts', 'at', 'level', 'lvl', 'message', 'msg', 'log', 'stream', 'n', '7', 'a.b')
  const text = fc.constantFrom(
    STAMP,
    '2026-10-25 02:30:26',
    'INFO',
    'ERROR',
    HEARTBEAT,
    '',
    ' ',
    `${STAMP} INFO: x`,
    '[x',
  )
  const value = fc.oneof({ arbitrary: text, weight: 6 }, fc.integer(), fc.constant(null), fc.constant([1, 'INFO']))
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, minLength: 1 })),
      (rows) => {
        const lines = rows.map((row) => `{${row.map(([name, of]) => `"${name}":${JSON.stringify(of)}`).join(', ')}}`)
        sameEitherWay(lines)
      },
    ),
    { numRuns: 200 },
  )
})
