import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** docs/performance.md: several programs write it, each its own parts under their `## ` headings. */
const PAGE = join(fileURLToPath(new URL('..', import.meta.url)), 'docs/performance.md')
const PART = /^(?=## )/m

/** Writes the head of the page and these parts anew; parts of other programs stay behind them. `own` are all headings that the program ever writes. */
export function writePage(head: string | null, parts: readonly string[], own: readonly string[]): void {
  const [before = '', ...known] = existsSync(PAGE) ? readFileSync(PAGE, 'utf8').split(PART) : []
  const others = known.filter((part) => !own.includes(headingOf(part)))
  const all = head === null ? [before, ...others, ...parts] : [head, ...parts, ...others]
  writeFileSync(PAGE, `${all.map((part) => part.trim()).join('\n\n')}\n`)
}

function headingOf(part: string): string {
  return (part.split('\n', 1)[0] as string).slice('## '.length).trim()
}
