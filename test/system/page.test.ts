import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { root } from '../../src/root.ts'
import { patrolog } from '../program.ts'
import { openBrowser, overflow, screens, watched } from './chromium.ts'

/** The page of a replay as its reader has it: opened from the disk, in Chromium from Debian. */
const folder = mkdtempSync(join(tmpdir(), 'patrolog-page-'))
const incident = join(root, 'samples/incidents/stale-watch-real-apiserver')
const file = join(folder, 'report.html')
let browser: Browser

before(async () => {
  browser = await openBrowser()
  await written(incident, file)
})
after(async () => {
  await browser.close()
  rmSync(folder, { recursive: true })
})

async function written(path: string, html: string, ...more: readonly string[]): Promise<void> {
  const { status, said } = await patrolog(['replay', path, '--kinds', 'summary', '--html', html, ...more])
  assert.equal(status, 0, said)
}

async function opened(path: string, look: { width?: number; scheme?: 'light' | 'dark' } = {}) {
  const { page, wrong } = await watched(browser, { width: 1200, from: 'file:', ...look })
  page.on('console', (message) => wrong.push(`${message.type()} ${message.text()}`))
  await page.goto(`file://${path}`)
  return { page, wrong }
}

const visible = (page: Page): Promise<number> => page.locator('.entry:visible').count()

describe('the page of a replay', () => {
  for (const [width, scheme] of [
    [1200, 'light'],
    [1200, 'dark'],
    [390, 'light'],
  ] as const)
    it(`is drawn ${width} wide and ${scheme}, loads nothing and complains of nothing`, async () => {
      const { page, wrong } = await opened(file, { width, scheme })
      await page.screenshot({ path: join(screens, `page-${width}-${scheme}.png`), fullPage: true })
      assert.ok((await overflow(page)) <= 0)
      assert.equal(await page.locator('h1').innerText(), 'acid-orders')
      assert.equal(
        await page
          .locator('h3')
          .filter({ hasText: /^acid-orders-\d$/ })
          .count(),
        2,
      )
      assert.ok(await page.locator('rect.bad').first().isVisible())
      assert.ok(await page.locator('.bar.critical').first().isVisible())
      assert.ok((await page.locator('.axis .track text').count()) > 1)
      assert.ok(await page.locator('.chart canvas').isVisible())
      assert.deepEqual(wrong, [])
      await page.close()
    })

  it('draws chart and lanes over the same time', async () => {
    const { page } = await opened(file)
    const over = await page.locator('.chart .u-over').boundingBox()
    const track = await page.locator('.axis .track').boundingBox()
    assert.ok(over !== null && track !== null)
    assert.ok(Math.abs(over.x - track.x) < 2 && Math.abs(over.width - track.width) < 2, JSON.stringify({ over, track }))
    await page.close()
  })

  it('jumps from the bar of an alert to what was told of it, also when the filter hides that', async () => {
    const { page } = await opened(file)
    await page.locator('select[name=what]').selectOption('role')
    await page
      .locator('.track a', { has: page.locator('.bar.critical') })
      .first()
      .click()
    const entry = page.locator('.entry:target')
    assert.match(await entry.innerText(), /replica-without-upstream/)
    assert.ok(await entry.isVisible())
    const box = await entry.boundingBox()
    assert.ok(box !== null && box.y >= 0 && box.y < 900, JSON.stringify(box))
    await page.close()
  })

  it('opens at the alert that its address names', async () => {
    const { page } = await opened(file)
    const id = await page.locator('.entry.alert').last().getAttribute('id')
    await page.goto('about:blank')
    await page.goto(`file://${file}#${id}`)
    const box = await page.locator(`[id="${id}"]`).boundingBox()
    assert.ok(box !== null && box.y >= 0 && box.y < 900, JSON.stringify(box))
    await page.close()
  })

  it('hides what is not asked for, and shows all again', async () => {
    const { page } = await opened(file)
    const all = await visible(page)
    const asks: readonly (readonly [string, string])[] = [
      ['what', 'alert'],
      ['severity', 'critical'],
      ['member', 'acid-orders/acid-orders-1'],
    ]
    let before = all
    for (const [name, value] of asks) {
      await page.locator(`select[name=${name}]`).selectOption(value)
      const now = await visible(page)
      assert.ok(now > 0 && now <= before, `${name}: ${now} of ${before}`)
      before = now
    }
    assert.ok(before < all)
    await page.locator('button[type=reset]').click()
    // Playwright's own wait for a function evaluates text, which the page forbids.
    await page
      .locator('.entry:visible')
      .nth(all - 1)
      .waitFor()
    await page.locator('input[name=text]').fill('WAL receiver ended')
    const found = await visible(page)
    assert.ok(found > 0 && found < all)
    assert.equal(await page.locator('output').innerText(), `${found} of ${all} entries`)
    await page.close()
  })

  it('shows a part of the time when one drags over it, and the whole again', async () => {
    const { page } = await opened(file)
    const words = () => page.locator('.axis .track').innerHTML()
    const whole = await words()
    const track = await page.locator('.track').nth(2).boundingBox()
    assert.ok(track !== null)
    await page.mouse.move(track.x + track.width * 0.5, track.y + 5)
    await page.mouse.down()
    await page.mouse.move(track.x + track.width * 0.6, track.y + 5, { steps: 4 })
    await page.mouse.up()
    assert.notEqual(await words(), whole)
    await page.screenshot({ path: join(screens, 'page-zoomed.png') })
    await page.locator('.zoomed').click()
    assert.equal(await words(), whole)
    await page.close()
  })

  it('runs nothing of a log', async () => {
    const log = join(folder, 'evil', 'pg-0.log')
    const text = '<img src=x onerror=alert(1)></script><script>alert(2)</script>'
    mkdirSync(join(folder, 'evil'))
    writeFileSync(
      log,
      [0, 1, 2].map((at) => `2026-03-04 10:00:0${at},000 INFO: Lock owner: ${text}; I am pg-0\n`).join('') +
        `2026-03-04 10:00:05,000 INFO: no action. I am (pg-0), a secondary, and following a leader (${text})\n`,
    )
    const html = join(folder, 'evil.html')
    await written(log, html)
    const { page, wrong } = await opened(html)
    assert.equal(await page.locator('img').count(), 0)
    assert.ok((await page.locator('body').innerText()).includes(text))
    assert.deepEqual(wrong, [])
    await page.close()
  })
})
