import { find, wordOf } from '../words.ts'

const NEWLINE = 10
const NEWLINES = wordOf(NEWLINE)
/** A search by the engine pays from so many bytes on. */
export const LONG = 1024

/** End of the line that begins at `from`; what lies behind `to` belongs to other records. */
export function lineEnd(view: DataView, bytes: Uint8Array, from: number, to: number): number {
  const near = Math.min(to, from + LONG)
  const end = find(view, bytes, NEWLINES, from, near)
  if (end < near || near === to) return end
  const found = bytes.subarray(near, to).indexOf(NEWLINE)
  return found < 0 ? to : near + found
}
