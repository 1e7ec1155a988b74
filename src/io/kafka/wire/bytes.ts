/** Reads the primitive types of the Kafka protocol one after the other. */
export class Bytes {
  readonly buffer: Buffer
  at: number
  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer
    this.at = at
  }

  int8(): number {
    return this.buffer.readInt8(this.at++)
  }

  int16(): number {
    this.at += 2
    return this.buffer.readInt16BE(this.at - 2)
  }

  int32(): number {
    this.at += 4
    return this.buffer.readInt32BE(this.at - 4)
  }

  /** Offsets, times and ids: exact up to 2^53. */
  int64(): number {
    const high = this.int32()
    return high * 4294967296 + (this.int32() >>> 0)
  }

  /** A number in groups of seven bits, the lowest first; lengths of the newer encodings. */
  uvarint(): number {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = this.buffer[this.at++]
      if (byte === undefined) throw new RangeError('kafka response: cut within a number')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
  }

  /** The same with the sign in the lowest bit; lengths and differences within records. */
  varint(): number {
    const first = this.buffer[this.at] as number
    if (first < 0x80) {
      this.at++
      return (first >>> 1) ^ -(first & 1)
    }
    const value = this.uvarint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** Passes over so many bytes; gives where they began. */
  skip(length: number): number {
    const from = this.at
    if (length < 0 || from + length > this.buffer.length) throw new RangeError('kafka response: cut within bytes')
    this.at = from + length
    return from
  }

  slice(length: number): Buffer {
    if (this.at + length > this.buffer.length) throw new RangeError('kafka response: cut within bytes')
    this.at += length
    return this.buffer.subarray(this.at - length, this.at)
  }

  /** Text with its length in front; null for length -1. */
  string(): string | null {
    const length = this.int16()
    return length < 0 ? null : this.slice(length).toString()
  }

  /** Text as the newer encodings write it: length + 1, and 0 for null. */
  compactString(): string | null {
    const length = this.uvarint() - 1
    return length < 0 ? null : this.slice(length).toString()
  }

  compactArray<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.uvarint() - 1) }, read)
  }

  /** Fields of later versions, which nobody here asks for. */
  skipTags(): void {
    for (let count = this.uvarint(); count > 0; count--) {
      this.uvarint()
      this.slice(this.uvarint())
    }
  }
}
