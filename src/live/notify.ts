import type { Batch, Kafka, Log } from '../io/kafka/types.ts'
import type { NotifySettings } from '../model/receiver.ts'
import type { Store } from '../model/sending.ts'
import { type Api, notifyApi } from '../notifier/api.ts'
import { type Drive, drive } from '../notifier/drive.ts'
import { notifier } from '../notifier/notifier.ts'
import type { AlertRecord, Notifier } from '../notifier/types.ts'
import { readRecord } from '../notify/read.ts'
import { openSenders } from '../senders/open.ts'
import { every } from './every.ts'
import type { Worker } from './ingest.ts'
import type { Metrics } from './metrics.ts'
import type { Names } from './names.ts'
import { numberIn } from './snapshots.ts'

export interface NotifyConfig {
  readonly kafka: Kafka
  readonly log: Log
  readonly names: Names
  readonly metrics: Metrics
  readonly settings: NotifySettings
  /** Opens what is kept of notifications, for whom leads them. */
  readonly store: () => Store
  readonly sessionTimeout: number
  /** How far back records are read the first time, ms. */
  readonly backfill: number
  /** What keeps this process from doing its work; null when nothing. */
  readonly problem: () => string | null
}

export interface NotifyWorker extends Worker {
  /** Answers of the notifier; undefined while another process leads it. */
  readonly api: Api
}

/** While all is well, heartbeats are fed each so often, ms. */
const ALIVE = 5_000

/** A notifier that leads, and what belongs to it. */
interface Leading {
  readonly voice: Notifier
  readonly clock: Drive
  readonly api: Api
  readonly learning: AbortController
}

/**
 * Alerts → receivers. The topic of alerts has one partition: whoever owns it leads the notifier over the state on its topic,
 * the others stand by. Nothing is sent by a process that has lost the partition.
 */
export async function startNotify(config: NotifyConfig): Promise<NotifyWorker> {
  const { kafka, log, names, metrics, settings } = config
  let leading: Leading | null = null
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
  const living = every(
    ALIVE,
    async () => (config.problem() === null ? leading?.voice.alive() : undefined),
    () => {},
  )

  async function take(batch: Batch): Promise<void> {
    if (leading === null) throw new Error(`${batch.topic}: expected to lead before it is read`)
    await leading.voice.take(recordsOf(batch, log))
    await consumer.commit([{ topic: batch.topic, partition: batch.partition, offset: batch.next }])
  }

  async function resign(): Promise<void> {
    const before = leading
    leading = null
    before?.clock.stop()
    before?.learning.abort()
    await before?.voice.close()
  }

  return {
    consumer,
    api: async (request) => leading?.api(request),
    async stop() {
      await living.stop()
      await consumer.close()
      await resign()
    },
  }
}

async function lead({ kafka, log, names, metrics, settings, store }: NotifyConfig): Promise<Leading> {
  const senders = await openSenders(settings)
  const voice: Notifier = await notifier(
    { settings, store: store(), senders, now: Date.now },
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
  const learning = new AbortController()
  learnFrom(kafka, names.transitions, voice, learning.signal).catch((error) =>
    log('warn', 'transitions-unread', { error: String(error) }),
  )
  clock.rearm()
  return { voice, clock, api: notifyApi(voice, Date.now), learning }
}

/** Alerts of a batch with their place in the order of their partition; what is none is said and passed over. */
function recordsOf({ topic, records }: Batch, log: Log): readonly AlertRecord[] {
  return records.flatMap((record) => {
    const alert = record.value === null ? undefined : readRecord(record.value.toString())
    const [seq, epoch] = [numberIn(record, 'sequence'), numberIn(record, 'epoch')]
    if (alert?.kind === 'alert' && !Number.isNaN(seq)) return [{ alert, seq, epoch: Number.isNaN(epoch) ? 0 : epoch }]
    log('error', 'alert-unreadable', { topic, offset: record.offset })
    return []
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
