import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compile } from '../../src/ingest/recognise.ts'
import { loadParsers } from '../../src/io/shelves.ts'
import type { Program } from '../../src/model/message.ts'
import { root } from '../../src/root.ts'

const folder = join(root, 'samples', 'messages')
const recogniser = compile(await loadParsers())

const PATRONI = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+: ?(.*)$/
const POSTGRES =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})? UTC \[\d+\].*? (LOG|FATAL|ERROR|WARNING|PANIC|[A-Z]+): {2}(.*)$/
/** Continuations of the line before, with a prefix of their own. */
const ASIDE = new Set(['DETAIL', 'HINT', 'STATEMENT', 'CONTEXT', 'QUERY'])
/** A csvlog record up to its message: 13 columns, then the message, quoted or not. */
const CSV = /^\d{4}-(?:(?:"(?:[^"]|"")*"|[^",]*),){13}("(?:[^"]|"")*"|[^",]*),/gm

function matches(program: Program, text: string): boolean {
  const bytes = Buffer.from(text)
  return recogniser.match(program, bytes, 0, bytes.length) >= 0
}

/**
 * Messages of a file that stand on lines of their own; the other lines go on with the one before. Patroni writes some
 * with no text at all: the traceback behind them is all they say.
 */
function messagesOf(file: string): string[] {
  const text = readFileSync(join(folder, file), 'utf8')
  const lines = text.trimEnd().split('\n')
  if (file.endsWith('.csv')) return [...text.matchAll(CSV)].map(([, cell]) => unquote(cell as string))
  if (file.endsWith('.json')) return lines.map((line) => (JSON.parse(line) as { message: string }).message)
  if (file.startsWith('patroni')) return lines.flatMap((line) => PATRONI.exec(line)?.[1] ?? [])
  return lines.flatMap((line) => {
    const [, severity, message] = POSTGRES.exec(line) ?? []
    return severity === undefined || ASIDE.has(severity) ? [] : (message as string)
  })
}

function unquote(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
}

describe('recorded lines', async () => {
  for (const file of (await readdir(folder)).sort()) {
    const program = (/^(patroni|postgres)-/.exec(file)?.[1] ?? null) as Program | null
    if (program === null) continue
    it(`${file}: every message is known`, () => {
      const messages = messagesOf(file)
      assert(messages.length >= 50, `${messages.length} messages`)
      assert.deepEqual(
        messages.filter((message) => message !== '' && !matches(program, message)),
        [],
      )
    })
  }
})
