import {
  type Batch,
  type Consumer,
  type Kafka,
  type KafkaRecord,
  keyOf,
  type Log,
  type OutBatch,
  type PartitionId,
  type Position,
} from '../io/kafka/types.ts'
import { Deliveries } from '../journal/delivery.ts'
import { encodeFrontiers, type Frontier } from '../journal/frontiers.ts'
import { type Intake, type LineCounts, NO_LINES, type Rejected } from '../journal/intake.ts'
import type { Recogniser } from '../model/record.ts'
import { every, type Repeated } from './every.ts'
import type { Inputs, InputTopic } from './inputs.ts'
import type { Metrics } from './metrics.ts'
import type { Names } from './names.ts'
import { rejectRecord } from './rejects.ts'
import { openIntake } from './sources.ts'

export interface IngestConfig {
  readonly kafka: Kafka
  readonly log: Log
  readonly names: Names
  readonly metrics: Metrics
  readonly recogniser: Recogniser
  readonly inputs: Inputs
  readonly zone: string
  readonly partitions: number
}

/** A running worker. */
export interface Worker {
  readonly consumer: Consumer
  /** Stops taking records, finishes what is in work, and leaves. */
  stop(): Promise<void>
}

/** Time is told to each partition of the observations so often, ms. */
const TELL = 500
/** Offsets are committed so often, ms. */
const COMMIT = 1_000
/** How far the inputs are from their ends is measured so often, ms. */
const MEASURE = 5_000
/** The event loop is let go after so many records of a batch. */
const BREATH = 2_000

/** Bytes of a line that a reject quotes, and rejects kept of one batch: the rest is counted. */
const QUOTED = 200
const MOST_REJECTS = 1_000

/** One partition of an input. */
interface Input {
  readonly epoch: number
  readonly intake: Intake
  /** What could not be used since the last frames. */
  readonly rejects: Rejected[]
  /** Offset behind the last record taken, and what is to be written of them: a batch that comes again was taken already. */
  taken: number
  unsent: readonly OutBatch[]
  /** Lines counted so far. */
  counted: LineCounts
  /** How far what was sent goes: event time, and when the last record was appended. */
  frontier: number
  appended: number
  /** Offset to commit; -1 until something was handled. */
  safe: number
  committed: number
}

