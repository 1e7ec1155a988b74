/** Identity of an alert, FNV-1a of 64 bits over its parts, as 16 hexadecimal digits. */
export function fingerprint(...parts: readonly string[]): string {
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (const code of bytesOf(parts)) {
    low ^= code
    const product = multiply(high >>> 0, low >>> 0)
    high = product.high
    low = product.low
  }
  return hex(high) + hex(low)
}

function* bytesOf(parts: readonly string[]): Iterable<number> {
  for (const part of parts) {
    for (let index = 0; index < part.length; index++) yield part.charCodeAt(index) & 0xff
    yield 0
  }
}

/** (high, low) times 0x100000001b3 modulo 2^64. */
function multiply(high: number, low: number): { high: number; low: number } {
  const product = low * 0x1b3
  return {
    low: product >>> 0,
    high: (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 0x100000000)) >>> 0,
  }
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0')
}
