import { type Admin, KafkaError, type PartitionId, type TopicSpec } from '../kafka/types.ts'
import type { Topics } from './topics.ts'

/** See `Admin`. Copies are nobody's matter here. */
export function localAdmin(topics: Topics, file: string): Admin {
  const { database } = topics
  return {
    topics: async () => topics.names(),
    describe: async (topic) => topics.state(topic),
    async ensure(specs, create) {
      if (create) for (const spec of specs) if (topics.state(spec.topic) === null) await topics.create(spec)
      const problems = specs.flatMap((spec) => problemOf(topics, spec, file))
      if (problems.length > 0) throw new KafkaError('topics', problems.join('\n'))
    },
    async review(spec, create) {
      const found = topics.state(spec.topic) !== null
      const problems = found || !create ? problemOf(topics, spec, file) : []
      if (problems.length > 0) throw new KafkaError('topics', problems.join('\n'))
      return found
    },
    bounds: async (topic) => partitionsOf(topics, topic).map((at) => topics.bounds(at)),
    offsetsAt: async (topic, time) =>
      partitionsOf(topics, topic).map((at) => ({ ...at, offset: topics.locate(at, { time }) })),
    async committed(group, topic) {
      const sql = 'SELECT partition, offset FROM committed WHERE consumers = ? AND topic = ? ORDER BY partition'
      const rows = database.all<{ partition: number; offset: number }>(sql, group, topic)
      return rows.map(({ partition, offset }) => ({ topic, partition, offset }))
    },
    addPartitions: (topic, partitions) => topics.addPartitions(topic, partitions),
    deleteTopic: (topic) => topics.remove(topic),
    close: async () => {},
  }
}

function partitionsOf(topics: Topics, topic: string): readonly PartitionId[] {
  const state = topics.state(topic)
  if (state === null) throw new KafkaError('unknown-topic', `topic ${topic} does not exist`)
  return Array.from({ length: state.partitions }, (_, partition) => ({ topic, partition }))
}

function problemOf(topics: Topics, { topic, partitions }: TopicSpec, file: string): readonly string[] {
  const found = topics.state(topic)
  if (found === null) return [`${file}: ${topic} is not there`]
  if (found.partitions === partitions) return []
  return [
    `${file}: ${topic} was made with ${found.partitions} partitions, expected ${partitions}; set live.partitions to ${found.partitions}, or begin anew with another folder in live.state`,
  ]
}
