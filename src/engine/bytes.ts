const encoder = new TextEncoder()
const decoder = new TextDecoder()
const SHIFT = 0x80
/** Numbers below it are written in 32-bit arithmetic. */
const SMALL = 0x8000_0000
/** A line of ordinary length. */
const SHORT = 192

/** Bytes that grow as they are written: numbers of variable length, 64-bit floats, texts. */
export class ByteWriter {
  private bytes = new Uint8Array(256)
  private view = new DataView(this.bytes.buffer)
  length = 0

  /** What was written; good until the next write. */
  done(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
  }

  private room(count: number): void {
    const wanted = this.length + count
    if (wanted <= this.bytes.length) return
    const wider = new Uint8Array(Math.max(wanted, this.bytes.length * 2))
    wider.set(this.bytes.subarray(0, this.length))
    this.bytes = wider
    this.view = new DataView(wider.buffer)
  }

  byte(value: number): void {
    this.room(1)
    this.bytes[this.length++] = value
  }

  /** A whole number from 0 to 2^53, least significant seven bits first. */
  count(value: number): void {
    this.room(8)
    let rest = value
    while (rest >= SMALL) {
      this.bytes[this.length++] = (rest % SHIFT) | SHIFT
      rest = Math.floor(rest / SHIFT)
    }
    let small = rest
    while (small >= SHIFT) {
      this.bytes[this.length++] = (small & 0x7f) | SHIFT
      small >>>= 7
    }
    this.bytes[this.length++] = small
  }

  /** A whole number of either sign, up to 2^52. */
  signed(value: number): void {
    this.count(value < 0 ? -2 * value - 1 : 2 * value)
  }

  float(value: number): void {
    this.room(8)
    this.view.setFloat64(this.length, value, true)
    this.length += 8
  }

  /** Bytes without their length. */
  raw(source: Uint8Array, from = 0, to = source.length): void {
    this.room(to - from)
    if (to - from <= SHORT) this.copy(source, from, to)
    else this.bytes.set(from === 0 && to === source.length ? source : source.subarray(from, to), this.length)
    this.length += to - from
  }

  /** Byte by byte: a view of a part costs more, and leaves garbage. */
  private copy(source: Uint8Array, from: number, to: number): void {
    const { bytes, length } = this
    for (let at = from; at < to; at++) bytes[length + at - from] = source[at] as number
  }

  text(value: string): void {
    if (this.short(value)) return
    const bytes = encoder.encode(value)
    this.count(bytes.length)
    this.raw(bytes)
  }

  /** Writes a short text of ASCII, as names are, and says whether it was one. */
  private short(value: string): boolean {
    const { length } = value
    if (length >= SHIFT) return false
    this.room(length + 1)
    const { bytes } = this
    let at = this.length
    bytes[at++] = length
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index)
      if (code >= SHIFT) return false
      bytes[at++] = code
    }
    this.length = at
    return true
  }
}

/** Reads what a `ByteWriter` wrote. Throws a RangeError at bytes that end too soon. */
export class ByteReader {
  readonly bytes: Uint8Array
  private readonly view: DataView
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new RangeError(`bytes end at ${this.at}, more expected`)
    return this.bytes[this.at++] as number
  }

  count(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < SHIFT) break
      scale *= SHIFT
    }
    if (value > Number.MAX_SAFE_INTEGER + 1) throw new RangeError(`number too large before byte ${this.at}`)
    return value
  }

  signed(): number {
    const value = this.count()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  float(): number {
    const value = this.view.getFloat64(this.at, true)
    this.at += 8
    return value
  }

  /** Passes over so many bytes and gives where they begin. */
  skip(count: number): number {
    const from = this.at
    if (from + count > this.bytes.length)
      throw new RangeError(`bytes end at ${this.bytes.length}, ${from + count} expected`)
    this.at += count
    return from
  }

  raw(count: number): Uint8Array {
    const from = this.skip(count)
    return this.bytes.subarray(from, this.at)
  }

  text(): string {
    return decoder.decode(this.raw(this.count()))
  }
}
