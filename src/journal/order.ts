import { ByteReader, ByteWriter } from '../engine/bytes.ts'
import { begin, KIND } from './frame.ts'
import { partitionOf } from './scope.ts'

/** What a person orders, as a record of the observations: its effects are decided like all others, and read again like them. */
export interface Order {
  /** Clock of the process that was asked, epoch ms: all that was written up to then is decided before. */
  readonly at: number
  /** What to forget: a cluster's full name, or that and a member's with a slash between. */
  readonly forget: string
}

/** An order as a record of the observations. */
export function encodeOrder({ at, forget }: Order): Uint8Array {
  const out = new ByteWriter()
  begin(out, KIND.order)
  out.float(at)
  out.text(forget)
  return out.done().slice()
}

/** What `encodeOrder` wrote; its head was read already. Throws a RangeError when bytes are missing. */
export function decodeOrder(bytes: Uint8Array): Order {
  const from = new ByteReader(bytes, 4)
  return { at: from.float(), forget: from.text() }
}

/** Partitions of the observations whose owners may know whom an order names: it may be a cluster, or a member of one. */
export function partitionsOf({ forget }: Order, partitions: number): readonly number[] {
  const slash = forget.lastIndexOf('/')
  const names = slash < 0 ? [forget] : [forget, forget.slice(0, slash)]
  return [...new Set(names.map((name) => partitionOf(name, partitions)))]
}
