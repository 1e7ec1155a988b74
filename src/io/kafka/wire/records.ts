import type { KafkaRecord, RecordHeader } from '../types.ts'
import { Bytes } from './bytes.ts'
import { decompress } from './codecs.ts'

/** Records of one partition as a fetch brought them. */
export interface Decoded {
  readonly records: KafkaRecord[]
  /** Behind the last whole batch; `from` when there was none. */
  readonly next: number
  /** Batches that could not be read: their offsets, and why. */
  readonly unreadable: readonly { readonly from: number; readonly to: number; readonly reason: string }[]
}

/** A transaction that was rolled back: its records count from this offset on, until its marker. */
export interface Aborted {
  readonly producerId: number
  readonly firstOffset: number
}

/** Bytes of a batch up to its first record: offset, length, leader epoch, magic, checksum, … (KIP-98). */
const HEADER = 61
const CODEC_MASK = 0x07
const APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/**
 * Reads the record batches of a fetch. Records before `from` (a batch comes whole) and of rolled back transactions are left
 * out. A batch cut at the end of the bytes comes again with the next fetch.
 */
export async function decodeRecords(buffer: Buffer, from: number, aborted: readonly Aborted[]): Promise<Decoded> {
  const decoded = {
    records: [] as KafkaRecord[],
    next: from,
    unreadable: [] as { from: number; to: number; reason: string }[],
  }
  const rolledBack = new RolledBack(aborted)
  for (let at = 0; at + HEADER <= buffer.length; ) {
    const end = at + 12 + buffer.readInt32BE(at + 8)
    if (end > buffer.length) break
    const batch = batchHeader(buffer.subarray(at, end))
    if (batch.next > from) {
      try {
        if (rolledBack.keeps(batch)) await readBatch(batch, from, decoded.records)
      } catch (error) {
        decoded.unreadable.push({ from: batch.base, to: batch.next, reason: (error as Error).message })
      }
      decoded.next = batch.next
    }
    at = end
  }
  return decoded
}

interface BatchHeader {
  readonly buffer: Buffer
  readonly base: number
  readonly next: number
  readonly magic: number
  readonly attributes: number
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly count: number
}

function batchHeader(buffer: Buffer): BatchHeader {
  const bytes = new Bytes(buffer)
  const base = bytes.int64()
  const magic = buffer.readInt8(16)
  if (magic < 2) return { ...OLD_FORMAT, buffer, base, magic, next: base + 1 }
  bytes.at = 21
  return {
    buffer,
    base,
    magic,
    attributes: bytes.int16(),
    next: base + bytes.int32() + 1,
    firstTimestamp: bytes.int64(),
    maxTimestamp: bytes.int64(),
    producerId: bytes.int64(),
    count: buffer.readInt32BE(57),
  }
}

const OLD_FORMAT = { attributes: 0, firstTimestamp: -1, maxTimestamp: -1, producerId: -1, count: 0 }

/** Which batches belong to transactions that were rolled back. */
class RolledBack {
  readonly #pending: Aborted[]
  readonly #open = new Set<number>()
  constructor(aborted: readonly Aborted[]) {
    this.#pending = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  keeps(batch: BatchHeader): boolean {
    while (this.#pending[0] !== undefined && this.#pending[0].firstOffset < batch.next) {
      this.#open.add((this.#pending.shift() as Aborted).producerId)
    }
    // A marker ends its producer's transaction, whichever way.
    if ((batch.attributes & CONTROL) !== 0) this.#open.delete(batch.producerId)
    return (
      (batch.attributes & CONTROL) === 0 &&
      !((batch.attributes & TRANSACTIONAL) !== 0 && this.#open.has(batch.producerId))
    )
  }
}

async function readBatch(batch: BatchHeader, from: number, into: KafkaRecord[]): Promise<void> {
  if (batch.magic < 2) throw new Error(`message format ${batch.magic} of Kafka before 0.11 is not read`)
  const packed = batch.buffer.subarray(HEADER)
  const codec = batch.attributes & CODEC_MASK
  const bytes = new Bytes(codec === 0 ? packed : await decompress(codec, packed))
  // A batch that breaks half-way gives nothing.
  const records: KafkaRecord[] = []
  const { buffer, byteOffset, length } = bytes.buffer
  // No Buffer: what a reader slices off to keep is to be a copy.
  const plain = new Uint8Array(buffer, byteOffset, length)
  for (let left = batch.count; left > 0; left--) {
    const record = readRecord(bytes, plain, batch)
    if (record.offset >= from) records.push(record)
  }
  for (const record of records) into.push(record)
}

function readRecord(bytes: Bytes, plain: Uint8Array, batch: BatchHeader): FetchedRecord {
  const end = bytes.varint() + bytes.at
  bytes.at++
  const time = bytes.varint()
  const record = new FetchedRecord(plain, batch, time, bytes.varint())
  const key = bytes.varint()
  if (key >= 0) {
    record.keyFrom = bytes.skip(key)
    record.keyTo = bytes.at
  }
  const value = bytes.varint()
  if (value >= 0) {
    record.valueFrom = bytes.skip(value)
    record.valueTo = bytes.at
  }
  record.headersFrom = bytes.at
  const headers = bytes.varint()
  for (let left = headers; left > 0; left--) {
    bytes.skip(bytes.varint())
    bytes.skip(Math.max(0, bytes.varint()))
  }
  record.headersTo = headers <= 0 ? record.headersFrom : bytes.at
  bytes.at = bytes.skip(0) > end ? cut() : end
  return record
}

function cut(): never {
  throw new RangeError('kafka response: a record longer than it says')
}

/** A record whose parts are made when somebody asks for them. */
class FetchedRecord implements KafkaRecord {
  readonly bytes: Uint8Array
  readonly #batch: BatchHeader
  readonly #time: number
  readonly #offset: number
  keyFrom = -1
  keyTo = -1
  valueFrom = -1
  valueTo = -1
  headersFrom = 0
  headersTo = 0

  constructor(bytes: Uint8Array, batch: BatchHeader, time: number, offset: number) {
    this.bytes = bytes
    this.#batch = batch
    this.#time = time
    this.#offset = offset
  }

  get offset(): number {
    return this.#batch.base + this.#offset
  }

  get timestamp(): number {
    const { attributes, firstTimestamp, maxTimestamp } = this.#batch
    return (attributes & APPEND_TIME) === 0 ? firstTimestamp + this.#time : maxTimestamp
  }

  get timestampKind(): 'create' | 'append' {
    return (this.#batch.attributes & APPEND_TIME) === 0 ? 'create' : 'append'
  }

  get key(): Buffer | null {
    return this.keyFrom < 0 ? null : part(this.bytes, this.keyFrom, this.keyTo)
  }

  get value(): Buffer | null {
    return this.valueFrom < 0 ? null : part(this.bytes, this.valueFrom, this.valueTo)
  }

  get headers(): readonly RecordHeader[] {
    return this.headersFrom === this.headersTo
      ? NO_HEADERS
      : readHeaders(new Bytes(part(this.bytes, this.headersFrom, this.headersTo)))
  }
}

function part(bytes: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
}

const NO_HEADERS: readonly RecordHeader[] = []

function readHeaders(bytes: Bytes): readonly RecordHeader[] {
  return Array.from({ length: bytes.varint() }, () => ({
    name: bytes.slice(bytes.varint()).toString(),
    value: nullable(bytes),
  }))
}

function nullable(bytes: Bytes): Buffer | null {
  const length = bytes.varint()
  return length < 0 ? null : bytes.slice(length)
}
