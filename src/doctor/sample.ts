import type { Bounds, PartitionId } from '../io/kafka/types.ts'
import { type PartitionRange, type RangeRecord, rangeReader } from '../replay/topics/range.ts'

/** The newest records of a partition. */
export interface PartitionSample extends PartitionId {
  readonly records: readonly RangeRecord[]
  /** How many the partition holds. */
  readonly held: number
}

/** The newest records of a topic, `count` of all its partitions together, alike of each. Throws an InputError. */
export async function newest(
  kafka: PartitionRange['kafka'],
  bounds: readonly Bounds[],
  count: number,
): Promise<PartitionSample[]> {
  const shares = sharesOf(
    bounds.map(({ low, high }) => high - low),
    count,
  )
  return Promise.all(
    bounds.map(async ({ topic, partition, low, high }, index) => {
      const from = high - (shares[index] as number)
      return {
        topic,
        partition,
        held: high - low,
        records: await recordsOf({ kafka, topic, partition, from, to: high }),
      }
    }),
  )
}

async function recordsOf(range: PartitionRange): Promise<RangeRecord[]> {
  const records: RangeRecord[] = []
  if (range.from >= range.to) return records
  const reader = rangeReader(range, () => {})
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) records.push(...batch.records)
  } finally {
    await reader.close()
  }
  return records
}

/** Shares of `count` that are alike, but none larger than what there is. */
export function sharesOf(held: readonly number[], count: number): readonly number[] {
  const shares = held.map(() => 0)
  let left = count
  const order = held.map((_, index) => index).sort((a, b) => (held[a] as number) - (held[b] as number))
  order.forEach((index, done) => {
    const share = Math.min(held[index] as number, Math.ceil(left / (held.length - done)))
    shares[index] = share
    left -= share
  })
  return shares
}
