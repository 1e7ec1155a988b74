import type { SourceSettings } from '../config/sections/live.ts'
import type { Admin, Consumer, ConsumerOptions, Kafka } from '../io/kafka/types.ts'
import { homeOf, type InputSource, sourceOf, subscriptions } from './sources.ts'

/** A topic that is read and how many partitions it has, as the watermark counts them. */
export interface InputTopic {
  readonly topic: string
  readonly partitions: number
}

/** Reads inputs from where it had come to; see `ConsumerOptions`. */
export type InputReader = Pick<ConsumerOptions, 'onBatch' | 'onAssigned' | 'onRevoked' | 'onJump'>

/** What is read: topics on brokers, or files on this host. */
export interface Inputs {
  /** Those that are there now. */
  list(): Promise<readonly InputTopic[]>
  /** Those of them that there is nothing to read of yet: nobody is to wait for them. */
  empty(): readonly string[]
  /** How often that is asked again, ms. */
  readonly look: number
  /** Whether each record tells when it was appended; else that is known of the end of a log only. */
  readonly stamped: boolean
  source(topic: string): InputSource
  read(reader: InputReader): Consumer
}

export interface TopicInputs {
  readonly kafka: Kafka
  readonly sources: readonly SourceSettings[]
  readonly group: string
  readonly sessionTimeout: number
  /** How far back a partition is read that was never read before, ms. */
  readonly backfill: number
}

const LOOK = 10_000
/** Bytes of one partition in a fetch: what is paid for each batch, its frames above all, is shared by more records. */
const BATCH = 512 * 1024

/** Topics of lines and readings, shared with the other members of the group. */
export function topicInputs({ kafka, sources, group, sessionTimeout, backfill }: TopicInputs): Inputs {
  const topics = subscriptions(sources)
  return {
    look: LOOK,
    stamped: true,
    empty: () => [],
    list: () => inputTopics(kafka, topics),
    source(topic) {
      const source = sourceOf(sources, topic)
      if (source === undefined) throw new Error(`${topic}: expected a topic of the sources`)
      return { source, home: homeOf(source) }
    },
    read: (reader) =>
      kafka.consumer({
        ...reader,
        group,
        topics,
        sessionTimeout,
        maxBytesPerPartition: BATCH,
        start: { time: Date.now() - backfill },
      }),
  }
}

/** The topics that are there of those subscribed to. */
async function inputTopics(kafka: Kafka, wanted: readonly (string | RegExp)[]): Promise<readonly InputTopic[]> {
  const admin = await kafka.admin()
  try {
    const names = (await admin.topics()).filter((topic) => wanted.some((of) => matches(of, topic)))
    const all = await Promise.all(names.map((topic) => describe(admin, topic)))
    return all.flatMap((found) => found ?? [])
  } finally {
    await admin.close()
  }
}

function matches(wanted: string | RegExp, topic: string): boolean {
  return typeof wanted === 'string' ? wanted === topic : wanted.test(topic)
}

async function describe(admin: Admin, topic: string): Promise<InputTopic | null> {
  const found = await admin.describe(topic)
  return found === null ? null : { topic, partitions: found.partitions }
}
