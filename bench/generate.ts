/**
 * Writes the mixed load as stern prints it (`POD CONTAINER LINE`), the same bytes at every run:
 * `generate.ts FILE [--lines N] [--clusters N] [--seed N] [--newest-first]`
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { cycles } from './load.ts'

const CHUNK = 1 << 20

export interface Load {
  readonly lines: number
  readonly clusters: number
  readonly seed: number
  readonly newestFirst: boolean
}

export const LOAD: Load = { lines: 2_000_000, clusters: 40, seed: 1, newestFirst: false }

/** Writes the file; bytes written. The clock of the load starts at a fixed date. */
export function generate(file: string, load: Load): number {
  const shape = { clusters: load.clusters, members: 3, seed: load.seed, start: Date.UTC(2026, 0, 10) }
  const handle = openSync(file, 'w')
  let text = ''
  let bytes = 0
  function flush(): void {
    bytes += writeSync(handle, Buffer.from(text, 'latin1'))
    text = ''
  }
  let left = load.lines
  for (const lines of cycles(shape)) {
    for (const line of lines.slice(0, left)) text += `${line.pod} postgres ${line.text}\n`
    left -= lines.length
    if (text.length > CHUNK || left <= 0) flush()
    if (left <= 0) break
  }
  closeSync(handle)
  if (load.newestFirst) reverse(file)
  return bytes
}

/** Turns a file of lines round, a chunk at a time from its end. */
function reverse(file: string): void {
  const source = openSync(file, 'r')
  const target = openSync(`${file}.reversed`, 'w')
  let rest = ''
  for (let end = fstatSync(source).size; end > 0; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK, end))
    end -= chunk.length
    readSync(source, chunk, 0, chunk.length, end)
    const lines = (chunk.toString('latin1') + rest).split('\n')
    // the first may go on to the left; the last is what follows a newline
    rest = `${lines.shift()}\n`
    lines.pop()
    const turned = lines.reverse().map((line) => `${line}\n`)
    writeSync(target, Buffer.from(turned.join(''), 'latin1'))
  }
  writeSync(target, Buffer.from(rest, 'latin1'))
  closeSync(source)
  closeSync(target)
  renameSync(`${file}.reversed`, file)
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      lines: { type: 'string' },
      clusters: { type: 'string' },
      seed: { type: 'string' },
      'newest-first': { type: 'boolean' },
    },
  })
  const [file] = positionals
  if (file === undefined) throw new Error('generate: no FILE, expected the file to write')
  const load = {
    lines: Number(values.lines ?? LOAD.lines),
    clusters: Number(values.clusters ?? LOAD.clusters),
    seed: Number(values.seed ?? LOAD.seed),
    newestFirst: values['newest-first'] ?? false,
  }
  const bytes = generate(file, load)
  console.log(`${file}: ${load.lines} lines, ${(bytes / load.lines).toFixed(1)} bytes a line`)
}

if (import.meta.main) main()
