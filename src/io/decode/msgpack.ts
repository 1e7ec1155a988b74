/** What a record of a log shipper never needs more of. */
const DEEPEST = 16
/** Values in one record: a few bytes may claim billions. */
const MOST = 100_000

class Malformed extends Error {}

/**
 * Reads one msgpack value that fills the bytes, as plain values; undefined when they are none. Texts that are no UTF-8 are
 * read with replacement, binary ones as text too; an extension (Fluent's time) is null.
 */
export function msgpack(bytes: Uint8Array): unknown {
  const decoder = new TextDecoder()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  let count = 0

  function take(size: number): number {
    const from = at
    at += size
    if (at > bytes.length) throw new Malformed('cut short')
    return from
  }

  function text(size: number): string {
    const from = take(size)
    return decoder.decode(bytes.subarray(from, at))
  }

  function skip(size: number): null {
    take(size)
    return null
  }

  function list(size: number, depth: number): unknown[] {
    // Each value has a byte at least: a size beyond what is left is a lie.
    if (size > bytes.length - at) throw new Malformed('cut short')
    const all: unknown[] = []
    for (let index = 0; index < size; index++) all.push(value(depth + 1))
    return all
  }

  function map(size: number, depth: number): Record<string, unknown> {
    if (2 * size > bytes.length - at) throw new Malformed('cut short')
    const all: Record<string, unknown> = Object.create(null)
    for (let index = 0; index < size; index++) {
      const key = value(depth + 1)
      const read = value(depth + 1)
      if (typeof key === 'string') all[key] = read
    }
    return all
  }

  function value(depth: number): unknown {
    if (depth > DEEPEST || ++count > MOST) throw new Malformed('too deep or too much')
    const type = bytes[take(1)] as number
    if (type < 0x80) return type
    if (type >= 0xe0) return type - 256
    if (type < 0x90) return map(type & 15, depth)
    if (type < 0xa0) return list(type & 15, depth)
    if (type < 0xc0) return text(type & 31)
    return byType(type, depth)
  }

  function byType(type: number, depth: number): unknown {
    switch (type) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xd9:
        return text(view.getUint8(take(1)))
      case 0xc5:
      case 0xda:
        return text(view.getUint16(take(2)))
      case 0xc6:
      case 0xdb:
        return text(view.getUint32(take(4)))
      case 0xc7:
        return skip(1 + view.getUint8(take(1)))
      case 0xc8:
        return skip(1 + view.getUint16(take(2)))
      case 0xc9:
        return skip(1 + view.getUint32(take(4)))
      case 0xca:
        return view.getFloat32(take(4))
      case 0xcb:
        return view.getFloat64(take(8))
      case 0xcc:
        return view.getUint8(take(1))
      case 0xcd:
        return view.getUint16(take(2))
      case 0xce:
        return view.getUint32(take(4))
      case 0xcf:
        return Number(view.getBigUint64(take(8)))
      case 0xd0:
        return view.getInt8(take(1))
      case 0xd1:
        return view.getInt16(take(2))
      case 0xd2:
        return view.getInt32(take(4))
      case 0xd3:
        return Number(view.getBigInt64(take(8)))
      case 0xdc:
        return list(view.getUint16(take(2)), depth)
      case 0xdd:
        return list(view.getUint32(take(4)), depth)
      case 0xde:
        return map(view.getUint16(take(2)), depth)
      case 0xdf:
        return map(view.getUint32(take(4)), depth)
      default:
        if (type >= 0xd4 && type <= 0xd8) return skip(1 + 2 ** (type - 0xd4))
        throw new Malformed(`type ${type}`)
    }
  }

  try {
    const read = value(0)
    return at === bytes.length ? read : undefined
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}
