import type { Kafka, KafkaRecord, OutRecord } from '../io/kafka/types.ts'

/** How far a partition of the observations is decided: its owner says so each few seconds, on a compacted topic. */
export interface Progress {
  readonly partition: number
  /** Event time up to which everything is decided, epoch ms; null before anything is. */
  readonly decided: number | null
  /** How long ago the oldest record that is yet to be decided was appended, ms: how far we are behind, shippers apart. */
  readonly lag: number
  /** Offset behind its last alert in the topic of the alerts: who has read up to there knows all it decided. */
  readonly alerts: number
}

export function progressRecord(progress: Progress): OutRecord {
  return { key: String(progress.partition), value: JSON.stringify(progress) }
}

/** Undefined when it is none. */
function readProgress({ value }: KafkaRecord): Progress | undefined {
  if (value === null) return undefined
  const given = parsed(value.toString())
  return Number.isInteger(given?.partition) && typeof given?.lag === 'number' ? given : undefined
}

function parsed(text: string): Progress | null | undefined {
  try {
    return JSON.parse(text) as Progress | null
  } catch {
    return undefined
  }
}

/** Hears a word of an owner that was said so long ago, ms; one that was said before we listened is not `fresh`. */
export type HearProgress = (progress: Progress, age: number, fresh: boolean) => void

/** Gives the words on each partition that there are; resolves to where to follow on from. */
export async function readAllProgress(
  kafka: Kafka,
  topic: string,
  signal: AbortSignal,
  heard: HearProgress,
): Promise<number> {
  let from = 0
  for await (const { records, next } of kafka.read({ topic, partition: 0, from: 'earliest', to: 'end', signal })) {
    hearAll(records, false, heard)
    from = next
  }
  return from
}

/** Gives each word that comes, until `signal`. */
export async function followProgress(
  kafka: Kafka,
  topic: string,
  from: number,
  signal: AbortSignal,
  heard: HearProgress,
): Promise<void> {
  for await (const { records } of kafka.read({ topic, partition: 0, from, signal })) hearAll(records, true, heard)
}

function hearAll(records: readonly KafkaRecord[], fresh: boolean, heard: HearProgress): void {
  for (const record of records) {
    const progress = readProgress(record)
    if (progress !== undefined) heard(progress, Math.max(0, Date.now() - record.timestamp), fresh)
  }
}
