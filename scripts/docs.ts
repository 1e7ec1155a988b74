/**
 * Writes docs/rules.md, docs/events.md and docs/config.md from the rules, the parsers and the schema of the configuration.
 * With `--check` nothing is written: a page that is out of step is named, exit status 1.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadParsers, loadRules } from '../src/io/shelves.ts'
import { packageRoot } from '../src/root.ts'
import { configPage } from './docs/config.ts'
import { eventsPage } from './docs/events.ts'
import { rulesPage } from './docs/rules.ts'

const rules = await loadRules()
const pages: Readonly<Record<string, string>> = {
  'docs/rules.md': rulesPage(rules.map(({ meta }) => meta)),
  'docs/events.md': eventsPage(await loadParsers()),
  'docs/config.md': configPage(rules.map(({ meta }) => meta)),
}

const check = process.argv.includes('--check')
for (const [name, page] of Object.entries(pages)) {
  const file = join(packageRoot, name)
  const before = await readFile(file, 'utf8').catch(() => '')
  if (before === page) continue
  if (check) {
    console.error(`${name}: out of step; npm run docs writes it anew`)
    process.exitCode = 1
  } else {
    await writeFile(file, page)
    console.log(`${name}: written`)
  }
}
