import { pack, unpack } from '../engine/pack.ts'
import type { AssignedPartition, Batch, Kafka, Log, Position } from '../io/kafka/types.ts'
import type { Correlator, CorrelatorState } from '../journal/correlator.ts'
import type { Effect } from '../model/effect.ts'
import { every } from './every.ts'
import type { Worker } from './ingest.ts'
import { type Knowledge, newCorrelator } from './knowledge.ts'
import type { Metrics } from './metrics.ts'
import type { Names } from './names.ts'
import { startPolls } from './polls.ts'
import { progressRecord } from './progress.ts'
import { type Decision, endOfAlerts, lastPublished, numbered, publish } from './publish.ts'
import { loadSnapshots, type SavedSnapshot, saveSnapshot } from './snapshots.ts'

export interface CorrelateConfig {
  readonly kafka: Kafka
  readonly log: Log
  readonly names: Names
  readonly metrics: Metrics
  readonly knowledge: Knowledge
  readonly partitions: number
  readonly snapshotEvery: number
  readonly sessionTimeout: number
  /** A partition's state is saved: it is never read again from before this place. */
  readonly onSaved?: (at: Position) => Promise<void>
}

const MEASURE = 5_000

type Reached = Pick<Correlator, 'decided' | 'heard' | 'backlog'>

/** A correlator, and the state that it begins with; null when it begins with nothing. */
interface Restored {
  readonly core: Correlator
  readonly snapshot: SavedSnapshot | null
}

/** A partition of the observations that is ours. */
interface Owned {
  readonly partition: number
  epoch: number
  readonly core: Correlator
  /** Effects of the record that is being taken. */
  readonly fresh: Effect[]
  /** Decisions that are not published yet. */
  waiting: Decision[]
  /** Sequence of the last decision that is published for certain. */
  published: number
  /** Offset behind its last alert in their topic. */
  alerts: number
  /** How far it had come when all it decided was last published; null before: unknown is not up to date. */
  reached: Reached | null
  /** Offset of the next record to take. */
  next: number
  /** Offset up to which the state is saved, when, and where the next snapshot goes. */
  saved: number
  savedAt: number
  slot: 0 | 1
}

