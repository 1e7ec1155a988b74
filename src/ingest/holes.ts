/** Where what a hole may hold ends. */
const [BLANK, PLUS, MINUS, SLASH] = [32, 43, 45, 47] as const
/** Hexadecimal digits of a half of a position. */
const MOST_HEX = 8

/** End of a run without white space; `from` when there is none. */
export function endOfWord(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && !isSpace(bytes[at] as number)) at++
  return at
}

/** End of an integer, or -1. */
export function endOfInt(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  if (at < to && (bytes[at] === PLUS || bytes[at] === MINUS)) at++
  const digits = at
  while (at < to && isDigit(bytes[at] as number)) at++
  return at > digits ? at : -1
}

/** End of a position X/X, or -1. */
export function endOfLsn(bytes: Uint8Array, from: number, to: number): number {
  const slash = endOfHex(bytes, from, to)
  if (slash === from || slash >= to || bytes[slash] !== SLASH) return -1
  const end = endOfHex(bytes, slash + 1, to)
  return end > slash + 1 ? end : -1
}

function endOfHex(bytes: Uint8Array, from: number, to: number): number {
  const last = Math.min(to, from + MOST_HEX)
  let at = from
  while (at < last && isHex(bytes[at] as number)) at++
  return at
}

function isSpace(byte: number): boolean {
  return byte === BLANK || (byte >= 9 && byte <= 13)
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102)
}
