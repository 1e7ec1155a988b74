/** Patroni's `log.format` as people set it: time, level and message found, whatever stands around them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loosePrefix } from '../../src/ingest/loose.ts'
import { names } from '../../src/ingest/names.ts'
import { lineReader } from '../../src/ingest/reader.ts'
import { localClock } from '../../src/ingest/time.ts'

const TIME = '2026-03-04 10:00:30,123'
const TEXTS = [
  'no action. I am (pg1), the leader with the lock',
  'Lock owner: pg1; I am pg2',
  'Error when fetching REST API: http://10.0.0.1:8008/patroni',
  '(403) Reason: Forbidden',
] as const
/** Where time, level and message stand. */
const FORMATS = [
  '{t} {l}: {m}',
  '{t} - {l} - {m}',
  '{t} - patroni.ha - {l} - {m}',
  '{t} [123] {l}: {m}',
  '{t} [{l}] {m}',
  '{t} [123] [{l}] [MainThread] {m}',
  '{t} {l} [patroni.ha] {m}',
  '{t} {l} patroni.ha: {m}',
  '{t} {l}:patroni.ha:{m}',
  '{t} {l}     : {m}',
  '{t} {l} (ha.py:1234) {m}',
  '{t} {l} ha:2040 run_cycle MainThread: {m}',
  '{t} MainThread ha:2040 {l} - {m}',
  '{t} | {l} | {m}',
  '[{t}] {l}: {m}',
  '[{t}][{l}] {m}',
  '[{t}][{l}][patroni.ha] {m}',
  '[{t}][123][MainThread][{l}]: {m}',
  '{t}|{l}|{m}',
  '{t} {l} | {m}',
  '{l}: {t}: {m}',
  '{l} {t} {m}',
] as const

const of = { clock: localClock('UTC'), latest: Number.NaN, day: 0 }

for (const format of FORMATS)
  test(format, () => {
    for (const text of TEXTS) {
      const line = format.replace('{t}', TIME).replace('{l}', 'WARNING').replace('{m}', text)
      const found = loosePrefix(line, of)
      assert.equal(found?.time, Date.UTC(2026, 2, 4, 10, 0, 30, 123), line)
      assert.equal(found?.level, 'WARNING', line)
      assert.equal(line.slice(found?.length), text)
    }
  })

test("PostgreSQL's severity, with its two blanks, is no level of Patroni", () => {
  const line = '2026-03-04 10:00:30.123 UTC [1] a@b ERROR:  deadlock detected'
  assert.equal(loosePrefix(line, of)?.program, 'postgres')
})

/** The first record of a text, as far as its prefix says it. */
function firstOf(line: string) {
  const reader = lineReader({ zone: 'UTC', names: names() })
  reader.push(Buffer.from(`${line}\n`))
  const outcome = reader.next()
  const { time, program, level, member, cluster, bytes, messageFrom, messageTo } = reader.record
  const message = Buffer.from(bytes.subarray(messageFrom, messageTo)).toString()
  return { outcome, time, program, level, member, cluster, message }
}

for (const format of [...FORMATS, '{t} | patroni.ha | {l} | {m}'])
  test(`${format}, a line of a file`, () => {
    const said = format.replace('{t}', TIME).replace('{l}', 'WARNING').replace('{m}', 'something new')
    const { outcome, time, level, message, member } = firstOf(said)
    const [outcomes, at] = ['line', Date.UTC(2026, 2, 4, 10, 0, 30, 123)]
    assert.deepEqual([outcome, time, level, message, member], [outcomes, at, 'WARNING', 'something new', null])
  })

test('a time with a mark behind it keeps its fraction', () => {
  for (const line of ['2026-03-04 10:00:30.123: [1] LOG:  x', '2026-03-04 10:00:30.123: pid 1: LOG:  x'])
    assert.equal(loosePrefix(line, of)?.time, Date.UTC(2026, 2, 4, 10, 0, 30, 123), line)
  assert.equal(loosePrefix('2026-03-04 10:00:30: [1] LOG:  x', of)?.time, Date.UTC(2026, 2, 4, 10, 0, 30))
})

for (const [name, begin] of [
  ['quoted', 'time="2026-01-10T00:00:00Z" level=warning'],
  ['not quoted', 'time=2026-01-10T00:00:00Z level=warning'],
  ['not quoted, called ts, with ms', 'ts=2026-01-10T00:00:00.000Z level=WARNING'],
] as const)
  test(`logfmt of postgres-operator whose time is ${name}`, () => {
    assert.deepEqual(firstOf(`${begin} msg="found \\"a\\" pod" cluster-name=db/demo pkg=cluster`), {
      outcome: 'line',
      time: Date.UTC(2026, 0, 10),
      program: 'operator',
      level: 'WARNING',
      member: null,
      cluster: 'db/demo',
      message: 'found "a" pod',
    })
  })

test('logfmt of other programs is no line of the operator', () => {
  for (const line of [
    'ts=2026-01-10T00:00:00Z caller=main.go:120 level=info msg="Listening on" address=:9187',
    'time=2026-01-10T00:00:00Z" level=info msg=m',
  ])
    assert.equal(loosePrefix(line, of), null)
})
