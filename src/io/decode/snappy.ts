/** A block that claims more is not unpacked: metrics are small, and a few bytes may claim gigabytes. */
const LONGEST = 64 << 20

/**
 * Unpacks a block of snappy's raw format (`format_description.txt`); null when it is none, or claims more than 64 MiB.
 */
export function snappyBlock(bytes: Uint8Array): Uint8Array | null {
  let at = 0
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    if (byte === undefined || shift > 28) return null
    length += (byte & 127) * 2 ** shift
    if (byte < 128) break
  }
  // No element makes more than 64 bytes of two.
  if (length > LONGEST || length > 32 * bytes.length) return null
  const out = new Uint8Array(length)
  let end = 0
  while (at < bytes.length) {
    const tag = bytes[at++] as number
    if ((tag & 3) === 0) {
      let size = tag >> 2
      if (size >= 60) {
        const extra = size - 59
        size = little(bytes, at, extra)
        at += extra
      }
      size++
      if (!(at + size <= bytes.length && end + size <= length)) return null
      out.set(bytes.subarray(at, at + size), end)
      at += size
      end += size
      continue
    }
    const [size, offset, next] = copyOf(tag, bytes, at)
    at = next
    if (!(offset > 0 && offset <= end && end + size <= length)) return null
    // The copy may overlap what it writes.
    for (let index = 0; index < size; index++) out[end + index] = out[end + index - offset] as number
    end += size
  }
  return end === length ? out : null
}

/** Length, offset back, and where the next element begins. */
function copyOf(tag: number, bytes: Uint8Array, at: number): readonly [number, number, number] {
  switch (tag & 3) {
    case 1:
      return [((tag >> 2) & 7) + 4, ((tag >> 5) << 8) + (bytes[at] ?? Number.NaN), at + 1]
    case 2:
      return [(tag >> 2) + 1, little(bytes, at, 2), at + 2]
    default:
      return [(tag >> 2) + 1, little(bytes, at, 4), at + 4]
  }
}

/** A little-endian number; NaN beyond the end. */
function little(bytes: Uint8Array, from: number, size: number): number {
  let value = 0
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (bytes[from + index] ?? Number.NaN)
  return value
}
