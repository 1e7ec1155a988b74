import type { OutBatch, OutRecord } from '../io/kafka/types.ts'

/** Brokers take 1 MiB (`message.max.bytes`) of a partition in one send; bytes. */
const MOST = 768 * 1024
/** What a record has besides its value, at most, bytes. */
const FRAME = 64

/**
 * Sends, one after the other, of what would be too much for one: each takes as much of each partition as a broker takes, so
 * that mostly there is one. A record that alone is more goes alone.
 */
export function waves(batches: readonly OutBatch[], most = MOST): OutBatch[][] {
  const all: OutBatch[][] = []
  for (const { records, ...at } of batches)
    cut(records, most).forEach((part, wave) => {
      all[wave] ??= []
      all[wave].push({ ...at, records: part })
    })
  return all
}

function cut(records: readonly OutRecord[], most: number): OutRecord[][] {
  const parts: OutRecord[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const record of records) {
    const own = (record.value?.length ?? 0) + FRAME
    if (size + own > most) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(record)
    size += own
  }
  return parts
}
