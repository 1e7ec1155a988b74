import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rejoined } from '../../src/ingest/rejoin.ts'

const at = (second: number) => `2026-03-04 05:06:${String(second).padStart(2, '0')}`
const patroni = (second: number, message: string) => `${at(second)},100 INFO: ${message}`
const LOG = [
  ...[0, 10, 20, 30].map((second) =>
    patroni(second, 'no action. I am (db-2), a secondary, and following a leader (db-1)'),
  ),
  `${at(31)}.100 UTC [80] FATAL:  could not receive data from WAL stream: server closed the connection unexpectedly`,
  'server signaled',
  patroni(35, 'promoted self to leader by acquiring session lock'),
  patroni(40, 'no action. I am (db-2), the leader with the lock'),
]
const fold = (line: string, width: number) => line.match(new RegExp(`.{1,${width}}`, 'g')) ?? ['']
/** As a mail program breaks it. */
function wrapped(line: string, width: number): readonly string[] {
  const parts = ['']
  for (const word of line.split(' ')) {
    const last = parts.at(-1) as string
    if (last !== '' && last.length + 1 + word.length > width) parts.push(word)
    else parts[parts.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return parts
}
const told = (lines: readonly string[]) => rejoined(lines)?.filter((line) => line !== '')

describe('lines that were broken', () => {
  it('at the width of a terminal are put together', () => {
    for (const width of [80, 84, 90]) assert.deepEqual(told(LOG.flatMap((line) => fold(line, width))), LOG)
    const journal = LOG.map((line) => `Mar  4 05:06:00 db-host patroni[812]: ${line}`)
    for (const width of [80, 100, 120]) assert.deepEqual(told(journal.flatMap((line) => fold(line, width))), journal)
  })

  it('where a terminal does not show the blank at its edge', () => {
    assert.deepEqual(told(LOG.flatMap((line) => fold(line, 80).map((part) => part.trimEnd()))), LOG)
  })

  it('by a mail program, quoted or not', () => {
    const mail = LOG.flatMap((line) => wrapped(line.replace(/ {2}/g, ' '), 76))
    const whole = LOG.map((line) => line.replace(/ {2}/g, ' '))
    assert.deepEqual(told(mail), whole)
    assert.deepEqual(
      told(mail.map((line) => `> ${line}`)),
      whole.map((line) => `> ${line}`),
    )
  })

  it('leave their places empty, so that lines keep their numbers', () => {
    const lines = LOG.flatMap((line) => fold(line, 80))
    assert.equal(rejoined(lines)?.length, lines.length)
  })

  it('a log that is not broken is left alone', () => {
    const beats = Array.from({ length: 40 }, (_, second) =>
      patroni(second, 'no action. I am (db-2), the leader with the lock'),
    )
    const traceback = [
      'Traceback (most recent call last):',
      '  File "/usr/lib/python3/dist-packages/patroni/ha.py", line 1989, in run_cycle',
      '    info = self._run_cycle()',
      "KeyError: 'leader'",
    ]
    const helpers = [
      'localhost:5432 - rejecting connections',
      'localhost:5432 - accepting connections',
      'server signaled',
    ]
    for (const lines of [
      LOG,
      beats,
      [...beats, ...traceback, ...beats, ...traceback],
      [...LOG, ...helpers, ...LOG, ...helpers],
      [],
    ])
      assert.equal(rejoined(lines), null)
  })
})
