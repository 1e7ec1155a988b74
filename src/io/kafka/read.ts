import type { Client } from './client.ts'
import { accept, type Cursor, leaderOf, locate, settle } from './cursor.ts'
import { type Batch, KafkaError, type ReadOptions } from './types.ts'
import { Cluster } from './wire/cluster.ts'
import { fatal } from './wire/errors.ts'
import { fetchFrom } from './wire/fetch.ts'
import { topicIn } from './wire/metadata.ts'
import { pause, waited } from './wire/retry.ts'

const LIMITS = { maxWait: 250, maxBytes: 1024 * 1024 }

/** See `Kafka.read`. */
export async function* read(client: Client, options: ReadOptions): AsyncGenerator<Batch, void> {
  const cluster = new Cluster(client)
  try {
    const range = await patiently(options, () => rangeOf(cluster, options))
    if (range !== null) yield* readRange(cluster, range, options)
  } finally {
    await cluster.close()
  }
}

interface Range {
  readonly cursor: Cursor
  readonly end: number
  /** Broker to fetch from; null after an error, to be looked up. */
  leader: number | null
}

async function rangeOf(cluster: Cluster, { topic, partition, from, to }: ReadOptions): Promise<Range> {
  const metadata = await cluster.metadata([topic])
  const found = topicIn(metadata, topic)
  if (found === undefined) throw new KafkaError('unknown-topic', `kafka topic ${topic} does not exist`)
  if (partition >= found.leaders.length) {
    throw new KafkaError(
      'unknown-partition',
      `kafka topic ${topic} has ${found.leaders.length} partitions, none is ${partition}`,
    )
  }
  const leader = leaderOf(metadata, { topic, partition })
  if (leader === null) throw new KafkaError('unreachable', `kafka: nobody leads ${topic}/${partition}`)
  const position = await locate(cluster, leader, { topic, partition }, from)
  const end =
    to === undefined ? Infinity : await locate(cluster, leader, { topic, partition }, to === 'end' ? 'latest' : to)
  return { cursor: { topic, partition, epoch: found.epoch, position, time: null, start: 'earliest' }, end, leader }
}

async function* readRange(cluster: Cluster, range: Range, options: ReadOptions): AsyncGenerator<Batch, void> {
  while (range.cursor.position < range.end) {
    const batch = await patiently(options, () => fetchNext(cluster, range, options))
    if (options.signal?.aborted === true) return
    if (batch !== null) yield within(batch, range.end)
  }
}

/** One fetch; after an error the cursor is put right, and the next one goes on. */
async function fetchNext(cluster: Cluster, range: Range, { onJump = () => {} }: ReadOptions): Promise<Batch | null> {
  const { cursor } = range
  const leader = range.leader ?? leaderOf(await cluster.metadata([cursor.topic]), cursor)
  range.leader = null
  if (leader === null) throw new KafkaError('unreachable', `kafka: nobody leads ${cursor.topic}/${cursor.partition}`)
  const wanted = { ...cursor, offset: cursor.position, maxBytes: LIMITS.maxBytes }
  const [fetched] = await fetchFrom(await cluster.node(leader), [wanted], LIMITS)
  if (fetched?.error !== 0) {
    await settle(cluster, cursor, onJump)
    return null
  }
  range.leader = leader
  return accept(cursor, fetched, onJump)
}

function within(batch: Batch, end: number): Batch {
  if (batch.next <= end) return batch
  return { ...batch, records: batch.records.filter(({ offset }) => offset < end), next: end }
}

/** Tries again for as long as waiting may help; null when the signal said stop. */
async function patiently<T>({ signal }: ReadOptions, attempt: () => Promise<T>): Promise<T | null> {
  for (let tries = 0; signal?.aborted !== true; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const final = fatal(error)
      if (final !== null) throw final
      await waited(pause(tries), signal)
    }
  }
  return null
}
