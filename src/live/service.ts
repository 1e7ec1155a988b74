import { UsageError } from '../config/problem.ts'
import { type LiveSettings, ROLES, type Role } from '../config/sections/live.ts'
import type { NotifySection } from '../config/sections/notify.ts'
import type { Config } from '../config/types.ts'
import { openKafka } from '../io/kafka/open.ts'
import { type Kafka, KafkaError, type Log } from '../io/kafka/types.ts'
import { notifySettings } from '../notifier/settings.ts'
import { kafkaOptions } from './connect.ts'
import { startCorrelate } from './correlate.ts'
import { serve } from './http.ts'
import { startIngest } from './ingest.ts'
import { type Knowledge, loadKnowledge } from './knowledge.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { type Names, namesOf } from './names.ts'
import { type NotifyConfig, type NotifyWorker, startNotify } from './notify.ts'
import { PARTITIONS, topicSpecs } from './topics.ts'

/** The running service. */
export interface Service {
  readonly roles: readonly Role[]
  /** Port on which health and metrics are served. */
  readonly port: number
  /** Finishes what is in work, saves state, and leaves. */
  stop(): Promise<void>
}

const BACKFILL = 15 * 60_000
const SNAPSHOT_EVERY = 30_000
const SESSION = 30_000

/** Starts the roles asked for; throws a UsageError when the configuration or the topics do not allow it. */
export async function startService(config: Config, roles: readonly Role[] | undefined, log: Log): Promise<Service> {
  const { kafka: settings, live = {} } = config
  if (settings === undefined) throw new UsageError(['kafka: expected the brokers to read from, got nothing'])
  const chosen = roles ?? live.roles ?? ROLES
  if (chosen.includes('ingest') && (config.sources ?? []).length === 0)
    throw new UsageError(['sources: expected the topics to read, got nothing'])
  const names = namesOf(settings.prefix)
  const kafka = openKafka(await kafkaOptions(settings, log))
  await ensureTopics(kafka, names, config)
  const metrics = openMetrics()
  const knowledge = await loadKnowledge(config)
  const shared = { kafka, log, names, metrics, sessionTimeout: settings.sessionTimeout ?? SESSION }
  const correlate = chosen.includes('correlate')
    ? await startCorrelate({
        ...shared,
        knowledge,
        partitions: live.partitions ?? PARTITIONS,
        snapshotEvery: live.snapshotEvery ?? SNAPSHOT_EVERY,
      })
    : null
  const ingest = chosen.includes('ingest') ? await startIngest(ingestConfig(config, shared, knowledge)) : null
  let voice: NotifyWorker | null = null
  const problem = (): string | null =>
    [ingest, correlate, voice].map((worker) => worker?.consumer.health().problem).find(Boolean) ?? null
  voice = chosen.includes('notify') ? await startNotify(notifyConfig(config, shared, problem)) : null
  const http = await serve(listen(live), problem, problem, metrics, voice?.api)
  log('info', 'started', { roles: chosen, port: http.port })
  return {
    roles: chosen,
    port: http.port,
    async stop() {
      // Who reads stops first, so that those behind it find all there is.
      for (const worker of [ingest, correlate, voice]) await worker?.stop()
      await http.close()
    },
  }
}

function listen({ http }: LiveSettings): { host: string; port: number } {
  return { host: http?.host ?? '127.0.0.1', port: http?.port ?? 8080 }
}

const NOBODY: NotifySection = { receivers: {}, routes: [], silences: [], windows: [] }

function notifyConfig(
  { notify = NOBODY, live }: Config,
  shared: Pick<NotifyConfig, 'kafka' | 'log' | 'names' | 'metrics' | 'sessionTimeout'>,
  problem: () => string | null,
): NotifyConfig {
  return {
    ...shared,
    settings: notifySettings(notify, process.env),
    backfill: live?.backfill ?? BACKFILL,
    partitions: live?.partitions ?? PARTITIONS,
    problem,
  }
}

function ingestConfig(
  config: Config,
  shared: {
    readonly kafka: Kafka
    readonly log: Log
    readonly names: Names
    readonly metrics: Metrics
    readonly sessionTimeout: number
  },
  { recogniser }: Knowledge,
) {
  return {
    ...shared,
    recogniser,
    sources: config.sources ?? [],
    zone: config.timezone ?? 'UTC',
    partitions: config.live?.partitions ?? PARTITIONS,
    backfill: config.live?.backfill ?? BACKFILL,
  }
}

/** Our own topics: made where they are missing and we may, and checked. */
async function ensureTopics(kafka: Kafka, names: Names, { kafka: settings, live }: Config): Promise<void> {
  const admin = await kafka.admin()
  try {
    const specs = topicSpecs(names, live?.partitions ?? PARTITIONS, settings?.replication)
    await admin.ensure(specs, settings?.createTopics ?? true)
  } catch (error) {
    if (!(error instanceof KafkaError) || error.code !== 'topics') throw error
    throw new UsageError(error.message.split('\n'), { cause: error })
  } finally {
    await admin.close()
  }
}
