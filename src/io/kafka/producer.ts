import type { Producer as LibraryProducer, Message, TopicMessages } from 'kafkajs'
import kafkajs from 'kafkajs'
import type { Client } from './client.ts'
import {
  type Compression,
  KafkaError,
  keyOf,
  type OutBatch,
  type OutRecord,
  type Position,
  type Producer,
  type ProducerOptions,
} from './types.ts'
import { endsOf, waves } from './waves.ts'
import { Cluster } from './wire/cluster.ts'
import { fatal, rootOf } from './wire/errors.ts'
import { topicIn } from './wire/metadata.ts'
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
  /** Partition count of topics, as far as known. */
  readonly #counts = new Map<string, number>()
  readonly #closing = new AbortController()
  /** The send under way and all that wait behind it. */
  #chain: Promise<unknown> = Promise.resolve()
  #library: LibraryProducer | null = null

  constructor(client: Client, deadline: number, codec: number) {
    this.#client = client
    this.#cluster = new Cluster(client)
    this.#deadline = deadline
    this.#codec = codec
  }

  /** A wave that nobody waits for yet has a deadline of its own: what is much may take as long. */
  async send(batches: readonly OutBatch[]): Promise<readonly Position[]> {
    const all = waves(batches)
    if (all.length <= 1) return this.#send(batches)
    const sent: { wave: OutBatch[]; ends: readonly Position[] }[] = []
    for (const wave of all) sent.push({ wave, ends: await this.#send(wave) })
    return endsOf(batches, sent)
  }

  async #send(batches: readonly OutBatch[]): Promise<readonly Position[]> {
    if (this.#closing.signal.aborted) throw new KafkaError('closed', 'kafka producer is closed')
    const until = Date.now() + this.#deadline
    const sent = this.#chain.then(() => this.#settled(batches, until))
    this.#chain = sent.catch(() => {})
    return this.#inTime(sent, batches)
  }

  async close(): Promise<void> {
    const timer = new AbortController()
    await Promise.race([this.#chain, waited(this.#deadline, timer.signal)])
    timer.abort()
    this.#closing.abort()
    await this.#renew()
    await this.#cluster.close()
  }

  /** A request that is under way when its time is up is waited for by the sends behind it, so that it cannot overtake them. */
  async #inTime<T>(sent: Promise<T>, batches: readonly OutBatch[]): Promise<T> {
    // No AbortSignal: to abort one makes an error with its stack, as dear as the rest of a send.
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(this.#late(batches)), this.#deadline)
    try {
      return await Promise.race([sent, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  #late(batches: readonly OutBatch[], cause?: unknown): KafkaError {
    return new KafkaError('deadline', `kafka: no answer to a send to ${named(batches)} in ${this.#deadline} ms`, {
      cause,
    })
  }

  /** Tries until the outcome is known or the time is up. */
  async #settled(batches: readonly OutBatch[], until: number): Promise<readonly Position[]> {
    for (let tries = 0; ; tries++) {
      try {
        await this.#know(batches)
        return await this.#write(batches)
      } catch (error) {
        const verdict = judge(error)
        if (verdict !== 'again') await this.#renew()
        if (verdict instanceof KafkaError) throw verdict
        if (Date.now() > until || this.#closing.signal.aborted) {
          // What was sent last may have been written under the number that the next send would carry: then the broker would
          // take that one for a repetition, and drop it.
          await this.#renew()
          throw this.#late(batches, error)
        }
        this.#counts.clear()
        await waited(pause(tries), this.#closing.signal)
      }
    }
  }

  /** The library drops records for partitions that it does not know, and reports success; so they are looked up first. */
  async #know(batches: readonly OutBatch[]): Promise<void> {
    const unknown = batches.filter((batch) => batch.partition >= (this.#counts.get(batch.topic) ?? 0))
    if (unknown.length === 0) return
    const topics = [...new Set(unknown.map(({ topic }) => topic))]
    const metadata = await this.#cluster.metadata(topics)
    for (const topic of topics) {
      const count = topicIn(metadata, topic)?.leaders.length ?? 0
      // Its own list of partitions is as old as ours was: another one asks anew.
      if (this.#counts.has(topic) && this.#counts.get(topic) !== count) await this.#renew()
      this.#counts.set(topic, count)
    }
    const missing = unknown.find((batch) => batch.partition >= (this.#counts.get(batch.topic) ?? 0))
    if (missing === undefined) return
    const count = this.#counts.get(missing.topic)
    const why = count === 0 ? 'there is no such topic' : `the topic has ${count} partitions`
    throw new KafkaError('unknown-partition', `kafka: nothing sent to ${keyOf(missing)}: ${why}`)
  }

  /** One entry of the answer for each partition asked: an answer without is a loss that the library reports as success. */
  async #write(batches: readonly OutBatch[]): Promise<readonly Position[]> {
    const library = await this.#connected()
    const answers = await library.sendBatch({ topicMessages: messages(batches), acks: -1, compression: this.#codec })
    const positions = new Map(answers.map((answer) => [`${answer.topicName}/${answer.partition}`, answer]))
    const missing = batches.find((batch) => positions.get(keyOf(batch))?.errorCode !== 0)
    if (missing !== undefined) throw new LostSend(`kafka: no word of what was sent to ${keyOf(missing)}`)
    return ends(batches, (batch) => Number(positions.get(keyOf(batch))?.baseOffset))
  }

  async #connected(): Promise<LibraryProducer> {
    this.#library ??= this.#client.library.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await this.#library.connect()
    return this.#library
  }

  async #renew(): Promise<void> {
    const old = this.#library
    this.#library = null
    await old?.disconnect().catch(() => {})
  }
}

/** The library knew less partitions than there are. */
class LostSend extends Error {}

/** Errors after which the numbers that a producer counts its records by are off; another one begins anew. */
const OUT_OF_STEP = new Set(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH'])

/** What an error of a send calls for: the same again, another producer and the same again, or giving up with an error of ours. */
function judge(error: unknown): 'again' | 'anew' | KafkaError {
  const final = fatal(error)
  if (final !== null) return final
  if (error instanceof LostSend) return 'anew'
  const root = rootOf(error)
  if (OUT_OF_STEP.has(root.type ?? '')) return 'anew'
  if (root.name !== 'KafkaJSProtocolError' || root.retriable === true) return 'again'
  return fatal(root) ?? new KafkaError('refused', `kafka: ${root.message}`, { cause: error })
}

/** Offset behind the last record of each batch; several of one partition lie one behind the other. */
function ends(batches: readonly OutBatch[], base: (batch: OutBatch) => number): Position[] {
  const before = new Map<string, number>()
  return batches.map((batch) => {
    const { topic, partition, records } = batch
    const count = (before.get(keyOf(batch)) ?? 0) + records.length
    before.set(keyOf(batch), count)
    return { topic, partition, offset: base(batch) + count }
  })
}

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
