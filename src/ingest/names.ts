/**
 * Names (members, clusters) interned by their bytes: the same bytes give the same string, and no string is made
 * for a name seen before. Open addressing over a table that doubles; bounded by the number of distinct names.
 */
export interface Names {
  /** The string of bytes[from, to). */
  of(bytes: Uint8Array, from: number, to: number): string
}

const decoder = new TextDecoder()
/** Distinct names kept; names beyond it are made anew each time, so that hostile input cannot grow the table. */
const MOST = 1 << 16

export function names(): Names {
  let size = 256
  let count = 0
  let hashes = new Int32Array(size)
  let known: (Uint8Array | undefined)[] = new Array(size).fill(undefined)
  let strings: string[] = new Array(size).fill('')

  function grow(): void {
    const before = { hashes, known, strings, size }
    size *= 2
    hashes = new Int32Array(size)
    known = new Array(size).fill(undefined)
    strings = new Array(size).fill('')
    for (let at = 0; at < before.size; at++) {
      const bytes = before.known[at]
      if (bytes === undefined) continue
      const hash = before.hashes[at] as number
      let to = hash & (size - 1)
      while (known[to] !== undefined) to = (to + 1) & (size - 1)
      hashes[to] = hash
      known[to] = bytes
      strings[to] = before.strings[at] as string
    }
  }

  return {
    of(bytes, from, to) {
      let hash = to - from
      for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
      let slot = hash & (size - 1)
      for (;;) {
        const candidate = known[slot]
        if (candidate === undefined) break
        if (hashes[slot] === hash && same(candidate, bytes, from, to)) return strings[slot] as string
        slot = (slot + 1) & (size - 1)
      }
      const name = decoder.decode(bytes.subarray(from, to))
      if (count >= MOST) return name
      hashes[slot] = hash
      known[slot] = bytes.slice(from, to)
      strings[slot] = name
      if (++count * 2 > size) grow()
      return name
    },
  }
}

function same(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[from + at]) return false
  return true
}
