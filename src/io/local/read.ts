import type { Batch, ReadOptions } from '../kafka/types.ts'
import type { Topics } from './topics.ts'

const MAX_BYTES = 1024 * 1024

/** See `Kafka.read`. */
export async function* read(topics: Topics, options: ReadOptions): AsyncGenerator<Batch, void> {
  const { topic, partition, signal = new AbortController().signal } = options
  const at = { topic, partition }
  const end = endOf(topics, options)
  let next = topics.locate(at, options.from)
  while (next < end && !signal.aborted) {
    const batch = topics.fetch(at, next, MAX_BYTES)
    const records = batch.records.filter(({ offset }) => offset < end)
    // What was compacted or kept too long leaves gaps, at the end too.
    if (records.length === 0 && batch.end >= end) return
    if (records.length === 0) await topics.database.changed(signal)
    else {
      next = (records.at(-1)?.offset as number) + 1
      yield { ...batch, records, next }
    }
  }
}

function endOf(topics: Topics, { topic, partition, to }: ReadOptions): number {
  if (to === undefined) return Number.POSITIVE_INFINITY
  if (typeof to === 'number') return to
  return topics.locate({ topic, partition }, to === 'end' ? 'latest' : to)
}
