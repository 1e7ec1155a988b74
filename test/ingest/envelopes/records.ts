import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Basis } from '../../../src/ingest/envelopes/identity.ts'
import type { PlacedRecord } from '../../../src/ingest/envelopes/placed.ts'
import {
  type RecordReader,
  type RecordReaderOptions,
  recordReader,
} from '../../../src/ingest/envelopes/record-reader.ts'
import { names } from '../../../src/ingest/names.ts'
import { decoders } from '../../../src/io/decode/index.ts'
import type { Outcome } from '../../../src/model/record.ts'

/** A record of a topic, as the samples keep it. */
export interface Sampled {
  readonly shipper: string
  readonly config: string
  readonly value: Uint8Array
  readonly key: Uint8Array | null
  readonly headers: Readonly<Record<string, Uint8Array>>
  readonly timestamp: number
}

/** Records that real shippers wrote, in their order. */
export function shipped(file: string): Sampled[] {
  const path = fileURLToPath(new URL(`../../../samples/shippers/${file}`, import.meta.url))
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => sampled(JSON.parse(line)))
}

interface Row {
  readonly shipper: string
  readonly config_id: string
  readonly key?: string | null
  readonly key_base64?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly timestamp_ms: number
  readonly value_utf8?: string
  readonly value_base64?: string
}

function sampled(row: Row): Sampled {
  const { shipper, config_id, key, key_base64, headers, timestamp_ms, value_utf8, value_base64 } = row
  return {
    shipper,
    config: config_id,
    value: value_base64 === undefined ? Buffer.from(value_utf8 ?? '') : Buffer.from(value_base64, 'base64'),
    key:
      key_base64 !== undefined ? Buffer.from(key_base64, 'base64') : typeof key === 'string' ? Buffer.from(key) : null,
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, Buffer.from(value)])),
    timestamp: timestamp_ms,
  }
}

/** What a reader said of one line. */
export interface Heard {
  readonly outcome: Outcome
  readonly offset: number
  readonly index: number
  readonly time: string | null
  readonly text: string
  readonly message: string
  readonly program: string
  readonly member: string | null
  readonly cluster: string | null
  readonly basis: Basis
  readonly stream: number
  readonly reason: string
}

export function newReader(options: Partial<RecordReaderOptions> = {}): RecordReader {
  return recordReader({ zone: 'UTC', names: names(), decoders: decoders(), ...options })
}

type Given = Pick<Sampled, 'value'> & Partial<Sampled>

/**
 * Reads records of one partition to the end: taken apart, and once more where they lie among bytes that look like the rest
 * of a value; both must give the same.
 */
export function read(records: readonly (Given | string)[], options: Partial<RecordReaderOptions> = {}): Heard[] {
  const given = records.map((record): Given => (typeof record === 'string' ? { value: Buffer.from(record) } : record))
  const apart = readBy(given, options, (reader, { value, key = null, headers, timestamp = 0 }, offset) =>
    reader.push(value, { offset, key, headers, timestamp }),
  )
  const inPlace = readBy(given, options, inPlaceOnce())
  assert.deepEqual(inPlace, apart)
  return apart
}

/** The bytes are good until the next record. */
function inPlaceOnce(): Give {
  let before = new Uint8Array(0)
  return (reader, record, offset) => {
    before.fill(120)
    const one = placed(record, offset)
    before = one.bytes
    reader.place(one)
  }
}

type Give = (reader: RecordReader, record: Given, offset: number) => void

function readBy(records: readonly Given[], options: Partial<RecordReaderOptions>, give: Give): Heard[] {
  const reader = newReader(options)
  const all: Heard[] = []
  records.forEach((record, offset) => {
    give(reader, record, offset)
    take(reader, all)
  })
  reader.end()
  take(reader, all)
  return all
}

const BEFORE = Buffer.from('{"log":"2026-11-22 10:00:00,000 INFO: x\n')
const BEHIND = Buffer.from('","message":"y"}\n2026-11-22 10:00:00,000 INFO: z')

/** A record where it lies among others. */
export function placed(
  { value, key = null, headers = {}, timestamp = 0 }: Given,
  offset: number,
): PlacedRecord & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const list = Object.entries(headers).map(([name, value]) => ({ name, value }))
  const written = list.length === 0 ? '' : JSON.stringify(list.map(({ name, value }) => [name, [...value]]))
  const parts = [BEFORE, key ?? Buffer.alloc(0), BEHIND, value, BEHIND, Buffer.from(written), BEFORE]
  const ends = parts.map((_, at) => parts.slice(0, at + 1).reduce((sum, { length }) => sum + length, 0))
  const [keyFrom = 0, keyTo = 0, valueFrom = 0, valueTo = 0, headersFrom = 0, headersTo = 0] = ends
  const at = { valueFrom, valueTo, headersFrom, headersTo, keyFrom: key === null ? -1 : keyFrom, keyTo }
  return { offset, timestamp, bytes: new Uint8Array(Buffer.concat(parts)), ...at, key, value, headers: list }
}

export function take(reader: RecordReader, all: Heard[]): void {
  for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next())
    all.push(heard(reader, outcome))
}

function heard({ record, writer }: RecordReader, outcome: Outcome): Heard {
  const text = (from: number, to: number) => Buffer.from(record.bytes.subarray(from, to)).toString('utf8')
  return {
    outcome,
    offset: record.line,
    index: record.index,
    time: Number.isNaN(record.time) ? null : new Date(record.time).toISOString(),
    text: text(record.from, record.to),
    message: text(record.messageFrom, record.messageTo),
    program: record.program,
    member: record.member,
    cluster: record.cluster,
    basis: writer().basis,
    stream: record.stream,
    reason: outcome === 'rejected' ? record.reason : '',
  }
}
