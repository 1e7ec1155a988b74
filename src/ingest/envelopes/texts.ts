import type { Enveloped } from './enveloped.ts'
import type { Writer } from './writers.ts'

/** The texts that a record holds, by where they stand. One object, filled anew by each record. */
export interface Texts {
  count: number
  readonly bytes: Uint8Array[]
  /** Pairs (from, to). */
  bounds: Int32Array
  readonly writers: Writer[]
  /** A record of a batch that is no text, in place of the bounds; else null. */
  readonly records: (Enveloped | null)[]
  /** Whether each text is one line for certain. */
  single: boolean
  /** Wrappers taken off. */
  depth: number
  /** Why the record is of no use, else ''. */
  reason: string
  /** The value, of which may be quoted: its bytes and where it lies in them. */
  whole: Uint8Array
  wholeFrom: number
  wholeTo: number
  add(bytes: Uint8Array, from: number, to: number, writer: Writer, record?: Enveloped): void
  /** Begins anew with the value bytes[from, to). */
  reset(bytes: Uint8Array, from: number, to: number): void
}

const NOTHING = new Uint8Array(0)

export function texts(): Texts {
  return {
    count: 0,
    bytes: [],
    bounds: new Int32Array(64),
    writers: [],
    records: [],
    single: false,
    depth: 0,
    reason: '',
    whole: NOTHING,
    wholeFrom: 0,
    wholeTo: 0,
    add(bytes, from, to, writer, record) {
      if (2 * this.count === this.bounds.length) {
        const more = new Int32Array(2 * this.bounds.length)
        more.set(this.bounds)
        this.bounds = more
      }
      this.bytes[this.count] = bytes
      this.bounds[2 * this.count] = from
      this.bounds[2 * this.count + 1] = to
      this.writers[this.count] = writer
      this.records[this.count] = record ?? null
      this.count++
    },
    reset(bytes, from, to) {
      this.count = 0
      this.single = false
      this.depth = 0
      this.reason = ''
      this.whole = bytes
      this.wholeFrom = from
      this.wholeTo = to
    },
  }
}
