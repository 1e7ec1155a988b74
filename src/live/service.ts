import { UsageError } from '../config/problem.ts'
import { type LiveSettings, ROLES, type Role } from '../config/sections/live.ts'
import type { Config } from '../config/types.ts'
import { KafkaError, type Log } from '../io/kafka/types.ts'
import type { Rule } from '../model/rule.ts'
import { notifySettings } from '../notifier/settings.ts'
import { startCorrelate } from './correlate.ts'
import { backfillOf, type Ground, openGround, sessionOf } from './ground.ts'
import { serve } from './http.ts'
import { type IngestConfig, startIngest } from './ingest.ts'
import { type Knowledge, loadKnowledge } from './knowledge.ts'
import { openMetrics } from './metrics.ts'
import { NOBODY } from './nobody.ts'
import { type NotifyConfig, type NotifyWorker, startNotify } from './notify.ts'
import { topicSpecs } from './topics.ts'

/** The running service. */
export interface Service {
  readonly roles: readonly Role[]
  /** Port on which health and metrics are served. */
  readonly port: number
  /** Finishes what is in work, saves state, and leaves. */
  stop(): Promise<void>
}

const SNAPSHOT_EVERY = 30_000

/** Starts the roles asked for; throws a UsageError when the configuration, the topics or the state do not allow it. */
export async function startService(
  config: Config,
  rules: readonly Rule[],
  roles: readonly Role[] | undefined,
  log: Log,
): Promise<Service> {
  const { live = {} } = config
  const chosen = roles ?? live.roles ?? ROLES
  checkRoles(config, chosen)
  const ground = await openGround(config, log)
  const { kafka, names, partitions } = ground
  await ensureTopics(ground, config)
  const metrics = openMetrics()
  const knowledge = await loadKnowledge(config, rules)
  const shared = { kafka, log, names, metrics, partitions, sessionTimeout: sessionOf(config) }
  const correlate = chosen.includes('correlate')
    ? await startCorrelate({
        ...shared,
        knowledge,
        snapshotEvery: live.snapshotEvery ?? SNAPSHOT_EVERY,
        ...(ground.onSaved === undefined ? {} : { onSaved: ground.onSaved }),
      })
    : null
  const ingest = chosen.includes('ingest')
    ? await startIngest(await ingestConfig(config, shared, knowledge, ground))
    : null
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
      await ground.close()
    },
  }
}

function checkRoles({ kafka, sources = [], metrics }: Config, chosen: readonly Role[]): void {
  if (kafka === undefined && sources.length === 0 && metrics === undefined)
    throw new UsageError(['sources: expected the files to follow, or kafka and the topics to read, got nothing'])
  if (kafka !== undefined && chosen.includes('ingest') && sources.length === 0)
    throw new UsageError(['sources: expected the topics to read, got nothing'])
  if (kafka === undefined && chosen.length < ROLES.length)
    throw new UsageError([
      `roles: expected all of them in one process, since there is no Kafka, got ${chosen.join(',')}`,
    ])
}

function listen({ http }: LiveSettings): { host: string; port: number } {
  return { host: http?.host ?? '127.0.0.1', port: http?.port ?? 8080 }
}

function notifyConfig(
  config: Config,
  shared: Pick<NotifyConfig, 'kafka' | 'log' | 'names' | 'metrics' | 'partitions' | 'sessionTimeout'>,
  problem: () => string | null,
): NotifyConfig {
  const settings = notifySettings(config.notify ?? NOBODY, process.env)
  return { ...shared, settings, backfill: backfillOf(config), problem }
}

async function ingestConfig(
  config: Config,
  shared: Pick<IngestConfig, 'kafka' | 'log' | 'names' | 'metrics' | 'partitions'>,
  { recogniser }: Knowledge,
  ground: Ground,
): Promise<IngestConfig> {
  return { ...shared, recogniser, inputs: await ground.inputs(), zone: config.timezone ?? 'UTC' }
}

/** Our own topics: made where they are missing and we may, and checked. */
async function ensureTopics({ kafka, names, partitions }: Ground, { kafka: settings }: Config): Promise<void> {
  const admin = await kafka.admin()
  try {
    await admin.ensure(topicSpecs(names, partitions, settings?.replication), settings?.createTopics ?? true)
  } catch (error) {
    if (!(error instanceof KafkaError) || error.code !== 'topics') throw error
    throw new UsageError(error.message.split('\n'), { cause: error })
  } finally {
    await admin.close()
  }
}
