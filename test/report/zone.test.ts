import assert from 'node:assert/strict'
import { it } from 'node:test'
import { zoneTimes } from '../../src/report/zone.ts'

it('times are those of the zone; lines that name no day have none', () => {
  const berlin = zoneTimes('Europe/Berlin')
  const time = Date.parse('2026-03-04T23:06:07Z')
  assert.deepEqual([berlin.day(time), berlin.clock(time)], ['2026-03-05', '00:06:07'])
  const utc = zoneTimes('UTC')
  assert.equal(utc.full(time), '2026-03-04 23:06:07 UTC')
  const undated = 20 * 3_600_000
  assert.deepEqual([utc.day(undated), utc.full(undated)], ['day not known', '20:00:00 UTC'])
})