/** Observations → decisions. Owning a partition begins with its state as last saved; the rest is read again from there. */
export async function startCorrelate(config: CorrelateConfig): Promise<Worker> {
  const { kafka, log, names, metrics, knowledge } = config
  const producer = kafka.producer()
  const owned = new Map<number, Owned>()
  const consumer = kafka.consumer({
    group: names.correlate,
    topics: [names.observations],
    start: 'earliest',
    sessionTimeout: config.sessionTimeout,
    onAssigned: recover,
    onBatch: take,
    onRevoked: (partitions) => {
      for (const { partition } of partitions) {
        owned.delete(partition)
        metrics.gone(names.observations, partition)
      }
    },
    onJump: ({ topic, reason }) => metrics.jump(topic, reason),
  })
  const measuring = every(MEASURE, measure, (error) => log('warn', 'measure-failed', { error: String(error) }))

  async function recover({ partition, epoch }: AssignedPartition, signal: AbortSignal) {
    const snapshots = await loadSnapshots(kafka, { topic: names.state, partition }, epoch, signal)
    const published = await lastPublished(kafka, names.transitions, partition, epoch, signal)
    const alerts = await endOfAlerts(kafka, names.alerts)
    const fresh: Effect[] = []
    const { core, snapshot } = restored(partition, snapshots, (effect) => fresh.push(effect))
    const next = snapshot === null ? -1 : snapshot.offset + 1
    signal.throwIfAborted()
    const slot: 0 | 1 = snapshot?.slot === 0 ? 1 : 0
    const state = { published, alerts, reached: null, next, saved: next, savedAt: Date.now(), slot, waiting: [] }
    owned.set(partition, { partition, epoch, core, fresh, ...state })
    log('info', 'correlate-assigned', { partition, epoch, snapshot: snapshot?.offset ?? null })
    return snapshot === null ? 'earliest' : next
  }

  /** With the latest state that can be read. Where that of another release is none, the observations tell all anew. */
  function restored(partition: number, snapshots: readonly SavedSnapshot[], emit: (effect: Effect) => void): Restored {
    for (const snapshot of snapshots) {
      const core = newCorrelator(knowledge, emit)
      try {
        core.restore(unpack(snapshot.bytes()) as CorrelatorState)
        return { core, snapshot }
      } catch (error) {
        log('error', 'snapshot-unreadable', { partition, offset: snapshot.offset, error: String(error) })
      }
    }
    return { core: newCorrelator(knowledge, emit), snapshot: null }
  }

  async function take(batch: Batch): Promise<void> {
    const mine = owned.get(batch.partition)
    if (mine === undefined)
      throw new Error(`${batch.topic}/${batch.partition}: expected to be recovered before it is read`)
    if (batch.epoch !== mine.epoch) countAnew(mine, batch.epoch)
    for (const [index, record] of batch.records.entries()) {
      if (index % 64 === 63) await new Promise(setImmediate)
      if (record.offset >= mine.next) takeRecord(mine, record.offset, record.value)
    }
    await flush(mine)
    if (Date.now() - mine.savedAt >= config.snapshotEvery) await save(mine)
    await consumer.commit([{ topic: batch.topic, partition: batch.partition, offset: batch.next }])
  }

  /** The log does not go on where it was: what is known stays, but its offsets, and what they number, begin anew. */
  function countAnew(mine: Owned, epoch: number): void {
    Object.assign(mine, { epoch, next: 0, saved: 0, published: -1 })
  }

  function takeRecord(mine: Owned, offset: number, value: Buffer | null): void {
    try {
      if (value !== null) mine.core.take(value)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      metrics.unreadable()
      log('error', 'frame-unreadable', { partition: mine.partition, offset, error: error.message })
    }
    mine.next = offset + 1
    for (const effect of mine.fresh) metrics.decided(effect)
    mine.waiting.push(...numbered(mine.fresh, offset, { lag: lagOf(mine.core), decided: mine.core.decided }))
    mine.fresh.length = 0
  }

  async function flush(mine: Owned): Promise<void> {
    const due = mine.waiting.filter(({ sequence }) => sequence > mine.published)
    mine.alerts = (await publish(producer, names, mine.partition, mine.epoch, due)) ?? mine.alerts
    mine.waiting = []
    mine.published = due.at(-1)?.sequence ?? mine.published
    const { decided, heard, backlog } = mine.core
    if (Number.isFinite(heard)) mine.reached = { decided, heard, backlog }
  }

  async function save(mine: Owned): Promise<void> {
    if (mine.next <= mine.saved) return
    const bytes = pack(mine.core.snapshot())
    const { partition, epoch, next, slot } = mine
    await saveSnapshot(producer, { topic: names.state, partition }, { epoch, offset: next - 1, bytes }, slot)
    mine.slot = slot === 0 ? 1 : 0
    mine.saved = next
    mine.savedAt = Date.now()
    metrics.snapshot(bytes.length)
    await config.onSaved?.({ topic: names.observations, partition, offset: next })
  }

  async function measure(): Promise<void> {
    metrics.lags(consumer.progress())
    const now = Date.now()
    for (const { partition, core } of owned.values())
      if (Number.isFinite(core.decided)) metrics.watermark(partition, (now - core.decided) / 1000)
    await tell()
  }

  /** Says how far our partitions are: whoever notifies knows by it what is late, and that we are alive. */
  async function tell(): Promise<void> {
    const records = [...owned.values()].flatMap(({ partition, reached, alerts }) => {
      if (reached === null) return []
      const decided = Number.isFinite(reached.decided) ? reached.decided : null
      return [progressRecord({ partition, decided, lag: lagOf(reached), alerts })]
    })
    if (records.length > 0) await producer.send([{ topic: names.progress, partition: 0, records }])
  }

  const owns = (partition: number): boolean => owned.has(partition)
  const { metrics: settings } = knowledge.config
  const { partitions } = config
  const polls =
    settings === undefined ? null : startPolls({ settings, log, producer, topic: names.observations, partitions, owns })

  return {
    consumer,
    async stop() {
      await polls?.stop()
      await measuring.stop()
      const mine = [...owned.values()]
      await consumer.close()
      // What is decided and not published yet is decided again by whoever begins before it.
      for (const each of mine) if (each.waiting.length === 0) await save(each)
      await producer.close()
    },
  }
}

/** How long ago the oldest record that is yet to be decided was appended, ms. */
function lagOf({ heard, backlog }: Reached): number {
  return Number.isFinite(heard) ? Math.max(0, Date.now() - heard) + backlog : 0
}
