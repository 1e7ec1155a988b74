/**
 * Looks at four bytes at a time: touching each byte of each line by itself would cost more than all the rest. A byte is
 * given as a word that holds it four times.
 */
const LOW = 0x01010101
const HIGH = 0x80808080 | 0

/** A word of four equal bytes. */
export function wordOf(byte: number): number {
  return Math.imul(byte, LOW)
}

/** Where the byte stands first in bytes[from, to), or `to`. `view` is the view of the same bytes. */
export function find(view: DataView, bytes: Uint8Array, word: number, from: number, to: number): number {
  const byte = word & 0xff
  const last = to - 8
  let at = from
  for (; at <= last; at += 8) {
    const one = view.getInt32(at, true) ^ word
    const two = view.getInt32(at + 4, true) ^ word
    if ((((one - LOW) & ~one) | ((two - LOW) & ~two)) & HIGH) break
  }
  while (at < to && bytes[at] !== byte) at++
  return at
}

/** Whether bytes[from, to) are printable ASCII. */
export function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) < 32 || (bytes[at] as number) > 126) return false
  return true
}

/**
 * Whether `a` from `at` on holds the bytes of b[from, to), which are printable ASCII: then they may be compared as floats,
 * which are the fastest to read. Among those bytes there is no NaN, which equals nothing, and no zero, which equals -0.
 */
export function alike(a: DataView, at: number, b: DataView, from: number, to: number): boolean {
  const shift = at - from
  let next = from
  for (; next + 8 <= to; next += 8) if (a.getFloat64(next + shift, true) !== b.getFloat64(next, true)) return false
  for (; next + 4 <= to; next += 4) if (a.getInt32(next + shift, true) !== b.getInt32(next, true)) return false
  for (; next < to; next++) if (a.getUint8(next + shift) !== b.getUint8(next)) return false
  return true
}
