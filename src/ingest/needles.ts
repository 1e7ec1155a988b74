import { ACCEPT, backwards, LABEL_FROM, LABEL_TO, layOut, ROW } from './trie.ts'

const BLANK = 32
const SLOTS = 4096

/**
 * Does one of the literals stand in bytes[from, to)? Reads a fraction of the bytes (Wu and Manber): a pair of bytes
 * tells how far the window may move at least. A blank of a literal stands for one or more. A true answer may be
 * wrong (only the first bytes of a literal, as many as the shortest has, are compared), a false one never is.
 */
export function needles(literals: readonly Uint8Array[]): (bytes: Uint8Array, from: number, to: number) => boolean {
  if (literals.length === 0) return () => false
  const width = Math.min(...literals.map((literal) => literal.length))
  if (width < 2) return () => true
  const heads = literals.map((literal) => literal.subarray(0, width))
  const shift = shifts(heads, width)
  const { tables, starts } = layOut([backwards(heads)])
  const { text, nodes, branches, column } = tables
  const root = starts[0] as number

  function endsAt(bytes: Uint8Array, from: number, to: number): boolean {
    let node = root
    let at = to
    for (;;) {
      const end = nodes[node + LABEL_TO] as number
      for (let label = nodes[node + LABEL_FROM] as number; label < end; label++) {
        const byte = text[label] as number
        if (at <= from || bytes[--at] !== byte) return false
        if (byte === BLANK) while (at > from && bytes[at - 1] === BLANK) at--
      }
      if ((nodes[node + ACCEPT] as number) >= 0) return true
      if (at <= from) return false
      const byte = bytes[--at] as number
      node = branches[(nodes[node + ROW] as number) + (column[byte] as number)] as number
      if (node === 0) return false
      if (byte === BLANK) while (at > from && bytes[at - 1] === BLANK) at--
    }
  }

  return (bytes, from, to) => {
    let at = from + width - 1
    for (;;) {
      let step = 1
      while (at < to && step > 0) {
        step = shift[slotOf(bytes[at - 1] as number, bytes[at] as number)] as number
        at += step
      }
      if (step > 0) return false
      if (endsAt(bytes, from, ++at)) return true
    }
  }
}

function slotOf(first: number, second: number): number {
  return ((first << 5) ^ second) & (SLOTS - 1)
}

/** How far the window may move when it ends with a pair of bytes: the least over all heads that hold the pair. */
function shifts(heads: readonly Uint8Array[], width: number): Uint8Array {
  const shift = new Uint8Array(SLOTS).fill(Math.min(width - 1, 255))
  for (const head of heads) {
    for (let at = 0; at < width; at++) {
      const left = Math.min(width - 1 - at, 255)
      const byte = head[at] as number
      const pairs = at > 0 ? [slotOf(head[at - 1] as number, byte)] : []
      // a run of blanks may stand anywhere a blank does
      if (byte === BLANK) pairs.push(slotOf(BLANK, BLANK))
      for (const slot of pairs) shift[slot] = Math.min(shift[slot] as number, left)
    }
  }
  return shift
}
