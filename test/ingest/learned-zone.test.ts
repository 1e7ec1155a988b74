import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { learnedZones } from '../../src/ingest/learned-zone.ts'

const learnedZone = (lines: readonly string[]) => learnedZones(lines).zone

const patroni = (clock: string, message = 'Lock owner: db-1; I am db-1') => `2026-03-04 ${clock} INFO: ${message}`
const postgres = (clock: string, zone: string) => `2026-03-04 ${clock} ${zone} [71] LOG:  received promote request`

describe('the zone of stamps that name none', () => {
  it('is not known where nothing tells it', () => {
    assert.equal(learnedZone([]), null)
    assert.equal(learnedZone([patroni('05:06:07,100'), patroni('05:06:17,100')]), null)
    assert.equal(learnedZone([postgres('05:06:07.100', 'CEST')]), null)
  })

  it('is UTC where both clocks are one', () => {
    assert.equal(learnedZone([patroni('05:06:07,100'), postgres('05:06:07.300', 'UTC')]), null)
  })

  it('is told by a neighbour of the same moment, or by two that are near', () => {
    assert.equal(learnedZone([patroni('05:06:07,100'), postgres('05:06:07.300', 'MSK')]), 'UTC+3')
    assert.equal(learnedZone([postgres('05:06:07.300', 'GMT'), patroni('01:36:07,800')]), 'UTC-3:30')
    const restores = '2026-03-04 05:06:07.601 P00   INFO: found 000000010000000000000007 in the repo1: 15-1 archive'
    assert.equal(learnedZone([postgres('05:06:07.300', '+0430'), restores]), 'UTC+4:30')
    const far = [patroni('05:06:07,100'), postgres('03:06:25.000', 'UTC')]
    assert.equal(learnedZone(far), null)
    assert.equal(learnedZone([...far, patroni('05:06:37,100')]), 'UTC+2')
  })

  it('is that of another log of the same minutes, where nothing else tells it', () => {
    const server = [postgres('05:06:01.100', 'MSK'), postgres('05:07:40.100', 'MSK')]
    const beats = [patroni('05:06:07,100'), patroni('05:08:07,100')]
    assert.equal(learnedZone([...server, ...beats]), 'UTC+3')
    assert.equal(learnedZone([...server, patroni('02:06:07,100'), patroni('02:08:07,100')]), null)
    assert.equal(learnedZone([...server, patroni('05:20:07,100'), patroni('05:21:07,100')]), null)
    assert.equal(learnedZone([...server, postgres('02:06:01.100', 'UTC'), ...beats]), null)
  })

  it('is not told by logs of different times that were put together', () => {
    const lines = [patroni('05:06:07,100'), postgres('03:13:40.000', 'UTC'), patroni('05:06:07,100')]
    assert.equal(learnedZone(lines), null)
  })

  it('is not told by hosts whose clocks differ, nor by a log in which summer time begins', () => {
    const lines = [
      patroni('05:06:07,100'),
      postgres('03:06:07.300', 'UTC'),
      patroni('06:06:07,900'),
      postgres('03:06:08.100', 'UTC'),
    ]
    assert.equal(learnedZone(lines), null)
  })

  it('is told by the wrapper of a line', () => {
    const lines = [
      `2026-03-04T03:06:09.876212184Z stderr F ${patroni('05:06:07,100')}`,
      `2026-03-04T05:06:19.876212+02:00 db-1 patroni[9]: ${patroni('05:06:17,100')}`,
    ]
    for (const line of lines) assert.equal(learnedZone([line]), 'UTC+2')
  })

  it('of a journal is told by the lines in it', () => {
    const journal = (clock: string, line: string) => `Mar 04 ${clock} db-1 patroni[9]: ${line}`
    const server = journal('05:06:07', postgres('05:06:07.300', '+07'))
    assert.equal(learnedZone([server, journal('05:06:09', '/tmp:5432 - accepting connections')]), 'UTC+7')
    assert.equal(learnedZone([journal('05:06:07', postgres('05:06:07.300', 'UTC'))]), null)
    const leads = journal('05:06:27', patroni('22:06:27,100').replace('03-04', '03-03'))
    assert.deepEqual(learnedZones([server, leads]), { zone: null, journal: 'UTC+7' })
    assert.deepEqual(learnedZones([leads]), { zone: null, journal: 'UTC+7' })
    const told = patroni('01:06:27,300')
    assert.deepEqual(learnedZones([leads, `2026-03-03T22:06:27.312+00:00 db-1 patroni[9]: ${told}`]), {
      zone: 'UTC+3',
      journal: 'UTC+10',
    })
  })

  it('is not told by times that messages quote, nor by zones that nobody can tell apart', () => {
    assert.equal(
      learnedZone([patroni('05:06:07,100'), patroni('05:06:07,100', 'since 2026-03-04 03:06:07 UTC, it says')]),
      null,
    )
    assert.equal(learnedZone([patroni('05:06:07,100'), postgres('03:06:07.300', 'IST')]), null)
  })
})
