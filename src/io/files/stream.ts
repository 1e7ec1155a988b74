import { decompressed, type Report } from './decompress.ts'
import { chunkAmong, type Extent, forward, headOf, tailOf } from './extent.ts'
import type { ByteStream, InputHooks, LineNumbers, Peek } from './input.ts'
import type { Pipe } from './pipe.ts'
import { backward, LineCount } from './reverse.ts'
import { spill } from './spill.ts'
import { type Encoding, encodingOf, toUtf8 } from './utf16.ts'

/** Where bytes lie, and how they are packed there. */
export interface Stored {
  readonly at: Extent | Pipe
  readonly packing: 'plain' | 'gzip' | 'zstd'
  readonly encoding: Encoding
  /** Number of the first line. */
  readonly line: number
  /** Known before reading: an archive that was cut. */
  readonly problem: string | null
  /** All inputs that may be open beside this one. */
  readonly among: Among
}

/** How many inputs there are, as far as they are found. */
export interface Among {
  inputs: number
}

export const PEEK = 64 * 1024
/** Larger packed files are not unpacked just to be looked into, or to see their end. */
export const COSTLY = 64 * 1024 * 1024

/** The unpacked bytes in the order they are stored. */
export async function* unpacked(
  stored: Stored,
  report: Report,
  hooks: InputHooks = {},
): AsyncGenerator<Uint8Array, void> {
  const raw = counted(
    'length' in stored.at ? forward(stored.at, chunkAmong(stored.among.inputs)) : stored.at.chunks(),
    report,
    hooks,
  )
  const text = stored.packing === 'plain' ? raw : decompressed(raw, stored.packing, report)
  yield* stored.encoding === 'bytes' ? text : toUtf8(text, stored.encoding)
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
  const report: StreamReport = { problem: stored.problem, lineNumbers: { first: stored.line, step: 1 } }
  return byteStream(unpacked(stored, report, hooks), report)
}

export function openBackward(stored: Stored, hooks: InputHooks): ByteStream {
  const report: StreamReport = { problem: stored.problem, lineNumbers: { first: stored.line, step: -1 } }
  return byteStream(reversed(stored, report, hooks), report)
}

async function* reversed(stored: Stored, report: StreamReport, hooks: InputHooks): AsyncGenerator<Uint8Array, void> {
  const count = new LineCount()
  const before = stored.line - 1
  if (isPlain(stored)) {
    for await (const bytes of forward(stored.at)) count.add(bytes)
    report.lineNumbers = { first: before + count.lines, step: -1 }
    yield* counted(backward(stored.at, chunkAmong(stored.among.inputs)), report, hooks)
    return
  }
  const whole = await spill(counting(unpacked(stored, report, hooks), count))
  report.lineNumbers = { first: before + count.lines, step: -1 }
  try {
    yield* backward(whole.extent, chunkAmong(stored.among.inputs))
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
  if (isPlain(stored)) return { head: await headOf(stored.at, PEEK), tail: await tailOf(stored.at, PEEK) }
  if (!('length' in stored.at)) return { head: await headOfPipe(stored, stored.at), tail: null }
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

/** Whether the text stands where it is stored, to be read at any place. */
export function isPlain(stored: Stored): stored is Stored & { readonly at: Extent } {
  return 'length' in stored.at && stored.packing === 'plain' && stored.encoding === 'bytes'
}

async function headOfPipe(stored: Stored, pipe: Pipe): Promise<Uint8Array> {
  return (await readHead(await pipe.head(PEEK), stored.packing)).text
}

/** As much text as the first stored bytes hold, and how it was encoded. */
export async function readHead(
  raw: Uint8Array,
  packing: Stored['packing'],
): Promise<{ text: Uint8Array; encoding: Encoding }> {
  const bytes =
    packing === 'plain' ? raw.subarray(0, PEEK) : await firstOf(decompressed(once(raw), packing, { problem: null }))
  const encoding = encodingOf(bytes)
  return { text: encoding === 'bytes' ? bytes : await firstOf(toUtf8(once(bytes), encoding)), encoding }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes
}

async function firstOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let had = 0
  for await (const bytes of source) {
    chunks.push(bytes)
    had += bytes.length
    if (had >= PEEK) break
  }
  return Buffer.concat(chunks).subarray(0, PEEK)
}
