import { decompressed, type Report } from './decompress.ts'
import { CHUNK, type Extent, forward, headOf, tailOf } from './extent.ts'
import type { ByteStream, InputHooks, LineNumbers, Peek } from './input.ts'
import type { Pipe } from './pipe.ts'
import { backward, LineCount } from './reverse.ts'
import { type Spill, spill } from './spill.ts'

/** Where bytes lie, and how they are packed there. */
export interface Stored {
  readonly at: Extent | Pipe
  readonly packing: 'plain' | 'gzip' | 'zstd'
  /** Known before reading: an archive that was cut. */
  readonly problem: string | null
}

export const PEEK = 64 * 1024
/** Larger packed files are not unpacked just to see their end. */
const COSTLY = 64 * 1024 * 1024

/** The unpacked bytes in the order they are stored. */
export async function* unpacked(
  stored: Stored,
  report: Report,
  hooks: InputHooks = {},
): AsyncGenerator<Uint8Array, void> {
  const raw = counted('length' in stored.at ? forward(stored.at) : stored.at.chunks(), report, hooks)
  yield* stored.packing === 'plain' ? raw : decompressed(raw, stored.packing, report)
}

async function* counted(
  source: AsyncGenerator<Uint8Array, void>,
  report: Report,
  hooks: InputHooks,
): AsyncGenerator<Uint8Array, void> {
  let total = 0
  try {
    for await (const bytes of source) {
      total += bytes.length
      hooks.onBytes?.(bytes.length)
      yield bytes
    }
  } catch (error) {
    // A disk or a pipe that fails half-way: what was had is used.
    report.problem = `unreadable after ${total} bytes: ${(error as Error).message}`
  }
}

export function openForward(stored: Stored, hooks: InputHooks): ByteStream {
  const report: StreamReport = { problem: stored.problem, lineNumbers: { first: 1, step: 1 } }
  return byteStream(unpacked(stored, report, hooks), report)
}

export function openBackward(stored: Stored, hooks: InputHooks): ByteStream {
  const report: StreamReport = { problem: stored.problem, lineNumbers: { first: 1, step: -1 } }
  return byteStream(reversed(stored, report, hooks), report)
}

async function* reversed(stored: Stored, report: StreamReport, hooks: InputHooks): AsyncGenerator<Uint8Array, void> {
  const count = new LineCount()
  if ('length' in stored.at && stored.packing === 'plain') {
    for await (const bytes of forward(stored.at)) count.add(bytes)
    report.lineNumbers = { first: count.lines, step: -1 }
    yield* counted(backward(stored.at), report, hooks)
    return
  }
  const whole: Spill = await spill(counting(unpacked(stored, report, hooks), count))
  report.lineNumbers = { first: count.lines, step: -1 }
  try {
    yield* backward(whole.extent)
  } finally {
    whole.close()
  }
}

async function* counting(source: AsyncGenerator<Uint8Array, void>, count: LineCount): AsyncGenerator<Uint8Array, void> {
  for await (const bytes of source) {
    count.add(bytes)
    yield bytes
  }
}

interface StreamReport extends Report {
  lineNumbers: LineNumbers
}

function byteStream(chunks: AsyncGenerator<Uint8Array, void>, report: StreamReport): ByteStream {
  return {
    async read() {
      const next = await chunks.next()
      return next.done === true ? null : next.value
    },
    async close() {
      await chunks.return()
    },
    get problem() {
      return report.problem
    },
    get lineNumbers() {
      return report.lineNumbers
    },
  }
}

/** A first look at both ends, unpacked. Without `withTail` the end is only looked at where that costs nothing. */
export async function peek(stored: Stored, withTail: boolean): Promise<Peek> {
  if (!('length' in stored.at)) return { head: await headOfPipe(stored, stored.at), tail: null }
  if (stored.packing === 'plain') return { head: await headOf(stored.at, PEEK), tail: await tailOf(stored.at, PEEK) }
  return peekPacked(stored, withTail && stored.at.length <= COSTLY)
}

async function peekPacked(stored: Stored, toTheEnd: boolean): Promise<Peek> {
  const head: Uint8Array[] = []
  let had = 0
  let tail: Uint8Array = new Uint8Array(0)
  for await (const bytes of unpacked(stored, { problem: null })) {
    if (had < PEEK) head.push(bytes)
    had += bytes.length
    if (had >= PEEK && !toTheEnd) break
    if (toTheEnd) tail = lastOf(tail, bytes)
  }
  return { head: Buffer.concat(head).subarray(0, PEEK), tail: toTheEnd || had < PEEK ? tail : null }
}

function lastOf(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  return bytes.length >= PEEK ? bytes.subarray(-PEEK) : Buffer.concat([before, bytes]).subarray(-PEEK)
}

async function headOfPipe(stored: Stored, pipe: Pipe): Promise<Uint8Array> {
  const raw = await pipe.head(PEEK)
  return stored.packing === 'plain' ? raw : unpackHead(raw, stored.packing)
}

/** As much text as the first packed bytes hold. */
export async function unpackHead(raw: Uint8Array, packing: 'gzip' | 'zstd'): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let had = 0
  const once = (async function* () {
    yield raw
  })()
  for await (const bytes of decompressed(once, packing, { problem: null })) {
    chunks.push(bytes)
    had += bytes.length
    if (had >= PEEK) break
  }
  return Buffer.concat(chunks).subarray(0, PEEK)
}

/** The first unpacked bytes of a file or pipe, enough to tell what it is. */
export async function headOfStored(at: Extent | Pipe): Promise<Uint8Array> {
  return 'length' in at ? headOf(at, CHUNK) : at.head(PEEK)
}
