/** What the pages link to is there, with the heading that they name. */

import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { packageRoot } from '../src/root.ts'

const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: packageRoot })
const LINK = /\]\(([^)\s]+)\)/g

/** The names that a page's headings get where it is shown. */
function anchorsOf(file: string): ReadonlySet<string> {
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** What is wrong with a link of a page; null when nothing is. */
function flaw(page: string, link: string): string | null {
  if (/^https?:/.test(link)) return null
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? join(packageRoot, page) : join(packageRoot, dirname(page), path)
  if (!existsSync(target)) return `${link}: no such file`
  if (anchor === undefined || anchorsOf(target).has(anchor)) return null
  return `${link}: no such heading in ${relative(packageRoot, target)}`
}

describe('links', () => {
  it('are looked for in all pages', () => {
    for (const page of ['README.md', 'CHANGELOG.md', 'docs/operate.md', 'docs/decisions/README.md'])
      assert.ok(pages.includes(page), page)
  })
  for (const page of pages)
    it(page, () => {
      const links = readFileSync(join(packageRoot, page), 'utf8').matchAll(LINK)
      assert.deepEqual(
        [...links].flatMap(([, link = '']) => flaw(page, link) ?? []),
        [],
      )
    })
  it('of every page lead to it from the README, by way of others', () => {
    const reached = new Set(['README.md'])
    for (const page of reached)
      for (const [, link = ''] of readFileSync(join(packageRoot, page), 'utf8').matchAll(LINK)) {
        const target = join(dirname(page), link.split('#')[0] ?? '')
        if (pages.includes(target)) reached.add(target)
      }
    assert.deepEqual(
      pages.filter((page) => page.startsWith('docs/') && !reached.has(page)),
      [],
    )
  })
})
