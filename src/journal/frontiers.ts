import { ByteReader, ByteWriter } from '../engine/bytes.ts'
import { begin, KIND } from './frame.ts'

/** One partition of an input that a worker reads, and how far it has come. */
export interface Frontier {
  readonly topic: string
  readonly partition: number
  readonly epoch: number
  /** Latest event time read of it, epoch ms; NaN when its reader has read none yet. */
  readonly frontier: number
  /** How long its reader has stood at the end of the log with nothing to do, ms. */
  readonly idle: number
  /** When that was found so last, by the worker's clock, epoch ms; 0 when it is not idle. */
  readonly checked: number
  /** When the last record read was appended, epoch ms; NaN when its reader has read none yet. */
  readonly appended: number
}

/** What each ingest worker says to every partition of the observations each second: time, as data. */
export interface Frontiers {
  /** The worker's clock, epoch ms. */
  readonly now: number
  /** All partitions of all inputs, read by whomever: `topic` and how many it has. */
  readonly inputs: readonly { readonly topic: string; readonly partitions: number }[]
  readonly read: readonly Frontier[]
}

/** Frontiers as a record of the observations. */
export function encodeFrontiers({ now, inputs, read }: Frontiers): Uint8Array {
  const out = new ByteWriter()
  begin(out, KIND.frontiers)
  out.float(now)
  out.count(inputs.length)
  for (const { topic, partitions } of inputs) {
    out.text(topic)
    out.count(partitions)
  }
  out.count(read.length)
  for (const { topic, partition, epoch, frontier, idle, checked, appended } of read) {
    out.text(topic)
    out.count(partition)
    out.count(epoch)
    out.float(frontier)
    out.count(Math.max(0, Math.round(idle)))
    out.count(checked)
    out.float(appended)
  }
  return out.done().slice()
}

/** What `encodeFrontiers` wrote; its head was read already (`frameKind`). Throws a RangeError when bytes are missing. */
export function decodeFrontiers(bytes: Uint8Array): Frontiers {
  const from = new ByteReader(bytes, 4)
  const now = from.float()
  const inputs = Array.from({ length: from.count() }, () => ({ topic: from.text(), partitions: from.count() }))
  const read = Array.from({ length: from.count() }, () => ({
    topic: from.text(),
    partition: from.count(),
    epoch: from.count(),
    frontier: from.float(),
    idle: from.count(),
    checked: from.count(),
    appended: from.float(),
  }))
  return { now, inputs, read }
}
