import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Batch, Kafka, KafkaRecord, OutRecord, Producer } from '../io/kafka/types.ts'

/** State as it was after the record of the observations at `offset`. */
export interface Snapshot {
  /** Which topic of observations: offsets of another one mean nothing. */
  readonly epoch: number
  readonly offset: number
  readonly bytes: Uint8Array
}

/** A snapshot as it is found. */
export interface SavedSnapshot extends Pick<Snapshot, 'offset'> {
  readonly slot: 0 | 1
  /** Throws when they are damaged. */
  readonly bytes: () => Uint8Array
}

/** A record of the broker holds at most 1 MiB. */
const PIECE = 900_000

/**
 * Snapshots on a compacted topic. Two slots are written in turn, so that one is whole whenever a writer dies or two write
 * at the same time; each of them is the state that its offset gives, whoever wrote it.
 */
function snapshotRecords(snapshot: Snapshot, slot: 0 | 1): readonly OutRecord[] {
  const packed = zstdCompressSync(snapshot.bytes)
  const pieces = Math.max(1, Math.ceil(packed.length / PIECE))
  const headers = [
    { name: 'epoch', value: String(snapshot.epoch) },
    { name: 'offset', value: String(snapshot.offset) },
    { name: 'pieces', value: String(pieces) },
  ]
  return Array.from({ length: pieces }, (_, index) => ({
    key: `${slot}/${index}`,
    value: packed.subarray(index * PIECE, (index + 1) * PIECE),
    headers,
  }))
}

export async function saveSnapshot(
  producer: Producer,
  at: { readonly topic: string; readonly partition: number },
  snapshot: Snapshot,
  slot: 0 | 1,
): Promise<void> {
  await producer.send([{ ...at, records: snapshotRecords(snapshot, slot) }])
}

/** Reads the topic's partition to its end and gives the whole snapshots of observations of that epoch, the latest first. */
export async function loadSnapshots(
  kafka: Kafka,
  at: { readonly topic: string; readonly partition: number },
  epoch: number,
  signal: AbortSignal,
): Promise<readonly SavedSnapshot[]> {
  const latest = new Map<string, KafkaRecord>()
  for await (const batch of kafka.read({ ...at, from: 'earliest', to: 'end', signal })) keepLatest(latest, batch)
  signal.throwIfAborted()
  const whole = ([0, 1] as const).flatMap((slot) => {
    const snapshot = wholeOf(latest, slot)
    return snapshot === undefined ? [] : [{ ...snapshot, slot }]
  })
  return whole
    .filter((snapshot) => snapshot.epoch === epoch)
    .sort((a, b) => b.offset - a.offset)
    .map(({ offset, slot, bytes }) => ({ offset, slot, bytes: () => zstdDecompressSync(bytes) }))
}

function keepLatest(latest: Map<string, KafkaRecord>, { records }: Batch): void {
  for (const record of records) if (record.key !== null) latest.set(record.key.toString(), record)
}

/** The snapshot in a slot, still packed; undefined when its pieces are of several. */
function wholeOf(latest: ReadonlyMap<string, KafkaRecord>, slot: number): Snapshot | undefined {
  const first = latest.get(`${slot}/0`)
  if (first === undefined) return undefined
  const pieces: Buffer[] = []
  for (let index = 0; index < numberIn(first, 'pieces'); index++) {
    const piece = latest.get(`${slot}/${index}`)
    if (piece?.value == null || !sameSnapshot(piece, first)) return undefined
    pieces.push(piece.value)
  }
  return { epoch: numberIn(first, 'epoch'), offset: numberIn(first, 'offset'), bytes: Buffer.concat(pieces) }
}

function sameSnapshot(a: KafkaRecord, b: KafkaRecord): boolean {
  return ['epoch', 'offset', 'pieces'].every((name) => numberIn(a, name) === numberIn(b, name))
}

/** A header of ours that holds a number; NaN when it is not there. */
export function numberIn({ headers }: KafkaRecord, name: string): number {
  const value = headers.find((header) => header.name === name)?.value
  return value == null ? Number.NaN : Number(value.toString())
}
