import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import { play } from '../../src/notifier/play.ts'
import { effectsOf } from '../../src/replay/effects.ts'
import { root } from '../../src/root.ts'
import { openSenders } from '../../src/senders/open.ts'
import { type SlackStandIn, slackStandIn } from '../../src/standin/slack.ts'
import { type MailStandIn, mailStandIn } from '../../src/standin/smtp.ts'
import { hostileEffects } from '../notify/goldens.ts'
import { mailReceiver, SETTINGS } from '../notify/kit.ts'
import { openBrowser, overflow, screens, watched } from './chromium.ts'

/** What receivers see, in Chromium from Debian. Screenshots are kept in .cache/screens. */
let browser: Browser
let slack: SlackStandIn
let mail: MailStandIn

before(async () => {
  browser = await openBrowser()
  slack = await slackStandIn({ token: 't', channel: 'C1', perSecond: Number.POSITIVE_INFINITY })
  mail = await mailStandIn()
  const settings = {
    ...SETTINGS,
    receivers: [
      { type: 'slack', name: 'slack', zone: 'UTC', channel: 'C1', token: 't', apiUrl: slack.apiUrl },
      mailReceiver(mail.port, { zone: 'UTC' }),
    ],
  } as const
  const seed = await effectsOf(join(root, 'samples/incidents/stale-watch-real-apiserver'))
  await play([...hostileEffects(), ...seed], settings, sqliteStore(':memory:'), await openSenders(settings))
})
after(async () => {
  await browser.close()
  await slack.close()
  await mail.close()
})

describe('in a browser', () => {
  it('the channel reads as meant: nobody is called, nothing runs, what is bold was meant to be', async () => {
    const { page, wrong } = await watched(browser, { width: 900, from: 'http://127.0.0.1' })
    await page.goto(slack.pageUrl)
    await page.screenshot({ path: join(screens, 'slack.png'), fullPage: true })
    assert.equal(await page.locator('mark.call').count(), 0)
    assert.deepEqual([...new Set(await page.locator('b').allTextContents())].map((text) => text.trim()).sort(), [
      'Also in this incident',
      'Changes',
      'Evidence',
      'Follows from it, not sent apart',
      'Logs say',
      'Replay',
      'So far',
      'What it does',
    ])
    assert.ok(
      (await page.locator('body').innerText()).includes('<!channel> <@U123> <https://evil.example|click me> *bold*'),
    )
    assert.equal(await overflow(page), 0)
    assert.deepEqual(wrong, [])
    await page.close()
  })

  for (const width of [760, 390])
    it(`the mails fit a page ${width} wide, load nothing and run nothing`, async () => {
      const { page, wrong } = await watched(browser, { width, from: 'http://127.0.0.1' })
      for (const [at, { html }] of mail.mails.entries()) {
        writeFileSync(join(screens, `mail-${at + 1}.html`), html)
        await page.setContent(html)
        await page.screenshot({ path: join(screens, `mail-${at + 1}-${width}.png`), fullPage: true })
        assert.equal(await page.locator('script, img').count(), 0)
        assert.ok((await overflow(page)) <= 0, `mail ${at + 1} is ${await overflow(page)} px too wide`)
        assert.ok((await page.locator('h1').innerText()).length > 5)
      }
      assert.deepEqual(wrong, [])
      await page.close()
    })
})
