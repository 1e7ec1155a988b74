import { CHUNK, type Extent, type Handle } from './extent.ts'

const NEWLINE = 10
const PIECE = 1024 * 1024

/**
 * The lines of an extent from the last to the first, each with its newline; one is added to a last line without. Read
 * backwards block by block; lines longer than a block are fetched piece by piece, so memory does not grow with them.
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
  let end = length
  for (let to = length; to > 0; ) {
    const from = Math.max(0, to - block)
    const bytes = await handle.read(from, to - from)
    const last = lastIndex(bytes, bytes.length)
    // The line that reaches beyond this block, or the whole file's last one without a newline.
    if (last >= 0 && from + last + 1 < end) {
      yield* whole(handle, from + last + 1, end)
      end = from + last + 1
    }
    const first = bytes.indexOf(NEWLINE)
    if (last > first) yield turned(bytes, first + 1, last + 1)
    if (first >= 0) end = from + first + 1
    to = from
  }
  if (end > 0) yield* whole(handle, 0, end)
}

/** The lines of bytes[from, to), which ends with a newline, in reverse order. */
function turned(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const result = Buffer.allocUnsafeSlow(to - from)
  let at = 0
  for (let end = to; end > from; ) {
    const start = Math.max(from, lastIndex(bytes, end - 1) + 1)
    result.set(bytes.subarray(start, end), at)
    at += end - start
    end = start
  }
  return result
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
