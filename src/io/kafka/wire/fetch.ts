import type { PartitionId } from '../types.ts'
import { Bytes } from './bytes.ts'
import { API, type Broker, FETCH, type Protocol } from './kafkajs.ts'
import { type Aborted, type Decoded, decodeRecords } from './records.ts'
import { rooms } from './rooms.ts'

/** What to fetch of one partition. */
export interface Wanted extends PartitionId {
  readonly offset: number
  readonly maxBytes: number
}

export interface FetchLimits {
  /** How long the broker holds the answer back while there is nothing, ms. */
  readonly maxWait: number
  readonly maxBytes: number
}

/** The answer for one partition. Only records of finished transactions are fetched, so `end` is where the first open one begins. */
export interface Fetched extends PartitionId, Decoded {
  /** Number of a Kafka error, 0 for none. */
  readonly error: number
  /** Offset that was asked for. */
  readonly from: number
  readonly end: number
  /** Says that nobody needs the bytes of its records any more; once all partitions of an answer said so, they are written over. */
  readonly release: () => void
}

/** Fetches from one broker what it leads. Errors of single partitions are values: one of them concerns no other. */
export async function fetchFrom(broker: Broker, wanted: readonly Wanted[], limits: FetchLimits): Promise<Fetched[]> {
  const { request } = broker.lookupRequest(
    API.fetch,
    FETCH,
  )({ isolationLevel: 1, maxWaitTime: limits.maxWait, minBytes: 1, maxBytes: limits.maxBytes, topics: byTopic(wanted) })
  const from = new Map(wanted.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
  const decode = (raw: Buffer) => decodeFetch(new Bytes(raw), request.apiVersion, from)
  const protocol: Protocol<Fetched[]> = { request, response: { decode, parse: async (fetched) => fetched } }
  return broker.connectionPool.send(protocol)
}

function byTopic(wanted: readonly Wanted[]) {
  const topics = Map.groupBy(wanted, ({ topic }) => topic)
  return [...topics].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition, offset, maxBytes }) => ({ partition, fetchOffset: offset, maxBytes })),
  }))
}

async function decodeFetch(bytes: Bytes, version: number, from: ReadonlyMap<string, number>): Promise<Fetched[]> {
  const release = lastOf(from.size, () => rooms.giveBack(bytes.buffer))
  bytes.int32()
  // Versions from 7 on know fetch sessions, which are not used.
  if (version >= 7) bytes.at += 6
  const fetched: Fetched[] = []
  for (let topics = bytes.int32(); topics > 0; topics--) {
    const topic = bytes.string() ?? ''
    for (let partitions = bytes.int32(); partitions > 0; partitions--) {
      fetched.push({ ...(await decodePartition(bytes, version, topic, from)), release: release() })
    }
  }
  return fetched
}

async function decodePartition(
  bytes: Bytes,
  version: number,
  topic: string,
  from: ReadonlyMap<string, number>,
): Promise<Omit<Fetched, 'release'>> {
  const partition = bytes.int32()
  const error = bytes.int16()
  bytes.int64()
  const end = bytes.int64()
  if (version >= 5) bytes.int64()
  const aborted: Aborted[] = []
  for (let count = bytes.int32(); count > 0; count--) {
    aborted.push({ producerId: bytes.int64(), firstOffset: bytes.int64() })
  }
  if (version >= 11) bytes.int32()
  const asked = from.get(`${topic}/${partition}`) ?? 0
  const records = bytes.slice(Math.max(0, bytes.int32()))
  return { topic, partition, error, from: asked, end, ...(await decodeRecords(records, asked, aborted)) }
}

/** Gives functions of which the last one called, out of so many, calls `done`; each counts once. */
function lastOf(count: number, done: () => void): () => () => void {
  let left = count
  return () => {
    let called = false
    return () => {
      if (called) return
      called = true
      if (--left === 0) done()
    }
  }
}
