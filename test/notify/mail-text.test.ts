import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mailText } from '../../src/notify/render/mail-text.ts'

describe('a mail in plain text', () => {
  it('says that nothing was measured, rather than that a member does nothing', () => {
    const text = mailText({
      title: 'CRITICAL orders',
      mark: 'critical',
      brief: 'orders',
      parts: [{ part: 'pair', rank: 0, says: ['pg-0: demoted self'], does: [] }],
    })
    assert.match(text, /What it does:\n {2}not measured\n/)
  })
})
