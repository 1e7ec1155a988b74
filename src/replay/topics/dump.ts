import { basename } from 'node:path'
import type { SourceSettings } from '../../config/sections/live.ts'
import type { InputFile } from '../../io/files/input.ts'
import type { ReadOptions } from '../../io/kafka/types.ts'
import { consoleHead, consoleRecords } from './console-dump.ts'
import type { Dumped } from './dumped.ts'
import { kindOf } from './kind.ts'
import type { RangeBatch, RangeRecord, TopicRange } from './range.ts'

interface Part {
  readonly topic: string
  readonly partition: number
  from: number
  to: number
  /** First records, which tell what the topic holds. */
  readonly head: RangeRecord[]
}

const [NEWLINE, BRACE] = [10, 123] as const
const LOOKED_AT = 50
const BATCH = 500

/**
 * The partitions in a file that is a dump of topics by `kcat -J`, or by `kafka-console-consumer` with `print.partition`, each
 * to be read as if from its topic: what lies side by side is written down one after the other. Null when the file is no dump,
 * or one of lines of a single partition, which is a log like any other.
 */
export async function dumpedRanges(file: InputFile): Promise<TopicRange[] | null> {
  if (!(await isDump(file))) return null
  const parts = await partsOf(file)
  const ranges = [...parts.values()].map(({ head, ...at }) => ({ ...at, ...sourceOf(file, at.topic, head) }))
  return ranges.length === 1 && ranges[0]?.source.kind === 'logs' ? null : ranges
}

async function isDump(file: InputFile): Promise<boolean> {
  const { head } = await file.peek(false)
  const end = endOfLine(head)
  return dumped(head, 0, end) !== null || consoleHead(head, 0, end) !== null
}

async function partsOf(file: InputFile): Promise<Map<string, Part>> {
  const parts = new Map<string, Part>()
  for await (const record of dumpOf(file, null)) {
    const { topic, partition, offset } = record
    const key = `${topic}/${partition}`
    const part = parts.get(key) ?? { topic, partition, from: offset, to: offset, head: [] }
    parts.set(key, part)
    part.from = Math.min(part.from, offset)
    part.to = Math.max(part.to, offset + 1)
    if (part.head.length < LOOKED_AT) part.head.push(recordOf(record))
  }
  return parts
}

function sourceOf(file: InputFile, topic: string, head: readonly RangeRecord[]): Pick<TopicRange, 'kafka' | 'source'> {
  const { cluster } = file.identity
  const source: SourceSettings = {
    topics: [topic],
    hosts: {},
    ...kindOf(head),
    ...(cluster === null ? {} : { cluster }),
  }
  return { source, kafka: { read: (options) => readDump(file, options) } }
}

/** The records of one partition, as they lie in the file. */
async function* readDump(file: InputFile, { topic, partition, signal }: ReadOptions): AsyncGenerator<RangeBatch, void> {
  let records: RangeRecord[] = []
  const batch = (): RangeBatch => ({ records, next: (records.at(-1)?.offset ?? -1) + 1 })
  for await (const record of dumpOf(file, `"partition":${partition},`)) {
    if (signal?.aborted === true) return
    if (record.topic !== topic || record.partition !== partition) continue
    records.push(recordOf(record))
    if (records.length < BATCH) continue
    yield batch()
    records = []
  }
  if (records.length > 0) yield batch()
}

/** Records of a dump; with `mark`, those whose line as kcat prints it begins with it somewhere are enough. */
async function* dumpOf(file: InputFile, mark: string | null): AsyncGenerator<Dumped, void> {
  const { head } = await file.peek(false)
  const console = consoleHead(head, 0, endOfLine(head)) === null ? null : consoleRecords(basename(file.name))
  const records = (bytes: Uint8Array): Iterable<Dumped> => console?.take(bytes) ?? recordsIn(bytes, mark)
  const stream = file.open()
  let rest: Uint8Array = new Uint8Array(0)
  try {
    for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read()) {
      const bytes = Buffer.concat([rest, chunk])
      const end = bytes.lastIndexOf(NEWLINE) + 1
      rest = bytes.subarray(end)
      yield* records(bytes.subarray(0, end))
    }
    yield* records(rest)
    yield* console?.end() ?? []
  } finally {
    await stream.close()
  }
}

function endOfLine(bytes: Uint8Array): number {
  const end = bytes.indexOf(NEWLINE)
  return end < 0 ? bytes.length : end
}

/** Topic, partition and offset stand at the start of a line. */
const START = 400

function* recordsIn(bytes: Uint8Array, mark: string | null): Iterable<Dumped> {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let from = 0; from < lines.length; ) {
    const newline = lines.indexOf(NEWLINE, from)
    const to = newline < 0 ? lines.length : newline
    if (mark === null || lines.subarray(from, Math.min(to, from + START)).includes(mark)) {
      const record = dumped(lines, from, to)
      if (record !== null) yield record
    }
    from = to + 1
  }
}

const decoder = new TextDecoder()

function dumped(bytes: Uint8Array, from: number, to: number): Dumped | null {
  if (bytes[from] !== BRACE) return null
  try {
    const record = JSON.parse(decoder.decode(bytes.subarray(from, to))) as Partial<Dumped>
    const isOne =
      typeof record.topic === 'string' &&
      Number.isSafeInteger(record.partition) &&
      Number.isSafeInteger(record.offset) &&
      (typeof record.payload === 'string' || record.payload === null)
    return isOne ? (record as Dumped) : null
  } catch {
    return null
  }
}

function recordOf({ offset, ts, headers = [], key, payload }: Dumped): RangeRecord {
  const named: RangeRecord['headers'][number][] = []
  for (let at = 0; at + 1 < headers.length; at += 2)
    named.push({ name: String(headers[at]), value: bytesOf(headers[at + 1]) })
  return { offset, timestamp: ts ?? -1, key: bytesOf(key), value: bytesOf(payload), headers: named }
}

function bytesOf(text: string | null | undefined): Buffer | null {
  return text == null ? null : Buffer.from(String(text))
}
