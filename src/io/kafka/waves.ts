import { keyOf, type OutBatch, type OutRecord, type Position } from './types.ts'

/** Brokers take 1 MiB (`message.max.bytes`) of a partition in one send; bytes. */
const MOST = 768 * 1024
/** What a record has besides key, value and headers, at most, bytes. */
const FRAME = 64

/**
 * Sends, one after the other, of what would be too much for one: each takes as much of each partition as a broker takes, so
 * that mostly there is one. A record that alone is more goes alone.
 */
export function waves(batches: readonly OutBatch[], most = MOST): OutBatch[][] {
  const all: OutBatch[][] = []
  for (const of of Map.groupBy(batches, keyOf).values()) {
    const { topic, partition } = of[0] as OutBatch
    cut(
      of.flatMap(({ records }) => records),
      most,
    ).forEach((records, wave) => {
      all[wave] ??= []
      all[wave].push({ topic, partition, records })
    })
  }
  return all
}

function cut(records: readonly OutRecord[], most: number): OutRecord[][] {
  const parts: OutRecord[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const record of records) {
    const own = sizeOf(record)
    if (size + own > most) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(record)
    size += own
  }
  return parts
}

function sizeOf({ key, value, headers = [] }: OutRecord): number {
  return headers.reduce(
    (sum, header) => sum + bytesOf(header.name) + bytesOf(header.value),
    FRAME + bytesOf(key) + bytesOf(value),
  )
}

function bytesOf(text: Uint8Array | string | null | undefined): number {
  return typeof text === 'string' ? Buffer.byteLength(text) : (text?.length ?? 0)
}

/** What was sent of a partition up to a wave: how many records, and the offset behind the last of them. */
interface Sent {
  readonly count: number
  readonly end: number
}

/** Where the records of `batches` ended up that went in waves, of which `ends` tells the offset behind each batch. */
export function endsOf(
  batches: readonly OutBatch[],
  sent: readonly { readonly wave: readonly OutBatch[]; readonly ends: readonly Position[] }[],
): Position[] {
  const parts = new Map<string, Sent[]>()
  for (const { wave, ends } of sent)
    wave.forEach((batch, index) => {
      const before = parts.get(keyOf(batch)) ?? []
      const count = (before.at(-1)?.count ?? 0) + batch.records.length
      parts.set(keyOf(batch), [...before, { count, end: (ends[index] as Position).offset }])
    })
  const counts = new Map<string, number>()
  return batches.map((batch) => {
    const { topic, partition, records } = batch
    const count = (counts.get(keyOf(batch)) ?? 0) + records.length
    counts.set(keyOf(batch), count)
    const part = parts.get(keyOf(batch))?.find((each) => each.count >= count)
    return { topic, partition, offset: part === undefined ? -1 : part.end - (part.count - count) }
  })
}
