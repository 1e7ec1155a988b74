import assert from 'node:assert/strict'
import { it } from 'node:test'
import { probe } from '../../src/ingest/probe.ts'

const encoder = new TextEncoder()
const NOTHING = new Uint8Array(0)

function look(...lines: string[]) {
  return probe(encoder.encode(lines.join('\n')), NOTHING)
}

it('reads the stamps of all formats', () => {
  const at = Date.UTC(2026, 2, 1, 12, 0, 1)
  const known: Record<string, number> = {
    '2026-03-01 12:00:01,250 INFO: no action': at + 250,
    '2026-03-01 12:00:01 UTC [12]: [1-1] LOG:  text': at,
    '2026-03-01 12:00:01.250 UTC,"u","d",12,,': at + 250,
    '{"asctime": "2026-03-01 12:00:01,250", "levelname": "INFO"}': at + 250,
    '{"level":"info","time":"2026-03-01T14:00:01+02:00"}': at,
    '2026-03-01T12:00:01.250999Z stdout F text': at + 250,
    '2026-03-01 07:00:01-0500 text': at,
    '<14>1 2026-03-01T12:00:01Z host app': at,
    'INFO: 2026/03/01 12:00:01.250 wal-g': at + 250,
    '{"t": 1772366401.25, "line": "x"}': at + 250,
  }
  for (const [line, time] of Object.entries(known)) assert.equal(look(line).first, time, line)
  assert.deepEqual(look('Mar  1 12:00:01 host app: text'), { first: null, last: null, newestFirst: false })
  assert.deepEqual(look('no stamp', '2026-99-01 12:00:01 none'), { first: null, last: null, newestFirst: false })
})

const stamped = (second: number, text = 'INFO: x') => `2026-03-01 12:00:${String(second).padStart(2, '0')},000 ${text}`

it('judges the direction by most steps', () => {
  assert.equal(look(stamped(5), stamped(4), 'Traceback', stamped(3), stamped(2)).newestFirst, true)
  assert.equal(look(stamped(5), stamped(4), stamped(6), stamped(3), stamped(2), stamped(1)).newestFirst, true)
  assert.equal(look(stamped(1), stamped(2), stamped(3), stamped(1)).newestFirst, false)
  // Two clocks in one stream go up as often as down.
  const other = (second: number) => `2026-03-01 10:00:${second + 10},000 INFO: x`
  assert.equal(look(stamped(1), other(1), stamped(2), other(2), stamped(3), other(3), stamped(4)).newestFirst, false)
  // Two lines may be out of order by a little.
  assert.equal(look(stamped(9), stamped(1)).newestFirst, false)
  assert.equal(look(stamped(59), stamped(1)).newestFirst, true)
  assert.equal(look('Mar  2 00:00:00 h a: b', 'Mar  1 00:00:00 h a: b').newestFirst, true)
})

it('sees that a file of many writers is newest first, although each line may step up', () => {
  const line = (second: number, ms: number): string =>
    `pod-${ms % 3} c ${new Date(Date.UTC(2026, 2, 1) + second * 1000 + ms).toISOString().slice(0, 23).replace('T', ' ')} UTC [1] LOG:  x`
  const jittered = Array.from({ length: 400 }, (_, at) => line(at >> 2, (at * 377) % 900))
  const [early, late] = [jittered.slice(0, 200), jittered.slice(200)]
  const text = (lines: readonly string[]): Uint8Array => encoder.encode(lines.join('\n'))
  assert.equal(probe(text(early), text(late)).newestFirst, false)
  assert.equal(probe(text(late.toReversed()), text(early.toReversed())).newestFirst, true)
})
