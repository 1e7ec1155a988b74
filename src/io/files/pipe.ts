import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { type Extent, forward, headOf } from './extent.ts'
import { type SpillFile, spillFile } from './spill.ts'

/** A stream that can be read once, but whose beginning can be looked at before; a short one is held, to be read like a file. */
export interface Pipe {
  /** The first bytes, up to about `wanted`; fewer when the stream ends before. Waits for them. */
  head(wanted: number): Promise<Uint8Array>
  /** How many bytes it holds when all of it has been looked at; null before. Then it can be read again. */
  whole(): number | null
  /**
   * Reads on to the end, onto the disk: from there it can be read like a file. When it is longer than `most` bytes, or the disk
   * takes no more, the error says so, and it can be read once as before.
   */
  kept(most: number): Promise<Extent | Error>
  /** All bytes from the start. Throws when taken twice and not held. */
  chunks(): AsyncGenerator<Uint8Array, void>
}

export function openPipe(path: string | null): Pipe {
  const seen: Uint8Array[] = []
  /** What came before `seen`, when it is on the disk. */
  let stored: SpillFile | null = null
  let source: AsyncIterator<Uint8Array> | null = null
  let over = false
  let taken = false
  const held = (): number => seen.reduce((sum, bytes) => sum + bytes.length, 0)
  const next = async (): Promise<Uint8Array | null> => {
    source ??= readable(path)[Symbol.asyncIterator]()
    const result = over ? { done: true as const, value: undefined } : await source.next()
    if (result.done === true) over = true
    return result.done === true ? null : result.value
  }
  const whole = (): number | null => (over && !taken && stored === null ? held() : null)
  return {
    whole,
    async head(wanted) {
      if (stored !== null) return headOf(stored.extent(), wanted)
      let had = held()
      while (had < wanted) {
        const bytes = await next()
        if (bytes === null) break
        seen.push(bytes)
        had += bytes.length
      }
      return Buffer.concat(seen)
    },
    async kept(most) {
      try {
        stored = spillFile()
        for (let had = 0; had <= most; ) {
          if (seen.length === 0) {
            const bytes = await next()
            if (bytes === null) return stored.extent()
            seen.push(bytes)
          }
          const bytes = seen[0] as Uint8Array
          await stored.append(bytes)
          seen.shift()
          had += bytes.length
        }
        return new Error(`longer than ${most} bytes`)
      } catch (error) {
        return error as Error
      }
    },
    async *chunks() {
      if (whole() !== null) {
        yield* seen
        return
      }
      if (taken) throw new Error(`${path ?? 'stdin'}: a pipe can be read only once`)
      taken = true
      try {
        if (stored !== null) yield* forward(stored.extent())
        for (let bytes = seen.shift(); bytes !== undefined; bytes = seen.shift()) yield bytes
        for (let bytes = await next(); bytes !== null; bytes = await next()) yield bytes
      } finally {
        await source?.return?.()
      }
    },
  }
}

function readable(path: string | null): Readable {
  return path === null ? process.stdin : createReadStream(path)
}
