import assert from 'node:assert/strict'
import { it } from 'node:test'
import { atTheEnd } from '../../src/report/summary-text.ts'
import { zoneTimes } from '../../src/report/zone.ts'
import { T } from './effects.ts'

const words = (state: Readonly<Record<string, string>>) => {
  const claims = Object.entries(state).map(([facet, value]) => [facet, { value, since: T }])
  return atTheEnd({ cluster: 'demo', member: 'pg-1', state: Object.fromEntries(claims) }, zoneTimes('UTC'))
}

it('a member at the end is paused if it is, and nothing is said of what is not known', () => {
  assert.equal(
    words({ role: 'leader', paused: 'yes' }),
    'is the leader since 10:00:00; is paused (maintenance mode) since 10:00:00',
  )
  assert.equal(words({ role: 'leader', paused: 'no' }), 'is the leader since 10:00:00')
  assert.equal(words({ role: 'unknown', paused: 'no' }), 'nothing is known of it')
})
