import type { SourceSettings } from '../../config/sections/live.ts'
import { InputError } from '../../io/files/input.ts'
import { type Jump, KafkaError, type KafkaRecord, type PartitionId, type ReadOptions } from '../../io/kafka/types.ts'

/** What is taken of a record. */
export type RangeRecord = Pick<KafkaRecord, 'offset' | 'timestamp' | 'key' | 'value' | 'headers'>

/** Records of a partition that lie one after the other; `next` is the offset to read on from. */
export interface RangeBatch {
  readonly records: readonly RangeRecord[]
  readonly next: number
}

/** Offsets of one partition of a topic. */
export interface PartitionRange extends PartitionId {
  /** A cluster of Kafka, or what was kept of one. */
  readonly kafka: { read(options: ReadOptions): AsyncGenerator<RangeBatch, void> }
  /** First offset, and the one behind the last. */
  readonly from: number
  readonly to: number
}

/** A range of lines or readings, as an input of a replay. */
export interface TopicRange extends PartitionRange {
  /** How its records are to be read. */
  readonly source: SourceSettings
}

export type OnProblem = (file: string, problem: string) => void

/** The batches of a range, each fetched while the one before is in work. */
export interface RangeReader {
  /** Null at the end. Throws an InputError when the brokers stay away or refuse. */
  next(): Promise<RangeBatch | null>
  close(): Promise<void>
}

/** A broker that gives nothing for so long, ms, is not waited for any more: somebody sits before the terminal. */
const PATIENCE = 60_000

/** A range as messages name it. */
export function nameOf({ topic, partition }: PartitionId): string {
  return `kafka:${topic}/${partition}`
}

export function rangeReader(range: PartitionRange, onProblem: OnProblem): RangeReader {
  const { kafka, topic, partition, from, to } = range
  const ending = new AbortController()
  const onJump = (jump: Jump): void => onProblem(nameOf(range), jumpText(jump))
  const batches = kafka.read({ topic, partition, from, to, signal: ending.signal, onJump })
  let at = from
  let ahead: ReturnType<typeof batches.next> | null = null

  function fetchAhead(): void {
    ahead = batches.next()
    // It is looked at when it is asked for.
    ahead.catch(() => {})
  }

  async function fetched(): Promise<RangeBatch | null> {
    if (ahead === null) fetchAhead()
    const timer = setTimeout(() => ending.abort(), PATIENCE)
    try {
      const { done, value } = await (ahead as unknown as ReturnType<typeof batches.next>)
      return done === true ? null : value
    } catch (cause) {
      if (!(cause instanceof KafkaError)) throw cause
      throw new InputError('unreadable', [`${nameOf(range)}: ${cause.message}`], { cause })
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async next() {
      const batch = await fetched()
      if (batch !== null) {
        at = batch.next
        fetchAhead()
        return batch
      }
      if (at >= to || !ending.signal.aborted) return null
      throw new InputError('unreadable', [
        `${nameOf(range)}: no broker gave anything behind offset ${at} for ${PATIENCE / 1000} s`,
      ])
    },
    async close() {
      ending.abort()
      await batches.return()
    },
  }
}

function jumpText({ reason, expected, actual, detail }: Jump): string {
  if (reason === 'unreadable') return `offsets ${expected} to ${actual} cannot be unpacked: ${detail}`
  return `${reason} while it was read: expected offset ${expected}, it goes on at ${actual}`
}
