import { sameTopic } from '../../model/epoch.ts'
import type { Batch, Jump, PartitionId, Start } from './types.ts'
import { type Cluster, EARLIEST, LATEST } from './wire/cluster.ts'
import type { Fetched } from './wire/fetch.ts'
import { type Metadata, topicIn } from './wire/metadata.ts'

/** Where one partition is being read. */
export interface Cursor extends PartitionId {
  epoch: number
  /** Offset of the next record to fetch. */
  position: number
  /** Time of the last record fetched; null before the first. */
  time: number | null
  /** Where to go on when the position is lost and no time was reached yet. */
  readonly start: Start
}

/** Takes what a fetch brought without an error: the batch, or null when there was none. */
export function accept(cursor: Cursor, fetched: Fetched, onJump: (jump: Jump) => void): Batch | null {
  for (const { from, to, reason } of fetched.unreadable) {
    onJump({ ...place(cursor), reason: 'unreadable', expected: from, actual: to, detail: reason })
  }
  if (fetched.next === cursor.position) return null
  const { records, next, end, release } = fetched
  cursor.position = next
  cursor.time = records.at(-1)?.timestamp ?? cursor.time
  return { ...place(cursor), records, next, end, release }
}

const place = ({ topic, partition, epoch }: Cursor) => ({ topic, partition, epoch })

/**
 * Puts a cursor right after an error of its partition, or before its first fetch: compares topic and bounds of the log with
 * what it expects. False when the topic is not there (now).
 */
export async function settle(cluster: Cluster, cursor: Cursor, onJump: (jump: Jump) => void): Promise<boolean> {
  const { topic, partition } = cursor
  const metadata = await cluster.metadata([topic])
  const found = topicIn(metadata, topic)
  const leader = leaderOf(metadata, cursor)
  if (found === undefined || leader === null) return false
  const bounds = await boundsOf(cluster, leader, cursor)
  const jump = (reason: Jump['reason'], epoch: number, actual: number) => {
    const expected = cursor.position
    cursor.epoch = epoch
    cursor.position = actual
    onJump({ topic, partition, epoch, reason, expected, actual })
  }
  if (!sameTopic(cursor.epoch, found.epoch)) {
    cursor.time = null
    jump('recreated', found.epoch, bounds.low)
  } else if (cursor.position < bounds.low) jump('deleted', cursor.epoch, bounds.low)
  else if (cursor.position > bounds.high) {
    const from: Start = cursor.time === null ? cursor.start : { time: cursor.time }
    jump('truncated', cursor.epoch + 1, await locate(cluster, leader, cursor, from))
  }
  return true
}

/** Node that leads a partition; null when the partition does not exist or has no leader now. */
export function leaderOf(metadata: Metadata, { topic, partition }: PartitionId): number | null {
  const leader = metadata.topics.get(topic)?.leaders[partition] ?? -1
  return leader < 0 ? null : leader
}

/** The offset that a start means now. */
export async function locate(
  cluster: Pick<Cluster, 'offsets'>,
  leader: number,
  at: PartitionId,
  start: Start,
): Promise<number> {
  if (typeof start === 'number') return start
  const ask = async (time: number) =>
    (await cluster.offsets(leader, at.topic, [at.partition], time)).get(at.partition) ?? -1
  if (start === 'earliest') return ask(EARLIEST)
  // The end is asked first: a record appended between the two questions must not be passed over.
  const end = await ask(LATEST)
  if (start === 'latest') return end
  const found = await ask(Math.max(0, start.time))
  return found < 0 ? end : found
}

async function boundsOf(cluster: Cluster, leader: number, at: PartitionId): Promise<{ low: number; high: number }> {
  return {
    low: await locate(cluster, leader, at, 'earliest'),
    high: await locate(cluster, leader, at, 'latest'),
  }
}
