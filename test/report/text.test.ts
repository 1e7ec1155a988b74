import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Effect } from '../../src/model/effect.ts'
import { labelled } from '../../src/report/layout.ts'
import { textReport } from '../../src/report/text.ts'
import { alert, T, transition } from './effects.ts'

function told(...effects: readonly Effect[]): string {
  const report = textReport({ zone: 'UTC', colour: false })
  return effects.map((effect) => report.effect(effect)).join('')
}

describe('the timeline', () => {
  it('says what changed, and why unless the words say it', () => {
    const text = told(
      transition(T, 'lockView', 'pg-0', 'it names pg-0 as leader'),
      transition(T + 1_000, 'upstream', 'none', 'primary_conninfo was removed'),
    )
    assert.match(text, /10:00:00 {2}pg-1 names pg-0 as leader\n/)
    assert.match(text, /10:00:01 {2}pg-1 follows nobody: primary_conninfo was removed\n/)
  })

  it('sets alerts apart by one blank line, before and after', () => {
    const text = told(
      transition(T, 'replication', 'stopped', 'its WAL receiver ended'),
      alert(T + 5_000),
      alert(T + 9_000, { status: 'resolved', endsAt: T + 9_000, endReason: 'proof', summary: 'it streams' }),
      transition(T + 10_000, 'replication', 'streaming', 'a receiver started'),
    )
    assert.doesNotMatch(text, /\n\n\n/)
    assert.deepEqual(
      text.split('\n\n').map((block) => block.trim().split('\n')[0]?.slice(0, 30)),
      [
        '── 2026-03-04 (UTC) ───────────',
        '10:00:05  CRITICAL replica-stal',
        '10:00:09  RESOLVED replica-stal',
        '10:00:10  pg-1 streams: a recei',
      ].map((start) => start.slice(0, 30)),
    )
  })

  it('shows a consequence under its cause, without a block of its own', () => {
    const text = told(alert(T), alert(T + 5_000, { rule: 'replica-view-stale', inhibitedBy: 'f' }))
    assert.match(text, /replica-view-stale.*a consequence of\s+the alert above/s)
    assert.equal(text.split('check ').length, 2)
  })

  it('is as wide as what it is shown on, and colours take no room', () => {
    const long = { ...transition(T, 'upstream', 'none', 'x '.repeat(100)), evidence: [] }
    for (const colour of [false, true]) {
      const report = textReport({ zone: 'UTC', colour, width: 60 })
      const text = report.effect(long) + report.effect(alert(T + 5_000, { summary: 'y '.repeat(100) }))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
      const lines = text.replace(/\u001b\[\d+m/g, '').split('\n')
      const wide = lines.filter((line) => line.length > 60 && !/^ {10}(check | {6}|└)/.test(line))
      assert.deepEqual(wide, [])
      assert.ok(lines.some((line) => line.length > 50))
    }
  })

  it('masks secrets and shows control characters harmlessly', () => {
    const line = 'LOG:  x \u001b[31m primary_conninfo = user=u password=hunter2 host=h'
    const text = told(alert(T, { evidence: [{ source: { file: 'a.log', line: 1 }, time: T, text: line }] }))
    assert.doesNotMatch(text, /hunter2/)
    assert.ok(!text.includes('\u001b'))
  })
})

describe('a text behind a label', () => {
  it('stands beside it', () => {
    assert.equal(
      labelled('pg-0  ', 'is the leader; runs PostgreSQL', 0, 32),
      'pg-0  is the leader; runs\n      PostgreSQL\n',
    )
  })

  it('stands below one that leaves no room, however long that is', () => {
    for (const length of [20, 100, 300]) {
      const name = 'n'.repeat(length)
      assert.equal(
        labelled(name, 'is the leader; runs PostgreSQL', 0, 40),
        `${name}\n  is the leader; runs PostgreSQL\n`,
      )
    }
  })
})
