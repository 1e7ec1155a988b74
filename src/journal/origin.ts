import type { Origin } from '../engine/observation.ts'
import { lineOf } from '../model/line-offset.ts'

/** Where lines of an input's partition come from. Names of topics have no slash: what has one is the path of a file. */
export function topicOrigin(topic: string, partition: number): Origin {
  if (topic.includes('/')) return { at: (offset) => ({ file: topic, line: lineOf(offset) }) }
  return { at: (offset, index) => ({ topic, partition, offset: String(offset), index }) }
}
