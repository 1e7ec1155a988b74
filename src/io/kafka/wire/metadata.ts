import { epochOf } from '../../../model/epoch.ts'
import { KafkaError } from '../types.ts'
import { Bytes } from './bytes.ts'
import { API, encoded, type NodeAddress, type Protocol } from './kafkajs.ts'

/** Version of the request that tells topic ids (KIP-516); kafkajs stops at 6. */
export const METADATA_VERSION = 10

export interface Metadata {
  readonly nodes: readonly NodeAddress[]
  readonly topics: ReadonlyMap<string, TopicMetadata>
  /** Topics named that we may not see. */
  readonly denied: ReadonlySet<string>
}

/** A topic by name, undefined when there is none. Throws when it is hidden from us. */
export function topicIn({ topics, denied }: Metadata, topic: string): TopicMetadata | undefined {
  if (denied.has(topic)) throw new KafkaError('authorization', `kafka: not authorized for topic ${topic}`)
  return topics.get(topic)
}

export interface TopicMetadata {
  readonly topic: string
  /** Number made of the topic's id: another topic of the same name has another one. Never 0. */
  readonly epoch: number
  readonly internal: boolean
  /** Node that leads each partition, by partition number; -1 while it has none. */
  readonly leaders: readonly number[]
}

/** Asks for topics by name; those that do not exist are not in the answer, and none is created. Null asks for all. */
export function metadataRequest(topics: readonly string[] | null): Protocol<Metadata> {
  const encode = async () => encoded(question(topics))
  const decode = async (raw: Buffer) => answer(new Bytes(raw))
  return {
    request: { apiKey: API.metadata, apiVersion: METADATA_VERSION, apiName: 'Metadata', encode },
    response: { decode, parse: async (metadata) => metadata },
  }
}

const TOPIC_AUTHORIZATION_FAILED = 29
const NO_TAGS = Buffer.from([0])
const NIL_ID = Buffer.alloc(16)

function question(topics: readonly string[] | null): Buffer {
  const names = (topics ?? []).map((topic) => Buffer.concat([NIL_ID, compact(Buffer.from(topic)), NO_TAGS]))
  const count = uvarint(topics === null ? 0 : topics.length + 1)
  // No creation of topics, no lists of permitted operations.
  const flags = Buffer.from([0, 0, 0])
  return Buffer.concat([NO_TAGS, count, ...names, flags, NO_TAGS])
}

function uvarint(value: number): Buffer {
  const bytes: number[] = []
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128)
  return Buffer.from([...bytes, value])
}

const compact = (text: Buffer) => Buffer.concat([uvarint(text.length + 1), text])

function answer(bytes: Bytes): Metadata {
  bytes.skipTags()
  bytes.int32()
  const nodes = bytes.compactArray(() => node(bytes))
  bytes.compactString()
  bytes.int32()
  const all = bytes.compactArray(() => topicOf(bytes))
  const topics = all.filter(({ error, leaders }) => error === 0 && leaders.length > 0)
  const denied = all.filter(({ error }) => error === TOPIC_AUTHORIZATION_FAILED)
  return {
    nodes,
    topics: new Map(topics.map((topic) => [topic.topic, topic])),
    denied: new Set(denied.map(({ topic }) => topic)),
  }
}

function node(bytes: Bytes): NodeAddress {
  const address = { nodeId: bytes.int32(), host: bytes.compactString() ?? '', port: bytes.int32() }
  bytes.compactString()
  bytes.skipTags()
  return address
}

function topicOf(bytes: Bytes): TopicMetadata & { readonly error: number } {
  const error = bytes.int16()
  const topic = bytes.compactString() ?? ''
  const id = bytes.slice(16)
  const internal = bytes.int8() !== 0
  const leaders: number[] = []
  for (const [partition, leader] of bytes.compactArray(() => leaderOf(bytes))) leaders[partition] = leader
  bytes.int32()
  bytes.skipTags()
  return { error, topic, epoch: epochOf(numberOf(id)), internal, leaders }
}

function leaderOf(bytes: Bytes): readonly [partition: number, leader: number] {
  bytes.int16()
  const partition = bytes.int32()
  const leader = bytes.int32()
  bytes.int32()
  for (let list = 0; list < 3; list++) bytes.compactArray(() => bytes.int32())
  bytes.skipTags()
  return [partition, leader]
}

/** 40 bits of the random id, so that a count of truncations can be added and the sum stays exact. */
function numberOf(id: Buffer): number {
  return id.readUIntBE(0, 5) || 1
}
