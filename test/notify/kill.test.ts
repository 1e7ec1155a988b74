import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { killing } from './killing.ts'

describe('killed at random while Slack answers slowly, wrongly or not at all (npm run soak:notify: 500 times)', {
  concurrency: true,
}, () => {
  it('tells every incident to its end, and nothing twice', async () => {
    const { wrong, duplicates, messages } = await killing({ kills: 8, incidents: 16, seed: 1, mayLook: true })
    assert.deepEqual(wrong, [])
    assert.equal(duplicates, 0)
    assert.ok(messages >= 16)
  })

  it('without leave to look, repeats at most what was on its way', async () => {
    const { wrong, duplicates, hits, faults } = await killing({ kills: 4, incidents: 12, seed: 2, mayLook: false })
    assert.deepEqual(wrong, [])
    assert.ok(
      duplicates <= hits + faults,
      `${duplicates} duplicates, ${hits} kills in the window, ${faults} answers lost`,
    )
  })
})
