import { kafkaStore } from '../io/kafka/store.ts'
import type { Batch, Kafka, Log } from '../io/kafka/types.ts'
import type { NotifySettings } from '../model/receiver.ts'
import type { Store } from '../model/sending.ts'
import { type Api, type ApiAnswer, type ApiRequest, notifyApi } from '../notifier/api.ts'
import { type Drive, drive } from '../notifier/drive.ts'
import { notifier } from '../notifier/notifier.ts'
import type { AlertRecord, Notifier } from '../notifier/types.ts'
import { READING } from '../notify/behind.ts'
import { readRecord } from '../notify/read.ts'
import { openSenders } from '../senders/open.ts'
import { type Advance, advance, STALL } from './advance.ts'
import { every } from './every.ts'
import type { Worker } from './ingest.ts'
import type { Metrics } from './metrics.ts'
import type { Names } from './names.ts'
import { journalOrders } from './orders.ts'
import { followProgress, type HearProgress, type Progress, readAllProgress } from './progress.ts'
import { followSilences, standbyStore } from './silences.ts'
import { numberIn } from './snapshots.ts'

export interface NotifyConfig {
  readonly kafka: Kafka
  readonly log: Log
  readonly names: Names
  readonly metrics: Metrics
  readonly settings: NotifySettings
  readonly sessionTimeout: number
  /** How far back records are read the first time, ms. */
  readonly backfill: number
  /** Partitions of the observations. */
  readonly partitions: number
  /** What keeps this process from doing its work; null when nothing. */
  readonly problem: () => string | null
}

export interface NotifyWorker extends Worker {
  readonly api: Api
}

/** While all is well, heartbeats are fed each so often, ms. */
const ALIVE = 5_000
/** A service that tells nobody anything for so long, since it is behind, is not taken for alive, ms. */
const MUTE = 10 * 60_000
/** An owner speaks each few seconds: one that did not for less than this, ms, is not missed, however small `staleAfter`. */
const SPEAKS = 15_000
/** How far we are is looked at each so often, ms. */
const LOOK = 500

/** A notifier that leads, and what belongs to it. */
interface Leading {
  readonly voice: Notifier
  readonly clock: Drive
  readonly api: Api
  readonly following: AbortController
  readonly advance: Advance
  /** Latest word on each partition of the observations, and the offset behind the last alert of it that was read. */
  readonly progress: Map<number, { readonly progress: Progress; readonly lag: number }>
  readonly read: Map<number, number>
  /** When the owner of a partition last gave a word or an alert; `since` before it did. Wall clock, epoch ms. */
  readonly heard: Map<number, number>
  readonly since: number
}

/**
 * Alerts → receivers. The topic of alerts has one partition: whoever owns it leads the notifier over the state on its topics,
 * the others stand by. Nothing is sent by a process that has lost the partition, nor before it has read all alerts there are.
 */
export async function startNotify(config: NotifyConfig): Promise<NotifyWorker> {
  const { kafka, log, names, metrics, settings } = config
  let leading: Leading | null = null
  let resting = false
  let behindSince: number | null = null
  const consumer = kafka.consumer({
    group: names.notify,
    topics: [names.alerts],
    start: { time: Date.now() - config.backfill },
    sessionTimeout: config.sessionTimeout,
    async onAssigned() {
      await resign()
      leading = await lead(config)
      log('info', 'notify-leads', { receivers: settings.receivers.map(({ name }) => name) })
      return undefined
    },
    onRevoked: () => void resign().catch((error) => log('error', 'notify-close-failed', { error: String(error) })),
    onBatch: take,
    onJump: ({ topic, reason }) => metrics.jump(topic, reason),
  })
  const failed = (error: unknown): void => log('warn', 'notify-look-failed', { error: String(error) })
  const jobs = [every(ALIVE, live, failed), every(LOOK, look, failed)]

  async function live(): Promise<void> {
    if (leading === null) return
    const now = Date.now()
    const stalled = leading.advance.stalled(now)
    const { behind } = leading.voice.status()
    behindSince = behind.length === 0 ? null : (behindSince ?? now)
    const problem = config.problem() ?? (behindSince !== null && now - behindSince > MUTE ? 'behind for long' : null)
    const well = problem === null && stalled.length === 0
    if (well) leading.voice.alive()
    // Nothing stands still yet that was not heard of since we lead: a start takes its time.
    else if (problem === null && !resting && now - leading.since < STALL) return
    if (well === resting) log(well ? 'info' : 'warn', well ? 'alive' : 'not-alive', { problem, stalled, behind })
    resting = !well
  }

  /**
   * Ends the time in which we were behind: of a partition, when all is read that its owner had decided by then, or when it
   * has no owner for so long that no other will have been on its way.
   */
  async function look(): Promise<void> {
    const [reading] = consumer.progress()
    if (leading === null || reading?.next == null || reading.end === null) return
    const { next, end } = reading
    const now = Date.now()
    for (const { progress, lag } of leading.progress.values()) {
      const { partition, alerts, decided } = progress
      const silent = now - (leading.heard.get(partition) ?? leading.since)
      if (silent > Math.max(SPEAKS, settings.staleAfter))
        await leading.voice.unattended(partOf(partition), decided ?? now - silent)
      // A word that is older than an alert which was read says nothing of it.
      else if (next >= alerts && (leading.read.get(partition) ?? 0) <= alerts)
        await leading.voice.lag(partOf(partition), lag)
    }
    // Last: what is held by a partition is never let go for a moment between the two.
    if (next >= end) await leading.voice.lag(READING, 0)
  }

  async function take(batch: Batch): Promise<void> {
    if (leading === null) throw new Error(`${batch.topic}: expected to lead before it is read`)
    const [first] = batch.records
    if (first !== undefined && first.timestamp >= 0) await leading.voice.lag(READING, Date.now() - first.timestamp)
    await leading.voice.take(recordsOf(batch, log))
    for (const record of batch.records) {
      const partition = numberIn(record, 'partition') || 0
      leading.read.set(partition, record.offset + 1)
      leading.heard.set(partition, Date.now())
    }
    await consumer.commit([{ topic: batch.topic, partition: batch.partition, offset: batch.next }])
  }

  async function answer(request: ApiRequest): Promise<ApiAnswer | undefined> {
    const mine = leading
    if (mine === null) return standBy(config, request)
    try {
      return await mine.api(request)
    } catch (error) {
      // Another process has come to lead while this one was asked.
      if (leading === mine) throw error
      return answer(request)
    }
  }

  async function resign(): Promise<void> {
    const before = leading
    leading = null
    before?.clock.stop()
    before?.following.abort()
    await before?.voice.close()
  }

  return {
    consumer,
    api: answer,
    async stop() {
      await Promise.all(jobs.map((job) => job.stop()))
      await consumer.close()
      await resign()
    },
  }
}

