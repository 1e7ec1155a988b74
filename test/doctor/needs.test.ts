import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blindRules, blindTexts, inputsOf } from '../../src/doctor/needs.ts'
import { loadRules } from '../../src/io/shelves.ts'

const rules = await loadRules()

describe('what a rule needs', () => {
  it('is read from its own words', () => {
    assert.deepEqual(inputsOf(['PostgreSQL or Patroni lines of the primary, or samples']), [
      ['patroni', 'postgres', 'samples'],
    ])
    assert.deepEqual(inputsOf(['PostgreSQL lines of the replica, or its streaming flag (Patroni 3.0.4 and later)']), [
      ['postgres', 'samples'],
    ])
    assert.deepEqual(inputsOf(['Patroni lines of the leader, and /cluster of the leader']), [['patroni'], ['samples']])
    assert.deepEqual(inputsOf(['samples of the replica', 'its samples, for the number of bytes']), [['samples']])
  })

  it('is understood of every rule, but of those that need arrival times only', () => {
    for (const { meta } of rules)
      if (!meta.needs.join().includes('arrival times'))
        assert.ok(inputsOf(meta.needs).length > 0, `${meta.id}: ${meta.needs}`)
  })

  it('makes it blind when it is not there', () => {
    assert.deepEqual(blindRules(rules, new Set(['patroni', 'postgres', 'samples'])), [])
    const withoutReadings = blindRules(rules, new Set(['patroni', 'postgres'])).map(({ rule }) => rule)
    assert.ok(withoutReadings.includes('wal-backlog'))
    assert.ok(!withoutReadings.includes('leader-lock-lost'))
    const [text = ''] = blindTexts(blindRules(rules, new Set(['patroni', 'samples'])))
    assert.match(text, /^no PostgreSQL lines: .*wal-missing/)
  })
})
