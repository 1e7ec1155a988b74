import type { Config } from '../../config/types.ts'
import { reachHost } from './host.ts'
import { reachKafka } from './kafka.ts'
import { reachMetrics } from './metrics.ts'
import { reachReceivers } from './receivers.ts'
import type { Reached } from './result.ts'

export type { Reached } from './result.ts'

/** Reaches all that a configuration names, all at once, in its order. Tells nobody anything, and changes nothing. */
export async function reachAll(config: Config, env: NodeJS.ProcessEnv): Promise<readonly Reached[]> {
  const all = await Promise.all([
    reachKafka(config),
    reachHost(config),
    ...reachMetrics(config),
    ...reachReceivers(config, env),
  ])
  return all.flat()
}
