/**
 * Protobuf's wire format, read in place. `tag` gives the next field, `0` at the end of the message; a broken message
 * throws `Broken`, which the readers of messages catch.
 */
export class Broken extends Error {}

export class Wire {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** End of the message at hand. */
  end = 0
  /** Wire type of the last field: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  type = 0
  /** Bounds of the last length-delimited field. */
  from = 0
  to = 0

  over(bytes: Uint8Array, from: number, to: number): this {
    this.bytes = bytes
    this.at = from
    this.end = to
    return this
  }

  /** Number of the next field whose content was passed: `from`/`to` are its bounds. 0 at the end. */
  next(): number {
    if (this.at >= this.end) return 0
    const tag = this.varint()
    this.type = tag & 7
    const field = tag >>> 3
    if (field === 0) throw new Broken('a field without a number')
    this.from = this.at
    switch (this.type) {
      case 0:
        this.varint()
        break
      case 1:
        this.at += 8
        break
      case 2: {
        const length = this.varint()
        this.from = this.at
        this.at += length
        break
      }
      case 5:
        this.at += 4
        break
      default:
        throw new Broken(`wire type ${this.type}`)
    }
    if (this.at > this.end) throw new Broken('cut short')
    this.to = this.at
    return field
  }

  /** A varint as a number: exact up to 2^53, and all that tags, lengths and enums need. */
  varint(): number {
    const { bytes, end } = this
    let value = 0
    let scale = 1
    for (let count = 0; count < 10; count++) {
      if (this.at >= end) throw new Broken('cut short')
      const byte = bytes[this.at++] as number
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
    throw new Broken('a varint longer than 10 bytes')
  }
}
