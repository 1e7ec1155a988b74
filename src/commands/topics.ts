import { UsageError } from '../config/problem.ts'
import type { KafkaSettings, SourceSettings } from '../config/sections/live.ts'
import type { Config } from '../config/types.ts'
import { InputError } from '../io/files/input.ts'
import { openKafka } from '../io/kafka/open.ts'
import { type Admin, type Kafka, KafkaError, type KafkaRecord, type PartitionId } from '../io/kafka/types.ts'
import { kafkaOptions } from '../live/connect.ts'
import { namesOf } from '../live/names.ts'
import { sourceOf } from '../live/sources.ts'
import { kindOf } from '../replay/topics/kind.ts'
import type { PartitionRange, TopicRange } from '../replay/topics/range.ts'

/** Topics named on the command line, less their `kafka:`. */
export interface GivenTopics {
  /** Of lines, or whatever they hold. */
  readonly any: readonly string[]
  /** Given as metrics. */
  readonly metrics: readonly string[]
}

/** What is written later may belong to the time asked for; what was written before tells how things stood then. */
const LEAD = 900_000

/** The brokers of the configuration, else of the environment. Throws a UsageError when neither names any. */
function brokersOf({ kafka }: Config, env: NodeJS.ProcessEnv): KafkaSettings {
  if (kafka !== undefined) return kafka
  const brokers = (env.KAFKA_BROKERS ?? '').split(',').flatMap((broker) => broker.trim() || [])
  if (brokers.length === 0)
    throw new UsageError(['kafka: expected the brokers in --config (kafka.brokers) or in KAFKA_BROKERS, got neither'])
  const wrong = brokers.filter((broker) => !/^\S+:\d{1,5}$/.test(broker))
  if (wrong.length > 0)
    throw new UsageError(wrong.map((broker) => `KAFKA_BROKERS: expected host:port, got "${broker}"`))
  return { brokers }
}

/**
 * The partitions of topics, from `from` (epoch ms) on to the end that they have now. Nothing is committed, no group is joined.
 * Throws an InputError when the brokers cannot be reached or have no such topic.
 */
export async function topicRanges(given: GivenTopics, config: Config, from: number | null): Promise<TopicRange[]> {
  const kafka = openKafka(await kafkaOptions(brokersOf(config, process.env), () => {}))
  return asInputs(async () => {
    const admin = await kafka.admin()
    try {
      const all = [
        ...given.any.map((topic) => ({ topic, asked: undefined })),
        ...given.metrics.map((topic) => ({ topic, asked: 'metrics' as const })),
      ]
      await allThere(
        admin,
        all.map(({ topic }) => topic),
      )
      const ranges = await Promise.all(
        all.map(async ({ topic, asked }) => {
          const at = await bounds(admin, topic, from)
          const source = sourceOf(config.sources ?? [], topic) ?? (await foundOut(kafka, topic, at))
          return at.map((range) => ({
            kafka,
            ...range,
            source: asked === undefined ? source : { ...source, kind: asked },
          }))
        }),
      )
      return ranges.flat()
    } finally {
      await admin.close()
    }
  })
}

/** The partitions of the observations of a service, all that is kept of them. Throws as `topicRanges` does. */
export async function journalRanges(topic: string, config: Config): Promise<PartitionRange[]> {
  const kafka = openKafka(await kafkaOptions(brokersOf(config, process.env), () => {}))
  return asInputs(async () => {
    const admin = await kafka.admin()
    try {
      await allThere(admin, [topic])
      return (await bounds(admin, topic, null)).map((range) => ({ kafka, ...range }))
    } finally {
      await admin.close()
    }
  })
}

/** Without a configuration the prefix is not known, but the ending is. */
export function isJournal(topic: string, { kafka }: Config): boolean {
  return kafka === undefined ? topic.endsWith('.observations') : topic === namesOf(kafka.prefix).observations
}

/** What Kafka refuses is told as other inputs' faults are. */
async function asInputs<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof KafkaError)) throw cause
    throw new InputError('unreadable', [cause.message], { cause })
  }
}

/** All topics that are not there are told at once. */
async function allThere(admin: Admin, topics: readonly string[]): Promise<void> {
  const there = await Promise.all(topics.map((topic) => exists(admin, topic)))
  const missing = topics.filter((_, index) => there[index] !== true)
  if (missing.length === 0) return
  throw new InputError(
    'missing',
    missing.map((topic) => `kafka:${topic}: no such topic`),
  )
}

async function exists(admin: Admin, topic: string): Promise<boolean> {
  try {
    await admin.bounds(topic)
    return true
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'unknown-topic') return false
    throw error
  }
}

interface Bounds extends PartitionId {
  readonly from: number
  readonly to: number
}

async function bounds(admin: Admin, topic: string, from: number | null): Promise<Bounds[]> {
  const ends = await admin.bounds(topic)
  const starts = from === null ? [] : await admin.offsetsAt(topic, from - LEAD)
  return ends.map(({ partition, low, high }) => {
    const start = starts.find((position) => position.partition === partition)?.offset ?? low
    return { topic, partition, from: Math.min(high, Math.max(low, start)), to: high }
  })
}

/** A first look is not worth waiting longer, ms. */
const PATIENCE = 15_000
/** Records of each partition that tell what a topic holds. */
const LOOKED_AT = 50

async function foundOut(kafka: Kafka, topic: string, at: readonly Bounds[]): Promise<SourceSettings> {
  const heads = await Promise.all(at.map((range) => head(kafka, range)))
  return { topics: [topic], hosts: {}, ...kindOf(heads.flat()) }
}

async function head(kafka: Kafka, { topic, partition, from, to }: Bounds): Promise<readonly KafkaRecord[]> {
  if (from >= to) return []
  const signal = AbortSignal.timeout(PATIENCE)
  for await (const { records } of kafka.read({ topic, partition, from, to: Math.min(to, from + LOOKED_AT), signal }))
    return records
  return []
}
