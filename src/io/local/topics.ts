import {
  type Batch,
  type Bounds,
  KafkaError,
  type KafkaRecord,
  type OutBatch,
  type OutRecord,
  type PartitionId,
  type Position,
  type RecordHeader,
  type Start,
  type TopicSpec,
  type TopicState,
} from '../kafka/types.ts'
import { type Database, openDatabase } from './database.ts'
import { wholeRecord } from './whole.ts'

/** Topics as tables: what Kafka keeps on brokers, for one process on one host. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS topic (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL, partitions INTEGER NOT NULL,
  settings TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS log_end (
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, timestamp INTEGER NOT NULL,
  key BLOB, value BLOB, headers TEXT, PRIMARY KEY (topic, partition, offset)
) STRICT;
CREATE INDEX IF NOT EXISTS record_key ON record (topic, partition, key) WHERE key IS NOT NULL;
CREATE TABLE IF NOT EXISTS committed (
  consumers TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, epoch INTEGER NOT NULL,
  offset INTEGER NOT NULL, PRIMARY KEY (consumers, topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`

interface TopicRow {
  readonly id: number
  readonly name: string
  readonly epoch: number
  readonly partitions: number
  readonly settings: string
}

interface RecordRow {
  readonly offset: number
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: string | null
}

/** Records of a batch, at most. */
const MOST = 500

/** Opens the file with all topics in it; see `openDatabase`. */
export function openTopics(file: string): Topics {
  return new Topics(openDatabase(file, SCHEMA))
}

/** The topics of one file. Reading is at once; changes resolve when they are on the disk. */
export class Topics {
  readonly database: Database
  readonly #topics = new Map<string, TopicRow>()

  constructor(database: Database) {
    this.database = database
    for (const row of database.all<TopicRow>('SELECT * FROM topic')) this.#topics.set(row.name, row)
  }

