import { setImmediate } from 'node:timers/promises'
import { BREATH, CHUNK, type Extent, type Handle } from './extent.ts'

const NEWLINE = 10
const PIECE = 256 * 1024

/**
 * The lines of an extent from the last to the first, each with its newline; one is added to a last line without. Read
 * backwards block by block; lines longer than a block are fetched piece by piece, so memory does not grow with them. A
 * chunk is good until the next is asked for.
 */
export async function* backward(extent: Extent, block = CHUNK): AsyncGenerator<Uint8Array, void> {
  const handle = await extent.open()
  try {
    yield* lines(handle, extent.length, block)
  } finally {
    await handle.close()
  }
}

async function* lines(handle: Handle, length: number, block: number): AsyncGenerator<Uint8Array, void> {
  const read = Buffer.allocUnsafeSlow(Math.min(block, length))
  const result = Buffer.allocUnsafeSlow(read.length + 1)
  let count = 0
  for (let end = length; end > 0; ) {
    const from = Math.max(0, end - block)
    const bytes = read.subarray(0, handle.readInto(from, read.subarray(0, end - from)))
    // What comes before the first newline belongs to a line that begins in the block before.
    const first = from === 0 ? 0 : bytes.indexOf(NEWLINE) + 1
    if (from === 0 || (first > 0 && first < bytes.length)) {
      yield turned(bytes, first, result)
      end = from + first
      if (++count % BREATH === 0) await setImmediate()
    } else {
      const start = await startOfLine(handle, from, block)
      yield* whole(handle, start, end)
      end = start
    }
  }
}

/** Where the line begins that goes on at `at`. */
async function startOfLine(handle: Handle, at: number, block: number): Promise<number> {
  for (let to = at; to > 0; ) {
    const from = Math.max(0, to - block)
    const newline = (await handle.read(from, to - from)).lastIndexOf(NEWLINE)
    if (newline >= 0) return from + newline + 1
    to = from
  }
  return 0
}

/** The lines of bytes from `from` on, in reverse order, each with a newline, in `result`. */
function turned(bytes: Buffer, from: number, result: Buffer): Uint8Array {
  const open = bytes.at(-1) === NEWLINE ? 0 : 1
  let at = 0
  for (let end = bytes.length; end > from; ) {
    const start = Math.max(from, lastIndex(bytes, end - 1) + 1)
    at += bytes.copy(result, at, start, end)
    if (at === end - start && open === 1) result[at++] = NEWLINE
    end = start
  }
  return result.subarray(0, at)
}

/** Where the last newline before `end` is, or -1. */
function lastIndex(bytes: Uint8Array, end: number): number {
  return end <= 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1)
}

/** One line in pieces, with a newline at its end. */
async function* whole(handle: Handle, from: number, to: number): AsyncGenerator<Uint8Array, void> {
  for (let at = from; at < to; ) {
    const bytes = await handle.read(at, Math.min(PIECE, to - at))
    if (bytes.length === 0) return
    at += bytes.length
    yield at === to && bytes.at(-1) !== NEWLINE ? Buffer.concat([bytes, Buffer.of(NEWLINE)]) : bytes
  }
}

/** How many lines a stream of bytes has; a last one without a newline counts. */
export class LineCount {
  #newlines = 0
  #last = NEWLINE

  add(bytes: Uint8Array): void {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) this.#newlines++
    this.#last = bytes.at(-1) ?? this.#last
  }

  get lines(): number {
    return this.#newlines + (this.#last === NEWLINE ? 0 : 1)
  }
}
