/** Input that is broken or hostile: a clear message, the right exit status, no stack trace, and nothing else lost. */
import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const bin = fileURLToPath(new URL('../bin/patrolog', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'patrolog-bad-'))
after(() => rmSync(folder, { recursive: true }))

function heartbeat(second: number): string {
  const at = new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString()
  return `${at.slice(0, 10)} ${at.slice(11, 19)},123 INFO: no action. I am (pg-0), the leader with the lock`
}

function replay(path: string, ...options: readonly string[]): SpawnSyncReturns<string> {
  const args = ['replay', path, '--format', 'jsonl', '--kinds', 'summary', ...options]
  return spawnSync(bin, args, { encoding: 'utf8', timeout: 300_000, maxBuffer: 1 << 24 })
}

interface Counts {
  readonly total: number
  readonly events: number
  readonly continuation: number
  readonly unrecognised: number
  readonly empty: number
}

/** Replays a file of this content: it must be done with status 0; gives the counts and what was said on stderr. */
function counted(name: string, content: string | Uint8Array): { records: Counts; said: string } {
  const path = join(folder, name)
  writeFileSync(path, content)
  const { status, stdout, stderr } = replay(path)
  assert.equal(status, 0, stderr)
  return { records: JSON.parse(stdout).records, said: stderr }
}

/** Bytes of every value, the same at every run. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = 1
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    bytes[at] = state >>> 16
  }
  return bytes
}

describe('broken content is counted, and nothing else is lost', () => {
  it('random bytes', () => {
    const { records, said } = counted('noise.log', noise(2_000_000))
    assert.equal(said, '')
    assert.ok(records.total > 1000)
    assert.equal(records.events, 0)
    assert.equal(records.unrecognised + records.empty, records.total)
  })

  it('random bytes between good lines', () => {
    const good = Buffer.from(`\n${heartbeat(0)}\n`)
    const { records } = counted('mixed.log', Buffer.concat([good, noise(300_000), good, noise(300_000), good]))
    // said three times at the same time, it is one event and two duplicates
    assert.equal(records.events, 1)
  })

  it('a line of 10 MB', () => {
    const { records, said } = counted('long.log', `${heartbeat(0)}\n${'x'.repeat(10_000_000)}\n${heartbeat(10)}\n`)
    assert.equal(said, '')
    assert.deepEqual([records.total, records.events, records.continuation], [3, 2, 1])
  })

  it('a million lines without a newline at the end', () => {
    const lines = Array.from({ length: 1_000_000 }, (_, second) => heartbeat(second))
    const { records } = counted('million.log', lines.join('\n'))
    assert.deepEqual([records.total, records.events], [1_000_000, 1_000_000])
  })

  it('a truncated gzip: what was readable is used, the cut is said', () => {
    const lines = Array.from({ length: 20_000 }, (_, second) => heartbeat(second))
    const packed = gzipSync(lines.join('\n'))
    const { records, said } = counted('cut.log.gz', packed.subarray(0, packed.length >> 1))
    assert.match(said, /^patrolog: \S+cut\.log\.gz: truncated gzip after \d+ bytes\n$/)
    assert.ok(records.events > 1000 && records.events < 20_000, `${records.events}`)
  })
})

describe('what cannot be read is said in one line', () => {
  const loop = join(folder, 'loop.log')
  symlinkSync('loop.log', loop)
  mkdirSync(join(folder, 'empty'))
  const cases: readonly (readonly [string, number, RegExp, ...string[]])[] = [
    ['none.log', 2, /: no such file or folder\n$/],
    ['empty', 2, /: no files in this folder, expected logs\n$/],
    ['loop.log', 1, /: links lead in a circle\n$/],
    ['empty', 2, /^patrolog: unknown option '--nonsense'/, '--nonsense'],
  ]
  for (const [name, expected, said, ...options] of cases) {
    it(`${[name, ...options].join(' ')}: status ${expected}`, () => {
      const { status, stdout, stderr } = replay(join(folder, name), ...options)
      assert.match(stderr, said)
      assert.match(stderr, /^patrolog: [^\n]+\n$/)
      assert.deepEqual({ status, stdout }, { status: expected, stdout: '' })
    })
  }
})
