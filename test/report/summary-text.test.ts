import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Summary } from '../../src/model/summary.ts'
import { atTheEnd } from '../../src/report/summary-text.ts'
import { zoneTimes } from '../../src/report/zone.ts'
import { T } from './effects.ts'

const words = (state: Readonly<Record<string, string>>) => {
  const claims = Object.entries(state).map(([facet, value]) => [facet, { value, since: T }])
  const member = { cluster: 'demo', member: 'pg-1', state: Object.fromEntries(claims) }
  return atTheEnd(member, { members: [member], open: [] }, zoneTimes('UTC'))
}

it('a member at the end is paused if it is, and nothing is said of what is not known', () => {
  assert.equal(
    words({ role: 'leader', paused: 'yes' }),
    'is the leader since 10:00:00; is paused (maintenance mode) since 10:00:00',
  )
  assert.equal(words({ role: 'leader', paused: 'no' }), 'is the leader since 10:00:00')
  assert.equal(words({ role: 'unknown', paused: 'no' }), 'nothing is known of it')
})

it('a leader after whom another one took the lock was the leader, by its own last word', () => {
  const leader = (member: string, since: number, cluster = 'demo') => ({
    cluster,
    member,
    state: { role: { value: 'leader', since } },
  })
  const [old, next] = [leader('pg-0', T), leader('pg-1', T + 60_000)]
  const said = (member: typeof old, members: readonly (typeof old)[], open: Summary['open'] = []) =>
    atTheEnd(member, { members, open }, zoneTimes('UTC'))
  assert.equal(said(old, [old, next]), 'was the leader since 10:00:00 by its own last word')
  assert.equal(said(next, [old, next]), 'is the leader since 10:01:00')
  assert.equal(said(old, [old, leader('pg-1', T + 60_000, 'other')]), 'is the leader since 10:00:00')
  const both = { rule: 'two-leaders', cluster: 'demo', subject: 'demo', severity: 'critical', since: T, confirmed: T }
  assert.equal(said(old, [old, next], [both]), 'is the leader since 10:00:00')
})
