import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '../../src/root.ts'
import { goldens, hostileEffects, sent } from './goldens.ts'

const made = await goldens()

describe('what is sent (npm run golden writes it anew)', () => {
  for (const [name, text] of Object.entries(made))
    it(name, async () => assert.equal(text, await readFile(join(root, 'test/notify/golden', name), 'utf8')))
})

describe('hostile texts', async () => {
  const { mails, blocks, channel, webhooks, pushes } = await sent(hostileEffects())
  const all = JSON.stringify([mails.map(({ text, html }) => [text, html]), blocks, webhooks, pushes])

  it('give away no secret', () => {
    assert.doesNotMatch(all, /hunter|abcdef123456/)
    assert.match(all, /password=\*\*\*/)
  })
  it('are read as they were written', () =>
    assert.match(channel, /<!channel> <@U123> <https:\/\/evil\.example\|click me> \*bold\*/))
  it('are no markup in mail', () => {
    for (const { html } of mails) assert.doesNotMatch(html, /<script|<img|<b>/)
  })
  it('call nobody in Slack: what is markup there was written by us', () => {
    const texts = JSON.stringify(blocks).match(/"type":"mrkdwn","text":"[^"]*"/g) ?? []
    assert.ok(texts.length > 0)
    for (const text of texts)
      assert.match(text, /"text":"(\*(Logs say|What it does)\*|<https:\/\/runbooks\.example\/[^|>]*\|[^<>]*>)"/)
  })
  it('steer nothing', () => {
    const texts = [...mails.flatMap(({ text, html }) => [text, html]), JSON.stringify([blocks, webhooks, pushes])]
    for (const text of texts) assert.equal(/[^\P{C}\n]/u.exec(text), null)
    assert.doesNotMatch(JSON.stringify(blocks), /\\u00|\\r/)
  })
})
