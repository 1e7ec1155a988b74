import { type OnProblem, type PartitionRange, type RangeBatch, type RangeRecord, rangeReader } from './range.ts'

/** The records of a range one by one, as a source of the merge takes them. */
export interface RangeRecords {
  /** The next one at hand; undefined: call `fill`. */
  next(): RangeRecord | undefined
  /** Fetches more. False when the range was over before. Throws an InputError when the brokers stay away or refuse. */
  fill(): Promise<boolean>
  close(): Promise<void>
}

/** `onEnd` is called once, when no more records will come. */
export function rangeRecords(range: PartitionRange, onProblem: OnProblem, onEnd: () => void): RangeRecords {
  const batches = rangeReader(range, onProblem)
  let records: RangeBatch['records'] = []
  let at = 0
  let over = false
  return {
    next: () => records[at++],
    async fill() {
      if (over) return false
      const batch = await batches.next()
      over = batch === null
      records = batch?.records ?? []
      at = 0
      if (over) onEnd()
      return true
    },
    close: batches.close,
  }
}
