import type { Producer as LibraryProducer, Message, RecordMetadata, TopicMessages } from 'kafkajs'
import kafkajs from 'kafkajs'
import type { Client } from './client.ts'
import {
  type Compression,
  KafkaError,
  type OutBatch,
  type OutRecord,
  type Position,
  type Producer,
  type ProducerOptions,
} from './types.ts'
import { Cluster, fatal } from './wire/cluster.ts'
import { pause, waited } from './wire/retry.ts'

const DEADLINE = 60_000
const CODECS: Readonly<Record<Compression, number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

/** See `Producer`. It connects with the first send. */
export function producer(client: Client, options: ProducerOptions = {}): Producer {
  const sender = new Sender(client, options.deadline ?? DEADLINE, CODECS[options.compression ?? 'none'])
  return { send: (batches) => sender.send(batches), close: () => sender.close() }
}

class Sender {
  readonly #client: Client
  readonly #cluster: Cluster
  readonly #deadline: number
  readonly #codec: number
  /** Last send of each partition, settled or not: the next one waits for it. */
  readonly #last = new Map<string, Promise<unknown>>()
  /** Partition count of topics, as far as known. */
  readonly #counts = new Map<string, number>()
  #library: LibraryProducer | null = null
  #closed = false

  constructor(client: Client, deadline: number, codec: number) {
    this.#client = client
    this.#cluster = new Cluster(client)
    this.#deadline = deadline
    this.#codec = codec
  }

  async send(batches: readonly OutBatch[]): Promise<readonly Position[]> {
    if (this.#closed) throw new KafkaError('closed', 'kafka producer is closed')
    const keys = batches.map(keyOf)
    const before = Promise.all(keys.map((key) => this.#last.get(key)))
    const sent = before.then(() => this.#checked(batches))
    const settled = sent.catch(() => {})
    for (const key of keys) this.#last.set(key, settled)
    return this.#inTime(sent, batches)
  }

  async close(): Promise<void> {
    this.#closed = true
    const timer = new AbortController()
    await Promise.race([Promise.all(this.#last.values()), waited(this.#deadline, timer.signal)])
    timer.abort()
    await this.#library?.disconnect()
    await this.#cluster.close()
  }

  /** The send itself goes on when its time is up: what comes after it to the same partitions waits. */
  async #inTime<T>(sent: Promise<T>, batches: readonly OutBatch[]): Promise<T> {
    const timer = new AbortController()
    const late = waited(this.#deadline, timer.signal).then((over): never | undefined => {
      if (over)
        throw new KafkaError('deadline', `kafka: no answer to a send to ${named(batches)} in ${this.#deadline} ms`)
      return undefined
    })
    try {
      return (await Promise.race([sent, late])) as T
    } finally {
      timer.abort()
    }
  }

  async #checked(batches: readonly OutBatch[]): Promise<readonly Position[]> {
    await this.#know(batches)
    const answers = await this.#write(batches)
    return batches.map((batch) => {
      const answer = answers.find((each) => each.topicName === batch.topic && each.partition === batch.partition)
      if (answer?.errorCode === 0) return { ...place(batch), offset: Number(answer.baseOffset) }
      throw new KafkaError('refused', `kafka: no word of what was sent to ${keyOf(batch)}`)
    })
  }

  /** The library drops records for partitions that it does not know, and reports success; so they are looked up first. */
  async #know(batches: readonly OutBatch[]): Promise<void> {
    const unknown = batches.filter((batch) => batch.partition >= (this.#counts.get(batch.topic) ?? 0))
    if (unknown.length === 0) return
    const topics = [...new Set(unknown.map(({ topic }) => topic))]
    const metadata = await this.#patiently(() => this.#cluster.metadata(topics))
    for (const topic of topics) this.#counts.set(topic, metadata.topics.get(topic)?.leaders.length ?? 0)
    const missing = unknown.find((batch) => batch.partition >= (this.#counts.get(batch.topic) ?? 0))
    // Its own list of partitions may be as old: with another sender it asks anew.
    await this.#renew()
    if (missing === undefined) return
    const count = this.#counts.get(missing.topic)
    const why = count === 0 ? 'there is no such topic' : `the topic has ${count} partitions`
    throw new KafkaError('unknown-partition', `kafka: nothing sent to ${keyOf(missing)}: ${why}`)
  }

  async #write(batches: readonly OutBatch[]): Promise<RecordMetadata[]> {
    try {
      const library = await this.#connected()
      return await library.sendBatch({ topicMessages: messages(batches), acks: -1, compression: this.#codec })
    } catch (error) {
      this.#counts.clear()
      await this.#renew()
      throw (
        fatal(error) ??
        new KafkaError('refused', `kafka: ${named(batches)}: ${(error as Error).message}`, { cause: error })
      )
    }
  }

  async #connected(): Promise<LibraryProducer> {
    if (this.#library !== null) return this.#library
    const library = this.#client.library.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await library.connect()
    this.#library = library
    return library
  }

  /** After an error the sequence numbers of an idempotent producer may be off: the next send comes from a new one. */
  async #renew(): Promise<void> {
    const old = this.#library
    this.#library = null
    await old?.disconnect().catch(() => {})
  }

  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await attempt()
      } catch (error) {
        if (this.#closed || fatal(error) !== null) throw error
        await waited(pause(tries))
      }
    }
  }
}

const place = ({ topic, partition }: OutBatch) => ({ topic, partition })
const keyOf = ({ topic, partition }: OutBatch) => `${topic}/${partition}`
const named = (batches: readonly OutBatch[]) => [...new Set(batches.map(({ topic }) => topic))].join(', ')

function messages(batches: readonly OutBatch[]): TopicMessages[] {
  const topics = Map.groupBy(batches, ({ topic }) => topic)
  return [...topics].map(([topic, of]) => ({
    topic,
    messages: of.flatMap(({ partition, records }) => records.map((record) => message(partition, record))),
  }))
}

function message(partition: number, { key, value, timestamp, headers }: OutRecord): Message {
  const out: Message = { partition, value: value === null ? null : buffer(value) }
  if (key !== undefined && key !== null) out.key = buffer(key)
  if (timestamp !== undefined) out.timestamp = String(timestamp)
  if (headers !== undefined) out.headers = grouped(headers)
  return out
}

const buffer = (value: Uint8Array | string) =>
  typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength)

function grouped(headers: NonNullable<OutRecord['headers']>): NonNullable<Message['headers']> {
  const names = Map.groupBy(headers, ({ name }) => name)
  return Object.fromEntries([...names].map(([name, values]) => [name, values.map(({ value }) => buffer(value))]))
}
