import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LANES, type Look } from '../../../src/report/html/lanes.ts'

/** How the lane of that name shows a member with these values. */
function look(label: string, values: Readonly<Record<string, string>>): Look {
  const lane = LANES.find((each) => each.label === label)
  assert.ok(lane !== undefined, label)
  return lane.look(new Map(Object.entries(values)))
}

describe('a lane shows', () => {
  it('unknown where nothing is known', () => {
    for (const { label } of LANES) assert.deepEqual(look(label, {}), { tone: 'unknown', words: 'unknown' })
  })

  it('unknown where something is not known any more', () => {
    assert.equal(look('role', { role: 'unknown' }).tone, 'unknown')
    assert.equal(look('replication', { replication: 'unknown', upstream: 'unknown' }).tone, 'unknown')
    assert.equal(look('DCS', { dcs: 'unknown', failsafe: 'unknown', lockView: 'unknown' }).tone, 'unknown')
  })

  it('that a replica receives nothing, whatever it says of its leader', () => {
    const receives = { role: 'replica', replication: 'stopped' }
    assert.deepEqual(look('replication', { ...receives, upstream: 'following:pg-0' }), {
      tone: 'bad',
      words: 'receives no WAL, follows pg-0',
    })
    assert.equal(look('replication', { ...receives, upstream: 'none' }).words, 'receives no WAL, has no upstream')
  })

  it('no upstream without alarm where WAL comes from an archive, with doubt where nothing comes', () => {
    assert.equal(look('replication', { role: 'replica', replication: 'archive', upstream: 'none' }).tone, 'calm')
    assert.equal(look('replication', { role: 'replica', upstream: 'none' }).tone, 'warn')
    assert.equal(look('replication', { role: 'replica', upstream: 'following:pg-0' }).tone, 'unknown')
  })

  it('nothing of replication for a leader', () => {
    assert.deepEqual(look('replication', { role: 'leader', upstream: 'none' }), { tone: 'none', words: '' })
  })

  it('failsafe mode and a lost DCS before whom the member takes for the leader', () => {
    assert.deepEqual(look('DCS', { dcs: 'unreachable', failsafe: 'holding', lockView: 'pg-0' }), {
      tone: 'warn',
      words: 'is in failsafe mode, cannot reach the DCS',
    })
    assert.equal(look('DCS', { dcs: 'unreachable', failsafe: 'off', lockView: 'pg-0' }).tone, 'bad')
    assert.deepEqual(look('DCS', { dcs: 'reachable', lockView: 'none' }), { tone: 'warn', words: 'sees no leader' })
    assert.deepEqual(look('DCS', { dcs: 'reachable', lockView: 'pg-0' }), {
      tone: 'good',
      words: 'names pg-0 as leader',
    })
  })
})
