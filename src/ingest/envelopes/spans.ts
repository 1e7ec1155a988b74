/**
 * Metadata are the same in each record of a writer, so they are read once and then known by their bytes. Slots push each
 * other out; nothing is lost but the saving.
 */

/** Knows JSON objects by their first bytes, so that their end need not be looked for. */
export interface ObjectCache {
  /** The object that stands at `from` if it was kept, or null. */
  find(bytes: Uint8Array, view: DataView, from: number, to: number): Kept | null
  /** Keeps an object; null when it is too long. */
  keep(bytes: Uint8Array, from: number, to: number): Kept | null
}

export interface Kept {
  readonly length: number
  /** Equal bytes have the same number. */
  readonly id: number
  readonly view: DataView
}

/** What was made of some spans of a record. A pair (id, -1) stands for an object with that number. */
export interface SpanCache<T> {
  find(bytes: Uint8Array, view: DataView, spans: Int32Array, count: number): T | null
  keep(bytes: Uint8Array, spans: Int32Array, count: number, value: T): void
}

/** Bytes at the start of an object that choose its slot. */
const HEAD = 96
/** Longer ones are not kept. */
const LONGEST = 8192
export const SLOTS = 4096

/** Gives the memory that bytes lie in as a view; that of the last bytes asked for is kept. */
export function memoryView(): (bytes: Uint8Array) => DataView {
  let last = new Uint8Array(0)
  let view: DataView = new DataView(last.buffer)
  return (bytes) => {
    if (bytes !== last) {
      last = bytes as Uint8Array<ArrayBuffer>
      view = new DataView(bytes.buffer)
    }
    return view
  }
}

export function objectCache(): ObjectCache {
  const table: (Kept | undefined)[] = new Array(SLOTS).fill(undefined)
  let last = 0

  return {
    find(bytes, view, from, to) {
      if (to - from < HEAD) return null
      const at = slotOf(hashed(view, bytes.byteOffset + from, HEAD, 0))
      const one = table[at]
      if (one !== undefined && begins(one, bytes, view, from, to)) return one
      const two = table[at ^ 1]
      return two !== undefined && begins(two, bytes, view, from, to) ? two : null
    },
    keep(bytes, from, to) {
      const length = to - from
      if (length < HEAD || length > LONGEST) return null
      const kept = { length, id: ++last, view: viewOf(bytes.slice(from, to)) }
      put(table, slotOf(hashed(kept.view, 0, HEAD, 0)), kept)
      return kept
    },
  }
}

function begins({ length, view: known }: Kept, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
  return length <= to - from && same(known, 0, view, bytes.byteOffset + from, length)
}

interface Slot<T> {
  readonly spans: Int32Array
  readonly view: DataView
  readonly value: T
}

export function spanCache<T>(): SpanCache<T> {
  const table: (Slot<T> | undefined)[] = new Array(SLOTS).fill(undefined)

  return {
    find(bytes, view, spans, count) {
      const at = slotOf(hashOf(view, bytes.byteOffset, spans, count))
      const one = table[at]
      if (one !== undefined && matches(one, bytes, view, spans, count)) return one.value
      const two = table[at ^ 1]
      return two !== undefined && matches(two, bytes, view, spans, count) ? two.value : null
    },
    keep(bytes, spans, count, value) {
      const copy = lengths(spans, count)
      const total = copy.reduce((sum, length) => sum + Math.max(0, length), 0)
      if (total > LONGEST) return
      put(table, slotOf(hashOf(new DataView(bytes.buffer), bytes.byteOffset, spans, count)), {
        spans: copy,
        view: viewOf(joined(bytes, spans, count, total)),
        value,
      })
    },
  }
}

/** A slot has a neighbour that what was there before goes to: two that share one would push each other out for ever. */
export function put<T>(table: (T | undefined)[], at: number, value: T): void {
  const before = table[at]
  if (before !== undefined) table[at ^ 1] = before
  table[at] = value
}

/** Length of each span; an object's number as a negative one. */
function lengths(spans: Int32Array, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => lengthOf(spans, index))
}

function lengthOf(spans: Int32Array, index: number): number {
  const [from, to] = [spans[2 * index] as number, spans[2 * index + 1] as number]
  return to < 0 ? -from : to - from
}

function hashOf(view: DataView, start: number, spans: Int32Array, count: number): number {
  let hash = count
  for (let index = 0; index < count; index++) {
    const from = spans[2 * index] as number
    const to = spans[2 * index + 1] as number
    hash = to < 0 ? Math.imul(hash, 31) + from : hashed(view, start + from, to - from, hash)
  }
  return hash
}

function matches<T>(slot: Slot<T>, bytes: Uint8Array, view: DataView, spans: Int32Array, count: number): boolean {
  if (slot.spans.length !== count) return false
  let at = 0
  for (let index = 0; index < count; index++) {
    const from = spans[2 * index] as number
    const to = spans[2 * index + 1] as number
    const length = to < 0 ? -from : to - from
    if (slot.spans[index] !== length) return false
    if (length <= 0) continue
    if (!same(slot.view, at, view, bytes.byteOffset + from, length)) return false
    at += length
  }
  return true
}

function joined(bytes: Uint8Array, spans: Int32Array, count: number, total: number): Uint8Array {
  const all = new Uint8Array(total)
  let at = 0
  for (let index = 0; index < count; index++) {
    const length = lengthOf(spans, index)
    if (length <= 0) continue
    all.set(bytes.subarray(spans[2 * index] as number, spans[2 * index + 1] as number), at)
    at += length
  }
  return all
}

/** Of words of four bytes, and of the bytes left at the end. */
export function hashed(view: DataView, from: number, length: number, seed: number): number {
  let hash = seed ^ length
  const words = from + (length & ~3)
  let at = from
  for (; at < words; at += 4) hash = mixed(hash ^ view.getInt32(at, true))
  for (const to = from + length; at < to; at++) hash = mixed(hash ^ view.getUint8(at))
  return hash
}

/** Lets each bit count in the low ones. */
function mixed(word: number): number {
  const hash = Math.imul(word, 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

export function slotOf(hash: number): number {
  return (hash ^ (hash >>> 13)) & (SLOTS - 1)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/**
 * Compares by words of eight bytes, since metadata are hundreds of bytes a record; as floats, which are the fastest to
 * read. Bytes that make NaN never match, which costs a saving; those of 0 and -0 do, which no metadata differ in.
 */
function same(known: DataView, start: number, view: DataView, from: number, length: number): boolean {
  const words = length & ~7
  let at = 0
  for (; at < words; at += 8) if (known.getFloat64(start + at, true) !== view.getFloat64(from + at, true)) return false
  for (; at < length; at++) if (known.getUint8(start + at) !== view.getUint8(from + at)) return false
  return true
}
