import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { restamper } from '../../src/drill/restamp.ts'

const FROM = Date.UTC(2026, 10, 23, 4, 24)
const day = 86_400_000
const moved = restamper(FROM, FROM + 600_000, day + 1_500)

describe('a recording moved to another time', () => {
  it('keeps the form of each time', () => {
    assert.equal(moved('2026-11-23 04:24:23,422 INFO: x'), '2026-11-24 04:24:24,922 INFO: x')
    assert.equal(moved('2026-11-23 04:24:23 UTC [7]: LOG:  x'), '2026-11-24 04:24:24 UTC [7]: LOG:  x')
    assert.equal(moved('"2026-11-23 04:24:24.357670+00:00"'), '"2026-11-24 04:24:25.857000+00:00"')
    assert.equal(moved('{"t":1795407865.613,'), '{"t":1795494267.113,')
    assert.equal(moved('patroni_dcs_last_seen{scope="a"} 1795407865'), 'patroni_dcs_last_seen{scope="a"} 1795494267')
  })

  it('leaves alone what is no time of the recording', () => {
    for (const text of ['"location":24459712', 'system 7711218057435310933', '2020-01-01 00:00:00', '"lsn":2795407865'])
      assert.equal(moved(text), text)
  })
})
