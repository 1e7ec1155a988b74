import { randomUUID } from 'node:crypto'
import type { Kafka } from '../../src/io/kafka/types.ts'
import { type LiveProcess, startLive } from './process.ts'

/** Topics and configuration of a service of its own on a broker. */
export interface Setting {
  readonly prefix: string
  readonly topics: { readonly logs: string; readonly metrics: string }
  readonly config: {
    readonly kafka: { readonly brokers: readonly string[]; readonly prefix: string; readonly sessionTimeout: string }
    readonly sources: readonly object[]
    readonly live: { readonly partitions: number; readonly snapshotEvery: string }
  }
}

/** Makes topics for logs and for metrics, with so many partitions; `settings` are those of the topics. */
export async function newSetting(
  kafka: Kafka,
  brokers: readonly string[],
  partitions: { readonly logs: number; readonly metrics: number },
  settings: Readonly<Record<string, string>> = {},
): Promise<Setting> {
  const prefix = `p${randomUUID().slice(0, 8)}`
  const topics = { logs: `${prefix}-logs`, metrics: `${prefix}-metrics` }
  const admin = await kafka.admin()
  await admin.ensure(
    [
      { topic: topics.logs, partitions: partitions.logs, settings },
      { topic: topics.metrics, partitions: partitions.metrics, settings },
    ],
    true,
  )
  await admin.close()
  const config = {
    kafka: { brokers, prefix, sessionTimeout: '6s' },
    sources: [{ topics: [topics.logs] }, { topics: [topics.metrics], kind: 'metrics' }],
    live: { partitions: 4, snapshotEvery: '2s' },
  }
  return { prefix, topics, config }
}

/** Processes of one test, all of which end with it. */
export interface Crew {
  start(roles: string): LiveProcess
  readonly all: readonly LiveProcess[]
  dismiss(): Promise<void>
}

export function crew(config: object): Crew {
  const all: LiveProcess[] = []
  return {
    all,
    start(roles) {
      const live = startLive(config, roles)
      all.push(live)
      return live
    },
    async dismiss() {
      for (const live of all) live.signal('SIGKILL')
      await Promise.all(all.map((live) => live.ended()))
    },
  }
}
