import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { root } from '../../src/root.ts'

/** Where screenshots are kept. */
export const screens = join(root, '.cache/screens')

/** Chromium from Debian. */
export function openBrowser(): Promise<Browser> {
  mkdirSync(screens, { recursive: true })
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface Look {
  readonly width: number
  /** Start of the addresses that may be asked for. */
  readonly from: string
  readonly scheme?: 'light' | 'dark'
}

/** A page on which a script that runs, a dialog, a complaint or a request to anywhere else is noted. */
export async function watched(browser: Browser, { width, from, scheme = 'light' }: Look) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme })
  const wrong: string[] = []
  page.on('dialog', (dialog) => {
    wrong.push(`dialog ${dialog.message()}`)
    return dialog.dismiss()
  })
  page.on('pageerror', (error) => wrong.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(from) && !request.url().startsWith('about:')) wrong.push(`request ${request.url()}`)
  })
  return { page, wrong }
}

/** How far elements stick out of the page to the right, px. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth') as Promise<number>
}
