import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sectionsOf } from '../../src/ingest/sections.ts'

const at = (second: number) =>
  `2026-03-04 05:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`
const says = (member: string, second: number) =>
  `${at(second)},100 INFO: no action. I am (${member}), the leader with the lock`
const beats = (member: string, from: number) => [0, 10, 20, 30, 40].map((second) => says(member, from + second))
const postgres = (second: number) => `${at(second)}.100 UTC [71] LOG:  received SIGHUP, reloading configuration files`

function cuts(lines: readonly string[], zone = 'UTC'): readonly (readonly [from: number, to: number])[] {
  return sectionsOf(lines, zone).map(({ from, to }) => [from, to])
}

describe('logs put one behind the other', () => {
  it('time that starts again begins another log, behind the boundary before it', () => {
    const first = beats('db-1', 100)
    assert.deepEqual(cuts([...first, '```', 'The other one:', '```', ...beats('db-2', 90)]), [
      [0, 8],
      [8, 13],
    ])
    assert.deepEqual(cuts([...first, ...beats('db-1', 20)]), [
      [0, 5],
      [5, 10],
    ])
  })

  it('a time that a message of PostgreSQL quotes is not when it was written', () => {
    const quoting = [
      `${at(50)}.100 UTC [71] LOG:  statement: select '${says('db-9', 5)}'`,
      `\t'${says('db-9', 5)}'`,
      `\t${postgres(5)}`,
    ]
    const lines = [postgres(40), ...beats('db-1', 41), ...quoting, ...beats('db-1', 91)]
    assert.deepEqual(cuts(lines), [[0, lines.length]])
  })

  it('time does not start again where the clock of their zone goes back', () => {
    const autumn = [
      '01:59:50',
      '02:00:10',
      '02:59:40',
      '02:59:50',
      '02:00:00',
      '02:20:00',
      '02:40:00',
      '02:59:59',
      '03:00:09',
    ].map((time) => `2026-10-25 ${time},100 INFO: no action. I am (db-1), the leader with the lock`)
    assert.deepEqual(cuts(autumn, 'Europe/Berlin'), [[0, 9]])
    assert.deepEqual(cuts(autumn, 'UTC'), [
      [0, 4],
      [4, 9],
    ])
  })

  it('behind a boundary another member speaks for good', () => {
    assert.deepEqual(cuts([...beats('db-1', 0), '', '**db-2**', postgres(60), ...beats('db-2', 60)]), [
      [0, 7],
      [7, 13],
    ])
  })

  it('behind the prompt of a shell another member speaks for good', () => {
    const prompts = ['$ journalctl -u patroni', 'root@db-2:~# tail patroni.log', '[postgres@db-2 ~]$ cat patroni.log']
    for (const prompt of prompts)
      assert.deepEqual(cuts([...beats('db-1', 0), prompt, postgres(50), ...beats('db-2', 50)]), [
        [0, 6],
        [6, 12],
      ])
  })

  it('behind a boundary another program speaks, of the same member', () => {
    const server = [postgres(0), postgres(10), postgres(20)]
    const lines = [...beats('db-1', 0), '', 'PostgreSQL:', ...server, '', ...beats('db-2', 0), '', ...server]
    assert.deepEqual(
      sectionsOf(lines, 'UTC').map(({ from, to, of }) => [from, to, of.from]),
      [
        [0, 7, 0],
        [7, 11, 0],
        [11, 17, 11],
        [17, 20, 11],
      ],
    )
  })

  it('a headline names another member, where there are two of them', () => {
    const server = [postgres(0), postgres(10), postgres(20)]
    const named = (...lines: readonly string[]) => sectionsOf(lines, 'UTC').map(({ from, member }) => [from, member])
    assert.deepEqual(named('Node 1:', '```', ...server, '```', '', 'Node 2 (10.1.2.3):', '```', ...server), [
      [0, 'node1'],
      [7, 'node2'],
    ])
    assert.deepEqual(named('Old primary', ...server, '## New primary', ...server), [[0, null]])
    assert.deepEqual(named('# Old primary', ...server, '## New primary', ...server), [
      [0, 'old-primary'],
      [4, 'new-primary'],
    ])
    assert.deepEqual(named('db1:', ...server, 'again on db1:', ...server), [[0, null]])
    assert.deepEqual(named('PostgreSQL 16.2 on db-1:', ...beats('db-1', 0), '', 'PG16 of db-2:', ...server), [
      [0, 'db-1'],
      [7, 'db-2'],
    ])
    assert.deepEqual(
      named(postgres(0), 'db-1:', `${postgres(1)} and more:`, '\tdb-2:', postgres(2), 'Traceback db-3:', ...server),
      [[0, null]],
    )
  })

  it('one log stays one', () => {
    const whole = (lines: readonly string[]) => assert.deepEqual(cuts(lines), [[0, lines.length]])
    whole([])
    whole(beats('db-1', 0))
    whole([...beats('db-1', 0), ...beats('db-2', 50)])
    whole([...beats('db-1', 0), '', ...beats('db-2', 50), '', ...beats('db-1', 100)])
    whole([...beats('db-1', 100)].reverse().concat([...beats('db-1', 0)].reverse()))
    whole([says('db-1', 7200), postgres(3600), says('db-1', 7210), postgres(3610), says('db-1', 7220)])
    whole([...beats('db-1', 0), says('db-1', 3000), ...beats('db-1', 50)])
    whole(Array.from({ length: 30 }, (_, index) => says('db-1', index % 2 === 0 ? 100 + index : index)))
  })
})
