import { UsageError } from '../../config/problem.ts'
import type { Config } from '../../config/types.ts'
import { openKafka } from '../../io/kafka/open.ts'
import { type Admin, KafkaError, type TopicSpec } from '../../io/kafka/types.ts'
import { kafkaOptions } from '../../live/connect.ts'
import { namesOf } from '../../live/names.ts'
import { subscriptions } from '../../live/sources.ts'
import { PARTITIONS, topicSpecs } from '../../live/topics.ts'
import { written } from '../pattern.ts'
import { failed, ok, type Reached } from './result.ts'

/** Reaches the brokers, the topics that are read, and our own: whether they are there as they must be, or may be made. */
export async function reachKafka(config: Config): Promise<readonly Reached[]> {
  const { kafka: settings, live, sources = [] } = config
  if (settings === undefined) return []
  const brokers = `kafka ${settings.brokers.join(', ')}`
  try {
    const admin = await openKafka(await kafkaOptions(settings, () => {})).admin()
    try {
      const there = await admin.topics()
      const read = subscriptions(sources).map((wanted) => topicRead(there, wanted))
      const specs = topicSpecs(namesOf(settings.prefix), live?.partitions ?? PARTITIONS, settings.replication)
      const own = await Promise.all(specs.map((spec) => ownTopic(admin, spec, settings.createTopics ?? true)))
      return [ok(brokers, there.length === 1 ? '1 topic' : `${there.length} topics`), ...read, ...own]
    } finally {
      await admin.close()
    }
  } catch (error) {
    return [failed(brokers, reasonOf(error))]
  }
}

function topicRead(there: readonly string[], wanted: string | RegExp): Reached {
  if (typeof wanted === 'string') {
    const what = `kafka topic ${wanted}`
    return there.includes(wanted) ? ok(what, 'is there') : failed(what, 'no such topic, or none that we may see')
  }
  const what = `kafka topics ${written(wanted)}`
  const matching = there.filter((topic) => wanted.test(topic))
  return matching.length > 0 ? ok(what, matching.join(', ')) : failed(what, 'no topic matches')
}

async function ownTopic(admin: Admin, spec: TopicSpec, create: boolean): Promise<Reached> {
  const what = `kafka topic ${spec.topic}`
  try {
    return ok(what, (await admin.review(spec, create)) ? 'is there' : 'is not there yet, and may be made')
  } catch (error) {
    return failed(what, reasonOf(error).replace(`kafka topic ${spec.topic} `, ''))
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof KafkaError || error instanceof UsageError) return error.message
  throw error
}
