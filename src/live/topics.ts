import type { TopicSpec } from '../io/kafka/types.ts'
import type { Names } from './names.ts'

/** Partitions of the observations where configuration does not say. */
export const PARTITIONS = 32
/** The same where one process does all of the work. */
export const LOCAL_PARTITIONS = 1

const DAY = 86_400_000

/** Our own topics as they must be. `partitions` is fixed when they are made: clusters are spread over them by it. */
export function topicSpecs(names: Names, partitions: number, replication: number | undefined): readonly TopicSpec[] {
  const copies = replication === undefined ? {} : { replication }
  const kept = (days: number) => ({ 'cleanup.policy': 'delete', 'retention.ms': String(days * DAY) })
  const compacted = { 'cleanup.policy': 'compact', 'segment.ms': '600000', 'min.cleanable.dirty.ratio': '0.1' }
  return [
    { topic: names.observations, partitions, settings: kept(7), ...copies },
    { topic: names.state, partitions, settings: compacted, ...copies },
    { topic: names.transitions, partitions, settings: kept(30), ...copies },
    { topic: names.alerts, partitions: 1, settings: kept(30), ...copies },
    { topic: names.notifications, partitions: 1, settings: compacted, ...copies },
    { topic: names.silences, partitions: 1, settings: compacted, ...copies },
    { topic: names.progress, partitions: 1, settings: compacted, ...copies },
    { topic: names.rejects, partitions: 1, settings: kept(7), ...copies },
  ]
}
