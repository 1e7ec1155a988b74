import type { SourceSettings } from '../config/sections/live.ts'
import { names } from '../ingest/names.ts'
import { readingsReader } from '../replay/topics/readings-reader.ts'
import { type Counted, Counter, type WriterReport } from './report.ts'
import type { PartitionSample } from './sample.ts'

/** What the records of a topic of metrics hold. */
export interface ReadingsLook {
  readonly writers: readonly WriterReport[]
  readonly readings: number
  readonly rejected: readonly Counted[]
}

const decoder = new TextDecoder()
const HEAD = 200

/** What the newest records of a topic of readings are, whose, and what of them could not be used. */
export function lookAtReadings(samples: readonly PartitionSample[], source: SourceSettings): ReadingsLook {
  const writers = new Map<string, WriterReport & { count: number }>()
  const rejected = new Counter(1)
  let readings = 0
  const take = (cluster: string | null, member: string): void => {
    readings++
    const key = `${cluster}\n${member}`
    const known = writers.get(key)
    if (known === undefined) writers.set(key, { cluster, member, basis: 'metrics', count: 1 })
    else known.count++
  }
  for (const { records } of samples) {
    const reader = readingsReader(source, names())
    for (const record of records) {
      const read = reader.take(record)
      for (const { reading } of read.readings) take(reading.cluster, reading.member)
      if (read.reject !== null) rejected.add(read.reject, () => decoder.decode(record.value?.subarray(0, HEAD)))
    }
    for (const { reading } of reader.end()) take(reading.cluster, reading.member)
  }
  const all = [...writers.values()].sort((a, b) => b.count - a.count)
  return { writers: all, readings, rejected: rejected.all() }
}
