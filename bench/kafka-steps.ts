/**
 * What each step of a record's journey through an ingest worker costs, warm, in one process, without a broker:
 * `node bench/kafka-steps.ts raw|fluent [--records N] [--rounds N]` prints a JSON array of steps, each with the CPU ns a
 * record of all steps up to it. The bytes are those of a fetch.
 */
import { parseArgs } from 'node:util'
import type { SourceSettings } from '../src/config/sections/live.ts'
import { NO_RULES } from '../src/ingest/envelopes/identity.ts'
import { type RecordReader, recordReader } from '../src/ingest/envelopes/record-reader.ts'
import { familiar } from '../src/ingest/familiar.ts'
import { names } from '../src/ingest/names.ts'
import { compile } from '../src/ingest/recognise.ts'
import { decoders } from '../src/io/decode/index.ts'
import type { KafkaRecord, OutRecord } from '../src/io/kafka/types.ts'
import { decodeRecords } from '../src/io/kafka/wire/records.ts'
import { loadParsers } from '../src/io/shelves.ts'
import { Deliveries } from '../src/journal/delivery.ts'
import type { Intake } from '../src/journal/intake.ts'
import { openIntake } from '../src/live/sources.ts'
import { type Form, records as loadOf, partitionOf, sourceOf } from './kafka-load.ts'
import { median } from './measure.ts'
import type { Step } from './steps.ts'

/** Bytes of a partition in a fetch. */
const FETCH = 256 * 1024
const BATCH = 500
/** Each partition has its own reader: what a reader costs alone is less than what each of several costs. */
const PARTITIONS = 6
const HEADER = 61

/** What a fetch brought of one partition. */
interface Fetch {
  readonly partition: number
  readonly bytes: Buffer
}

/** Records as batches, in fetches of one partition after the other, as a worker reads them. */
function fetches(form: Form, count: number): Fetch[] {
  const all: Fetch[] = []
  const open = Array.from({ length: PARTITIONS }, () => ({
    batches: [] as Buffer[],
    batch: [] as OutRecord[],
    next: 0,
  }))
  let left = count
  for (const record of loadOf(form)) {
    const partition = partitionOf(record.key as string, PARTITIONS)
    const of = open[partition] as (typeof open)[number]
    if (of.batch.push(record) === BATCH) {
      of.batches.push(packed(of.batch.splice(0), of.next))
      of.next += BATCH
      if (of.batches.reduce((sum, { length }) => sum + length, 0) >= FETCH)
        all.push({ partition, bytes: Buffer.concat(of.batches.splice(0)) })
    }
    if (--left === 0) break
  }
  return all
}

/** A batch as a broker sends it (KIP-98), uncompressed; nobody looks at its checksum. */
function packed(records: readonly OutRecord[], base: number): Buffer {
  const body = Buffer.concat(records.map(packedRecord))
  const head = Buffer.alloc(HEADER)
  head.writeBigInt64BE(BigInt(base), 0)
  head.writeInt32BE(HEADER - 12 + body.length, 8)
  head.writeInt8(2, 16)
  head.writeInt32BE(records.length - 1, 23)
  head.writeBigInt64BE(BigInt(Date.now()), 27)
  head.writeBigInt64BE(BigInt(Date.now()), 35)
  head.writeInt32BE(records.length, 57)
  return Buffer.concat([head, body])
}

function packedRecord({ key = null, value, headers = [] }: OutRecord, index: number): Buffer {
  const content = Buffer.concat([
    Buffer.from([0]),
    varint(0),
    varint(index),
    bytes(key),
    bytes(value),
    varint(headers.length),
    ...headers.flatMap(({ name, value }) => [bytes(name), bytes(value)]),
  ])
  return Buffer.concat([varint(content.length), content])
}

function bytes(value: Uint8Array | string | null): Buffer {
  return value === null ? varint(-1) : Buffer.concat([varint(Buffer.from(value).length), Buffer.from(value)])
}

function varint(value: number): Buffer {
  const out: number[] = []
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128)
  return Buffer.from([...out, rest])
}

type Take = (records: readonly KafkaRecord[], partition: number) => void

const toLines = (source: SourceSettings): Take => {
  const rules = { ...NO_RULES, member: source.identity?.member ?? [] }
  const home = source.cluster === undefined ? {} : { cluster: source.cluster }
  const newReader = () => recordReader({ zone: 'UTC', names: names(), decoders: decoders(), rules, home })
  const readers = Array.from({ length: PARTITIONS }, newReader)
  return (records, partition) => {
    const reader = readers[partition] as RecordReader
    for (const record of records) {
      reader.place(record)
      while (reader.next() !== 'more');
    }
  }
}

async function toFrames(source: SourceSettings): Promise<Take> {
  const recogniser = familiar(compile(await loadParsers()))
  const options = { recogniser, zone: 'UTC', partitions: 32, deliveries: new Deliveries(), onReject: () => {} }
  const intakes = Array.from({ length: PARTITIONS }, (_, partition) =>
    openIntake({ source, home: {} }, { topic: 'bench', partition, epoch: 0 }, options),
  )
  return (records, partition) => {
    const intake = intakes[partition] as Intake
    for (const record of records) intake.place(record)
    intake.frames(0)
  }
}

/** ns a record, the median of the rounds after the first, which compiles. */
async function measure(all: readonly Fetch[], rounds: number, take: Take): Promise<number> {
  const costs: number[] = []
  for (let round = 0; round <= rounds; round++) {
    let count = 0
    const before = process.cpuUsage()
    for (const { partition, bytes } of all) {
      const { records } = await decodeRecords(bytes, 0, [])
      count += records.length
      take(records, partition)
    }
    const { user, system } = process.cpuUsage(before)
    costs.push(((user + system) * 1000) / count)
  }
  return median(costs.slice(1))
}

async function main(form: Form, records: number, rounds: number): Promise<void> {
  const all = fetches(form, records)
  const source: SourceSettings = { hosts: {}, ...sourceOf('bench', form) }
  const steps: readonly (readonly [string, Take])[] = [
    ['records out of a fetch (`io/kafka/wire/records`)', () => {}],
    ['envelope, wrapper, prefix, time (`ingest/envelopes`)', toLines(source)],
    ['recognise, frames of observations (`journal/intake`)', await toFrames(source)],
  ]
  const costs: Step[] = []
  for (const [name, take] of steps) costs.push({ name, nanoseconds: await measure(all, rounds, take) })
  console.log(JSON.stringify(costs))
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { records: { type: 'string', default: '300000' }, rounds: { type: 'string', default: '5' } },
  })
  await main((positionals[0] ?? 'raw') as Form, Number(values.records), Number(values.rounds))
}
