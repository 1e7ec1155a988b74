import { UsageError } from '../config/problem.ts'
import { type LiveSettings, ROLES, type Role } from '../config/sections/live.ts'
import type { Config } from '../config/types.ts'
import { KafkaError, type Log } from '../io/kafka/types.ts'
import type { Rule } from '../model/rule.ts'
import { notifySettings } from '../notifier/settings.ts'
import { startCorrelate } from './correlate.ts'
import { backfillOf, type Ground, openGround, sessionOf } from './ground.ts'
import { type HttpServer, serve } from './http.ts'
import { type IngestConfig, startIngest, type Worker } from './ingest.ts'
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

/** What of a service runs already. */
interface Parts {
  readonly ground: Ground
  http?: HttpServer
  correlate?: Worker
  ingest?: Worker
  voice?: NotifyWorker
}

/** Starts the roles asked for; throws a UsageError when the configuration, the topics, the state or the port do not allow it. */
export async function startService(
  config: Config,
  rules: readonly Rule[],
  roles: readonly Role[] | undefined,
  log: Log,
): Promise<Service> {
  const chosen = roles ?? config.live?.roles ?? ROLES
  checkRoles(config, chosen)
  const parts: Parts = { ground: await openGround(config, log) }
  try {
    const { port } = await startParts(parts, config, rules, chosen, log)
    log('info', 'started', { roles: chosen, port })
    return { roles: chosen, port, stop: () => stopParts(parts) }
  } catch (error) {
    // What runs already would keep the process alive, and nobody would know of it.
    await stopParts(parts).catch(() => {})
    throw error
  }
}

/** Fills in `parts` as they start. */
async function startParts(
  parts: Parts,
  config: Config,
  rules: readonly Rule[],
  chosen: readonly Role[],
  log: Log,
): Promise<{ readonly port: number }> {
  const { live = {} } = config
  const { ground } = parts
  const { kafka, names, partitions } = ground
  const metrics = openMetrics()
  let starting = true
  const problem = (): string | null =>
    [parts.ingest, parts.correlate, parts.voice].map((worker) => worker?.consumer.health().problem).find(Boolean) ??
    null
  const ready = (): string | null => (starting ? 'starting' : problem())
  // First of all: a port that is taken is known before anything is read.
  const http = await serve(listen(live), problem, ready, metrics, () => parts.voice?.api)
  parts.http = http
  await ensureTopics(ground, config)
  const knowledge = await loadKnowledge(config, rules)
  const shared = { kafka, log, names, metrics, partitions, sessionTimeout: sessionOf(config) }
  if (chosen.includes('correlate'))
    parts.correlate = await startCorrelate({
      ...shared,
      knowledge,
      snapshotEvery: live.snapshotEvery ?? SNAPSHOT_EVERY,
      ...(ground.onSaved === undefined ? {} : { onSaved: ground.onSaved }),
    })
  if (chosen.includes('ingest')) parts.ingest = await startIngest(await ingestConfig(config, shared, knowledge, ground))
  if (chosen.includes('notify')) parts.voice = await startNotify(notifyConfig(config, shared, problem))
  starting = false
  return http
}

async function stopParts({ ingest, correlate, voice, http, ground }: Parts): Promise<void> {
  // Who reads stops first, so that those behind it find all there is.
  for (const worker of [ingest, correlate, voice]) await worker?.stop()
  await http?.close()
  await ground.close()
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
