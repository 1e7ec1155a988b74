/** A mass failure: who is told one by one, who in one conversation, and when that is over. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { begin } from './begin.ts'
import { headlines, MINUTE, SECOND, type World } from './kit.ts'

const settings = { storm: { incidents: 3, within: MINUTE } }
const fails = (w: World, cluster: string) => w.fire({ fingerprint: cluster, cluster })

describe('a storm', () => {
  it('begins with the first that is one too many, takes what comes while it goes on, and ends', async () => {
    const w = await begin({ settings, burst: 20 })
    for (const cluster of ['s/a', 's/b', 's/c', 's/d', 's/e']) await fails(w, cluster)
    await w.until(10 * SECOND)
    const alone = ['🔴 CRITICAL s/a', '🔴 CRITICAL s/b', '🔴 CRITICAL s/c']
    const two = '>> 🔴 2 changes, 2 of them new'
    assert.deepEqual(headlines(w.slack), [...alone, '🔴 STORM: 2 more clusters failing', two])
    const first = JSON.stringify(w.slack.messages[3])
    for (const cluster of ['s/d', 's/e']) assert.ok(first.includes(cluster), cluster)
    for (const cluster of ['s/a', 's/b', 's/c']) assert.ok(!first.includes(cluster), cluster)

    // Within a minute of the last that was too many it goes on, and is told with some patience for others.
    await w.until(50 * SECOND)
    await fails(w, 's/f')
    await w.until(60 * SECOND)
    assert.equal(headlines(w.slack).length, 5)
    await w.until(75 * SECOND)
    const raging = [...alone, '🔴 STORM: 3 more clusters failing', two, '>> 🔴 1 change, 1 of them new']
    assert.deepEqual(headlines(w.slack), raging)

    // A minute after the first ones it goes on still, since others came.
    await w.until(100 * SECOND)
    await fails(w, 's/g')
    await w.until(2 * MINUTE)
    const one = '>> 🔴 1 change, 1 of them new'
    const grown = [...alone, '🔴 STORM: 4 more clusters failing', two, one, one]
    assert.deepEqual(headlines(w.slack), grown)

    await w.until(4 * MINUTE)
    await fails(w, 's/h')
    await w.until(5 * MINUTE)
    assert.deepEqual(headlines(w.slack), [...grown, '🔴 CRITICAL s/h'], 'one alone is no storm any more')
  })

  it('begins too when all that it keeps apart are told already', async () => {
    const w = await begin({ settings, burst: 20 })
    for (const [number, cluster] of ['s/a', 's/b', 's/c', 's/d', 's/e'].entries()) {
      await w.until(number * 10 * SECOND)
      await fails(w, cluster)
    }
    await w.until(2 * MINUTE)
    assert.deepEqual(headlines(w.slack), [
      '🔴 CRITICAL s/a',
      '🔴 CRITICAL s/b',
      '🔴 CRITICAL s/c',
      '🔴 STORM: 2 more clusters failing',
      '>> 🔴 1 change, 1 of them new',
      '>> 🔴 1 change, 1 of them new',
    ])
  })
})