const partOf = (partition: number): string => `partition ${partition}`

const storeOf = ({ kafka, names }: NotifyConfig): Store =>
  kafkaStore(kafka, names.notifications, { silence: names.silences })

const ordersOf = ({ kafka, names, partitions }: NotifyConfig) => journalOrders(kafka, names.observations, partitions)

/** Answers from what is stored; silences and orders are written, for whoever leads and decides. */
async function standBy(config: NotifyConfig, request: ApiRequest): Promise<ApiAnswer | undefined> {
  const { settings } = config
  const voice = await notifier({
    settings,
    store: standbyStore(storeOf(config)),
    senders: new Map(),
    now: Date.now,
  })
  try {
    return await notifyApi(voice, Date.now, ordersOf(config))(request)
  } finally {
    await voice.close()
  }
}

async function lead(config: NotifyConfig): Promise<Leading> {
  const { kafka, log, names, metrics, settings } = config
  const senders = await openSenders(settings)
  const voice: Notifier = await notifier(
    { settings, store: storeOf(config), senders, now: Date.now },
    {
      onDue: () => clock.rearm(),
      onOutcome: metrics.notified,
      onTrouble: (receiver, why) => log('warn', 'notification-failed', { receiver, why }),
    },
  )
  const clock = drive(
    () => voice,
    Date.now,
    (error) => log('error', 'notify-failed', { error: String(error) }),
  )
  await voice.lag(READING, Number.POSITIVE_INFINITY)
  const following = new AbortController()
  const api = notifyApi(voice, Date.now, ordersOf(config))
  const leading: Leading = {
    voice,
    clock,
    api,
    following,
    advance: advance(config.partitions),
    progress: new Map(),
    read: new Map(),
    heard: new Map(),
    since: Date.now(),
  }
  const hear: HearProgress = (progress, age, fresh) => {
    leading.advance.take(progress, fresh, Date.now())
    if (fresh) leading.heard.set(progress.partition, Date.now())
    leading.progress.set(progress.partition, { progress, lag: progress.lag + age })
  }
  const { signal } = following
  const from = await readAllProgress(kafka, names.progress, signal, hear)
  const unread = (topic: string) => (error: unknown) => log('warn', 'topic-unread', { topic, error: String(error) })
  learnFrom(kafka, names.transitions, voice, signal).catch(unread(names.transitions))
  followSilences(kafka, names.silences, signal, (silence) => voice.heardSilence(silence)).catch(unread(names.silences))
  followProgress(kafka, names.progress, from, signal, hear).catch(unread(names.progress))
  clock.rearm()
  return leading
}

/** Alerts of a batch with their place in the order of their partition; what is none is said and passed over. */
function recordsOf({ topic, records }: Batch, log: Log): readonly AlertRecord[] {
  return records.flatMap((record) => {
    const alert = record.value === null ? undefined : readRecord(record.value.toString())
    const [seq, epoch, lag, partition] = ['sequence', 'epoch', 'lag', 'partition'].map((name) => numberIn(record, name))
    if (alert?.kind !== 'alert' || seq === undefined || Number.isNaN(seq)) {
      log('error', 'alert-unreadable', { topic, offset: record.offset })
      return []
    }
    return [{ alert, seq, epoch: epoch || 0, part: partOf(partition || 0), lag: lag || 0 }]
  })
}

/** Reads what changes at members, from now on, until it is told to end. */
async function learnFrom(kafka: Kafka, topic: string, voice: Notifier, signal: AbortSignal): Promise<void> {
  const admin = await kafka.admin()
  const state = await admin.describe(topic).finally(() => admin.close())
  const partitions = Array.from({ length: state?.partitions ?? 0 }, (_, partition) => partition)
  await Promise.all(partitions.map((partition) => learnPartition(partition)))

  async function learnPartition(partition: number): Promise<void> {
    for await (const { records } of kafka.read({ topic, partition, from: 'latest', signal })) {
      const read = records.map(({ value }) => (value === null ? undefined : readRecord(value.toString())))
      await voice.learn(read.filter((record) => record?.kind === 'transition'))
    }
  }
}
