import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'

/** A stream that can be read once, but whose beginning can be looked at before; a short one is held, to be read like a file. */
export interface Pipe {
  /** The first bytes, up to about `wanted`; fewer when the stream ends before. Waits for them. */
  head(wanted: number): Promise<Uint8Array>
  /** How many bytes it holds when all of it has been looked at; null before. Then it can be read again. */
  whole(): number | null
  /** All bytes from the start. Throws when taken twice and not held. */
  chunks(): AsyncGenerator<Uint8Array, void>
}

export function openPipe(path: string | null): Pipe {
  const seen: Uint8Array[] = []
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
  return {
    async head(wanted) {
      let had = held()
      while (had < wanted) {
        const bytes = await next()
        if (bytes === null) break
        seen.push(bytes)
        had += bytes.length
      }
      return Buffer.concat(seen)
    },
    whole: () => (over && !taken ? held() : null),
    async *chunks() {
      if (over && !taken) {
        yield* seen
        return
      }
      if (taken) throw new Error(`${path ?? 'stdin'}: a pipe can be read only once`)
      taken = true
      try {
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
