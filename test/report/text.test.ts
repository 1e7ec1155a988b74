import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Alert, Effect } from '../../src/model/effect.ts'
import { labelled } from '../../src/report/layout.ts'
import { recordsText } from '../../src/report/summary-text.ts'
import { textReport } from '../../src/report/text.ts'
import { alert, event, T, transition } from './effects.ts'
import { summary } from './html/kit.ts'

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
    assert.match(text, /10:00:01 {2}pg-1 has no upstream: primary_conninfo was removed\n/)
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

  it('tells an alert that is said again from one that begins', () => {
    const title = (given: Partial<Alert>) => told(alert(T, given)).split('\n')[1]
    assert.match(title({}) as string, /replica-stalled {2}demo\/pg-1 ─/)
    assert.match(title({ was: 'warning', startsAt: T - 60_000 }) as string, /pg-1 \(was warning\) ─/)
    assert.match(title({ startsAt: T - 60_000 }) as string, /pg-1 \(firing since 09:59:00\) ─/)
  })

  it('shows a consequence with its cause, without a block of its own', () => {
    const consequence = { rule: 'replica-view-stale', fingerprint: 'g', inhibitedBy: 'f' }
    const other = { rule: 'no-leader', fingerprint: 'h', member: null, subject: 'demo' }
    const text = told(alert(T), alert(T, other), alert(T + 5_000, consequence))
    assert.match(text, /replica-view-stale.*\(a consequence of replica-stalled of pg-1\)/s)
    assert.equal(text.split('check ').length, 3)
    assert.match(told(alert(T, consequence)), /\(a consequence of another alert\)/)
  })

  it('names whose lines were repeated, with the cluster where there are several, or no member at all', () => {
    const line = { member: null, cluster: 'other' }
    const text = told(
      event(T, 'failsafe.holding'),
      ...[1, 2, 3].map((second) => ({ ...event(T + second * 1_000, 'operator.rolling-update'), ...line })),
      { ...event(T + 4_000, 'operator.pod-deleted'), ...line },
    )
    assert.match(text, /other\/\*: 3 × operator\.rolling-update until 10:00:03/)
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

describe('the counts of a summary', () => {
  const none = { noise: 0, continuation: 0, unrecognised: 0, rejected: 0, duplicate: 0, late: 0, empty: 0 }
  it('are said in words', () => {
    const many = summary({ records: { total: 5, events: 2, samples: 2, ...none, noise: 1 }, transitions: 2 })
    assert.equal(recordsText(many), '5 records: 2 events, 2 samples, 1 noise; 2 changes of state')
    const one = summary({ records: { total: 1, events: 1, samples: 0, ...none }, transitions: 1 })
    assert.equal(recordsText(one), '1 record: 1 event; 1 change of state')
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
