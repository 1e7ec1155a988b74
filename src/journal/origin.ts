import type { Origin } from '../engine/observation.ts'

/** Where lines of a topic's partition come from: the line number is the offset. */
export function topicOrigin(topic: string, partition: number): Origin {
  return { at: (offset, index) => ({ topic, partition, offset: String(offset), index }) }
}
