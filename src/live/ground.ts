import { mkdir } from 'node:fs/promises'
import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import type { Kafka, Log, Position } from '../io/kafka/types.ts'
import type { Inputs } from './inputs.ts'
import { type Names, namesOf } from './names.ts'
import { stateFile, stateFolder } from './state.ts'
import { LOCAL_PARTITIONS, PARTITIONS } from './topics.ts'

/** What the workers stand on: brokers, or the state of a single host. */
export interface Ground {
  readonly kafka: Kafka
  readonly names: Names
  /** Partitions of the observations. */
  readonly partitions: number
  inputs(): Promise<Inputs>
  readonly onSaved?: (at: Position) => Promise<void>
  close(): Promise<void>
}

const BACKFILL = 15 * 60_000
const SESSION = 30_000

export function backfillOf({ live }: Config): number {
  return live?.backfill ?? BACKFILL
}

export function sessionOf({ kafka }: Config): number {
  return kafka?.sessionTimeout ?? SESSION
}

/** Without brokers the sources are files; that they are none beside brokers is the schema's to say. Throws a UsageError. */
export function assertPlaced({ kafka, sources = [] }: Config): void {
  if (kafka !== undefined) return
  const topics = sources.flatMap(({ files }, index) => (files === undefined ? [index] : []))
  if (topics.length > 0)
    throw new UsageError(topics.map((index) => `sources.${index}: expected files, since there is no section kafka`))
}

export async function openGround(config: Config, log: Log): Promise<Ground> {
  assertPlaced(config)
  return config.kafka === undefined ? hostGround(config, log) : brokerGround(config, config.kafka, log)
}

async function brokerGround(config: Config, settings: NonNullable<Config['kafka']>, log: Log): Promise<Ground> {
  const [{ openKafka }, { kafkaOptions }, { topicInputs }] = await Promise.all([
    import('../io/kafka/open.ts'),
    import('./connect.ts'),
    import('./inputs.ts'),
  ])
  const kafka = openKafka(await kafkaOptions(settings, log))
  const names = namesOf(settings.prefix)
  return {
    kafka,
    names,
    partitions: config.live?.partitions ?? PARTITIONS,
    inputs: async () =>
      topicInputs({
        kafka,
        sources: config.sources ?? [],
        group: names.ingest,
        sessionTimeout: sessionOf(config),
        backfill: backfillOf(config),
      }),
    close: async () => {},
  }
}

async function hostGround(config: Config, log: Log): Promise<Ground> {
  const [{ openLocal }, { fileInputs }] = await Promise.all([import('../io/local/open.ts'), import('./file-inputs.ts')])
  const folder = stateFolder(config)
  const local = await stateful(folder, async () => {
    await mkdir(folder, { recursive: true })
    return openLocal(stateFile(config), log)
  })
  return {
    kafka: local.kafka,
    names: namesOf(),
    partitions: config.live?.partitions ?? LOCAL_PARTITIONS,
    inputs: () =>
      fileInputs({
        sources: config.sources ?? [],
        zone: config.timezone ?? 'UTC',
        entries: local.entries,
        backfill: backfillOf(config),
        log,
      }),
    onSaved: (at) => local.trim(at),
    close: () => local.close(),
  }
}

async function stateful<T>(folder: string, open: () => Promise<T>): Promise<T> {
  return open().catch((cause: Error) => {
    throw new UsageError([`live.state: ${folder}: ${cause.message}`], { cause })
  })
}