  names(): readonly string[] {
    return [...this.#topics.keys()].sort()
  }

  state(topic: string): TopicState | null {
    const row = this.#topics.get(topic)
    if (row === undefined) return null
    const { epoch, partitions, settings } = row
    return { topic, epoch, partitions, settings: JSON.parse(settings) as Record<string, string> }
  }

  /** Its epoch is the time it was made, so that one made anew is another one. */
  async create({ topic, partitions, settings = {} }: TopicSpec): Promise<void> {
    await this.database.write(() => {
      this.database.run(
        'INSERT INTO topic (name, epoch, partitions, settings) VALUES (?, ?, ?, ?)',
        topic,
        Date.now(),
        partitions,
        JSON.stringify(settings),
      )
    })
    this.#topics.set(topic, this.database.get<TopicRow>('SELECT * FROM topic WHERE name = ?', topic) as TopicRow)
  }

  async addPartitions(topic: string, partitions: number): Promise<void> {
    const row = this.#row(topic)
    await this.database.write(() =>
      this.database.run('UPDATE topic SET partitions = ? WHERE id = ?', partitions, row.id),
    )
    this.#topics.set(topic, { ...row, partitions })
  }

  async remove(topic: string): Promise<void> {
    const { id } = this.#row(topic)
    this.#topics.delete(topic)
    await this.database.write(() => {
      this.database.run('DELETE FROM record WHERE topic = ?', id)
      this.database.run('DELETE FROM log_end WHERE topic = ?', id)
      this.database.run('DELETE FROM committed WHERE topic = ?', topic)
      this.database.run('DELETE FROM topic WHERE id = ?', id)
    })
  }

  bounds(at: PartitionId): Bounds {
    const { id } = this.#row(at.topic)
    const high = this.#end(id, at.partition)
    const low = this.database.get<{ low: number | null }>(
      'SELECT min(offset) AS low FROM record WHERE topic = ? AND partition = ?',
      id,
      at.partition,
    )?.low
    return { ...at, low: low ?? high, high }
  }

  /** The offset that a start means now. */
  locate(at: PartitionId, start: Start): number {
    if (typeof start === 'number') return start
    const { low, high } = this.bounds(at)
    if (start === 'earliest') return low
    if (start === 'latest') return high
    const found = this.database.get<{ offset: number | null }>(
      'SELECT min(offset) AS offset FROM record WHERE topic = ? AND partition = ? AND timestamp >= ?',
      this.#row(at.topic).id,
      at.partition,
      start.time,
    )
    return found?.offset ?? high
  }

  /** Records from an offset on, about so many bytes of them. Without any, `next` is where it began. */
  fetch(at: PartitionId, from: number, maxBytes: number): Batch {
    const { id, epoch } = this.#row(at.topic)
    const sql = `SELECT offset, timestamp, key, value, headers FROM record
      WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ${MOST}`
    const rows = this.database.all<RecordRow>(sql, id, at.partition, from)
    let bytes = 0
    const within = rows.filter(({ value }, index) => {
      bytes += value?.length ?? 0
      return index === 0 || bytes <= maxBytes
    })
    const next = (within.at(-1)?.offset ?? from - 1) + 1
    return { ...at, epoch, records: within.map(recordOf), next, end: this.#end(id, at.partition) }
  }

  /** Appends all batches or none; the first offset of each. */
  append(batches: readonly OutBatch[]): Promise<readonly Position[]> {
    for (const batch of batches) this.#check(batch)
    return this.database.write(() => batches.map((batch) => this.#append(batch)))
  }

  #check({ topic, partition }: OutBatch): void {
    const row = this.#topics.get(topic)
    if (row !== undefined && partition < row.partitions) return
    const why = row === undefined ? 'there is no such topic' : `the topic has ${row.partitions} partitions`
    throw new KafkaError('unknown-partition', `nothing sent to ${topic}/${partition}: ${why}`)
  }

  #append({ topic, partition, records }: OutBatch): Position {
    const { id, settings } = this.#row(topic)
    const compact = JSON.parse(settings)['cleanup.policy'] === 'compact'
    const offset = this.#end(id, partition)
    records.forEach((record, index) => {
      this.#insert(id, partition, offset + index, record, compact)
    })
    this.database.run(
      'INSERT INTO log_end VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next',
      id,
      partition,
      offset + records.length,
    )
    return { topic, partition, offset: offset + records.length }
  }

  /** In a compacted topic a record takes the place of the one with its key. */
  #insert(id: number, partition: number, offset: number, record: OutRecord, compact: boolean): void {
    const key = bytesOf(record.key ?? null)
    if (compact && key !== null)
      this.database.run('DELETE FROM record WHERE topic = ? AND partition = ? AND key = ?', id, partition, key)
    this.database.run(
      'INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)',
      id,
      partition,
      offset,
      record.timestamp ?? Date.now(),
      key,
      bytesOf(record.value),
      record.headers === undefined ? null : JSON.stringify(record.headers.map(packed)),
    )
  }

  /** Lets go of the records of a partition before an offset. */
  trim({ topic, partition, offset }: Position): Promise<void> {
    const { id } = this.#row(topic)
    return this.database.write(() =>
      this.database.run('DELETE FROM record WHERE topic = ? AND partition = ? AND offset < ?', id, partition, offset),
    )
  }

  /** Lets go of records older than their topic keeps them. */
  async expire(now: number): Promise<void> {
    for (const { id, settings } of this.#topics.values()) {
      const kept = Number(JSON.parse(settings)['retention.ms'])
      if (!Number.isFinite(kept)) continue
      await this.database.write(() =>
        this.database.run('DELETE FROM record WHERE topic = ? AND timestamp < ?', id, now - kept),
      )
    }
  }

  #end(id: number, partition: number): number {
    const sql = 'SELECT next FROM log_end WHERE topic = ? AND partition = ?'
    return this.database.get<{ next: number }>(sql, id, partition)?.next ?? 0
  }

  #row(topic: string): TopicRow {
    const row = this.#topics.get(topic)
    if (row === undefined) throw new KafkaError('unknown-topic', `topic ${topic} does not exist`)
    return row
  }
}

function bytesOf(value: Uint8Array | string | null): Uint8Array | null {
  return typeof value === 'string' ? Buffer.from(value) : value
}

function packed({ name, value }: { readonly name: string; readonly value: Uint8Array | string }): [string, string] {
  return [name, (typeof value === 'string' ? Buffer.from(value) : Buffer.from(value)).toString('base64')]
}

function recordOf({ offset, timestamp, key, value, headers }: RecordRow): KafkaRecord {
  const written = headers === null ? [] : (JSON.parse(headers) as readonly [string, string][])
  return wholeRecord(
    {
      offset,
      timestamp,
      timestampKind: 'create',
      key: bufferOf(key),
      value: bufferOf(value),
      headers: written.map(([name, text]): RecordHeader => ({ name, value: Buffer.from(text, 'base64') })),
    },
    Buffer.from(headers ?? ''),
  )
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
