/**
 * What any reader of the same file costs, to compare with in the same run. As a program: `floors.ts loop FILE`, the
 * bare Node loop: find each newline, make a string of each line.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Command {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

/** The expressions that grep looks for, one a line, joined by `|`. */
export function grepExpression(): string {
  const file = fileURLToPath(new URL('grep-patterns.txt', import.meta.url))
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .join('|')
}

export function floors(file: string): Command[] {
  return [
    { name: 'Node loop', command: process.execPath, args: [fileURLToPath(import.meta.url), 'loop', file] },
    { name: 'grep -cE', command: 'grep', args: ['-cE', grepExpression(), file] },
    { name: 'wc -l', command: 'wc', args: ['-l', file] },
  ]
}

function loop(file: string): number {
  const handle = openSync(file, 'r')
  const buffer = Buffer.alloc(1 << 20)
  let kept = 0
  let lines = 0
  let length = 0
  for (;;) {
    const read = readSync(handle, buffer, kept, buffer.length - kept, null)
    if (read === 0) break
    const end = kept + read
    const chunk = buffer.subarray(0, end)
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      length += buffer.toString('latin1', from, at).length
      lines++
      from = at + 1
    }
    buffer.copyWithin(0, from, end)
    // a line longer than the buffer is cut
    kept = from === 0 ? 0 : end - from
  }
  closeSync(handle)
  return length > 0 ? lines : 0
}

if (import.meta.main && process.argv[2] === 'loop') console.log(loop(process.argv[3] as string))
