import type { Config } from '../config/types.ts'
import { stateFolder } from '../live/state.ts'
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

function inputs(config: Config): string[] {
  const { kafka, sources = [], metrics } = config
  const topics = sources.flatMap((source) => [...(source.topics ?? []), ...(source.pattern ? [source.pattern] : [])])
  const [prometheus, rest] = [metrics?.prometheus?.length ?? 0, metrics?.patroniRest?.length ?? 0]
  const readings = prometheus + rest > 0 || sources.some(({ kind }) => kind === 'metrics')
  const files = sources.flatMap((source) => source.files ?? [])
  const read =
    files.length > 0
      ? [`files: ${files.join(', ')}`, `state: ${stateFolder(config)}`]
      : [`topics: ${topics.length > 0 ? topics.join(', ') : 'none'}`]
  const brokers = files.length > 0 ? 'none, files are followed' : 'none, so nothing to watch live'
  return [
    `kafka: ${kafka === undefined ? brokers : kafka.brokers.join(', ')}`,
    ...read,
    readings
      ? `metrics: ${prometheus} Prometheus, ${rest} Patroni REST API`
      : 'metrics: none; rules that compare positions see only what REST bodies in the lines say',
  ]
}

function outputs({ notify }: Config): string[] {
  const receivers = Object.keys(notify?.receivers ?? {})
  return [`receivers: ${receivers.length > 0 ? receivers.join(', ') : 'none, so nobody is told'}`]
}