/** Topics → frames of observations. */
export async function startIngest(config: IngestConfig): Promise<Worker> {
  const { kafka, log, names, metrics } = config
  // Names and texts of frames are alike: packed they are a tenth, for us to copy and for the broker to keep.
  const producer = kafka.producer({ compression: 'lz4' })
  const inputs = new Map<string, Input>()
  const deliveries = new Map<string, Deliveries>()
  const began = Date.now()
  let topics: readonly InputTopic[] = await config.inputs.list()
  let consumer: Consumer | null = null
  // Before any frame: nobody may decide without knowing all inputs.
  await tell()
  const joined = config.inputs.read({
    onBatch: take,
    onAssigned: async ({ topic, partition, epoch, committed }) => {
      inputs.delete(keyOf({ topic, partition }))
      log('info', 'ingest-assigned', { topic, partition, epoch, committed })
      return undefined
    },
    onRevoked: (partitions) => {
      for (const at of partitions) {
        inputs.delete(keyOf(at))
        metrics.gone(at.topic, at.partition)
      }
    },
    onJump: ({ topic, reason }) => metrics.jump(topic, reason),
  })
  consumer = joined
  const jobs: readonly Repeated[] = [
    every(TELL, tell, (error) => log('warn', 'frontiers-failed', { error: String(error) })),
    every(COMMIT, commit, (error) => log('warn', 'commit-failed', { error: String(error) })),
    // Offsets of files count lines of files to come too: how many there are is not known.
    ...(config.inputs.stamped
      ? [every(MEASURE, measure, (error) => log('warn', 'measure-failed', { error: String(error) }))]
      : []),
    every(config.inputs.look, look, (error) => log('warn', 'topics-unknown', { error: String(error) })),
  ]

  async function measure(): Promise<void> {
    metrics.lags(joined.progress())
  }

  async function look(): Promise<void> {
    topics = await config.inputs.list()
    const there = new Set(topics.map(({ topic }) => topic))
    // Files of each day have names of their own: what is known of those that are no more would grow for ever.
    for (const topic of deliveries.keys()) {
      if (there.has(topic)) continue
      deliveries.delete(topic)
      metrics.ended(topic)
    }
  }

  async function take(batch: Batch): Promise<void> {
    const input = inputOf(batch)
    if (input.taken < batch.next) await read(batch, input)
    if (input.unsent.length > 0) await producer.send(input.unsent)
    input.unsent = []
    input.frontier = input.intake.frontier()
    if (config.inputs.stamped || batch.next === batch.end) input.appended = input.intake.appended()
    input.safe = Math.min(batch.next, input.intake.held())
    metrics.taken(batch.topic, batch.records.length, input.counted, input.intake.counts)
    input.counted = { ...input.intake.counts }
    // Lines that are held back are copies, and their rejects are sent.
    batch.release?.()
  }

  async function read(batch: Batch, input: Input): Promise<void> {
    const { records } = batch
    for (let from = 0; from < records.length; from += BREATH) {
      if (from > 0) await new Promise(setImmediate)
      placeAll(input.intake, records, from, Math.min(records.length, from + BREATH))
    }
    input.unsent = written(batch, input)
    input.taken = batch.next
  }

  function inputOf({ topic, partition, epoch }: Batch): Input {
    const key = keyOf({ topic, partition })
    const known = inputs.get(key)
    if (known !== undefined && known.epoch === epoch) return known
    const source = config.inputs.source(topic)
    const { recogniser, zone, partitions } = config
    const rejects: Rejected[] = []
    const onReject = (reject: Rejected): void => {
      rejects.push({ ...reject, bytes: reject.bytes.slice(0, QUOTED) })
    }
    const intake = openIntake(
      source,
      { topic, partition, epoch },
      {
        recogniser,
        zone,
        partitions,
        deliveries: deliveriesOf(topic),
        onReject,
      },
    )
    const nothing = { frontier: Number.NaN, appended: Number.NaN, safe: -1, committed: -1, taken: -1, unsent: [] }
    const made: Input = { epoch, intake, rejects, counted: { ...NO_LINES }, ...nothing }
    inputs.set(key, made)
    return made
  }

  function deliveriesOf(topic: string): Deliveries {
    const known = deliveries.get(topic) ?? new Deliveries()
    deliveries.set(topic, known)
    return known
  }

  /** What is to be written of all that was taken: frames, and what could not be used. */
  function written(batch: Batch, input: Input): readonly OutBatch[] {
    const frames = Map.groupBy(input.intake.frames(Date.now()), ({ partition }) => partition)
    const out: OutBatch[] = [...frames].map(([partition, of]) => ({
      topic: names.observations,
      partition,
      records: of.map(({ value }) => ({ value })),
    }))
    const rejects = input.rejects.splice(0, MOST_REJECTS)
    input.rejects.length = 0
    if (rejects.length > 0)
      out.push({ topic: names.rejects, partition: 0, records: rejects.map((reject) => rejectRecord(batch, reject)) })
    return out
  }

  async function tell(): Promise<void> {
    const value = encodeFrontiers({ now: Date.now(), inputs: topics, read: frontiers() })
    const records = [{ value }]
    const { observations: topic } = names
    await producer.send(Array.from({ length: config.partitions }, (_, partition) => ({ topic, partition, records })))
  }

  function frontiers(): readonly Frontier[] {
    const now = Date.now()
    const nothing = { partition: 0, epoch: 0, frontier: Number.NaN, appended: Number.NaN }
    const empty = config.inputs.empty().map((topic) => ({ topic, ...nothing, idle: now - began, checked: now }))
    return [...empty, ...progressed()]
  }

  function progressed(): readonly Frontier[] {
    const progress = consumer?.progress() ?? []
    return progress.flatMap(({ topic, partition, epoch, next, idleSince, idleUntil }) => {
      if (next === null) return []
      const input = inputs.get(keyOf({ topic, partition }))
      const { frontier = Number.NaN, appended = Number.NaN } = input ?? {}
      const checked = idleSince === null ? 0 : (idleUntil ?? 0)
      const idle = checked === 0 ? 0 : Math.max(0, checked - (idleSince ?? checked))
      return [{ topic, partition, epoch, frontier, appended, idle, checked }]
    })
  }

  async function commit(): Promise<void> {
    const due: (Position & { input: Input })[] = []
    for (const [key, input] of inputs)
      if (input.safe > input.committed) due.push({ ...placeOf(key), offset: input.safe, input })
    if (due.length === 0) return
    await joined.commit(due.map(({ topic, partition, offset }) => ({ topic, partition, offset })))
    for (const { input, offset } of due) input.committed = offset
  }

  return {
    consumer: joined,
    async stop() {
      await Promise.all(jobs.map((job) => job.stop()))
      await commit().catch((error) => log('warn', 'commit-failed', { error: String(error) }))
      await joined.close()
      await producer.close()
    },
  }
}

function placeAll(intake: Intake, records: Batch['records'], from: number, to: number): void {
  for (let index = from; index < to; index++) intake.place(records[index] as KafkaRecord)
}

function placeOf(key: string): PartitionId {
  const at = key.lastIndexOf('/')
  return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) }
}
