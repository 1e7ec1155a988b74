import type { Config } from '../config/types.ts'
import { loadConfigFile } from './config-file.ts'
import { allRules } from './rules.ts'

/**
 * Says that a configuration has no errors, and what it makes patrolog do. Throws a UsageError with every problem and its
 * place. Reaches nobody.
 */
export async function check(file: string): Promise<number> {
  const config = await loadConfigFile(file)
  const rules = await allRules(config.rulesDir)
  const off = rules.map(({ meta }) => meta.id).filter((id) => config.rules[id]?.enabled === false)
  const lines = [`${file}: no errors`, `rules: ${rules.length - off.length} on${off.length > 0 ? `, off: ${off}` : ''}`]
  process.stdout.write(`${[...lines, ...inputs(config), ...outputs(config)].join('\n')}\n`)
  return 0
}

function inputs({ kafka, sources = [], metrics }: Config): string[] {
  const topics = sources.flatMap((source) => [...(source.topics ?? []), ...(source.pattern ? [source.pattern] : [])])
  const [prometheus, rest] = [metrics?.prometheus?.length ?? 0, metrics?.patroniRest?.length ?? 0]
  const readings = prometheus + rest > 0 || sources.some(({ kind }) => kind === 'metrics')
  return [
    kafka === undefined ? 'kafka: none, so nothing to watch live' : `kafka: ${kafka.brokers.join(', ')}`,
    `topics: ${topics.length > 0 ? topics.join(', ') : 'none'}`,
    readings
      ? `metrics: ${prometheus} Prometheus, ${rest} Patroni REST API`
      : 'metrics: none; rules that compare positions see only what REST bodies in the lines say',
  ]
}

function outputs({ notify }: Config): string[] {
  const receivers = Object.keys(notify?.receivers ?? {})
  return [`receivers: ${receivers.length > 0 ? receivers.join(', ') : 'none, so nobody is told'}`]
}
