import type { Config } from '../config/types.ts'
import { blindRules, blindTexts, type Input } from '../doctor/needs.ts'
import { stateFolder } from '../live/state.ts'
import type { Rule } from '../model/rule.ts'
import { loadConfigFile } from './config-file.ts'
import { allRules } from './rules.ts'

/**
 * Says that a configuration has no errors, what it makes patrolog do, and which rules it leaves without input. Throws a
 * UsageError with every problem and its place. Reaches nobody unless `connect` asks for it; gives 1 when something that is
 * named cannot be reached then.
 */
export async function check(file: string, connect: boolean): Promise<number> {
  const config = await loadConfigFile(file)
  const rules = await allRules(config.rulesDir)
  const off = rules.map(({ meta }) => meta.id).filter((id) => config.rules[id]?.enabled === false)
  const lines = [`${file}: no errors`, `rules: ${rules.length - off.length} on${off.length > 0 ? `, off: ${off}` : ''}`]
  const on = rules.filter(({ meta }) => !off.includes(meta.id))
  say([...lines, ...inputs(config), ...outputs(config), ...blind(config, on)])
  return connect ? reached(config) : 0
}

async function reached(config: Config): Promise<number> {
  const { reachAll } = await import('../doctor/connect/index.ts')
  const all = await reachAll(config, process.env)
  say(all.map(({ what, ok, said }) => `${ok ? 'ok    ' : 'failed'} ${what}: ${said}`))
  return all.every(({ ok }) => ok) ? 0 : 1
}

function say(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}

function readingsOf({ metrics, sources = [] }: Config): boolean {
  const polled = (metrics?.prometheus?.length ?? 0) + (metrics?.patroniRest?.length ?? 0)
  return polled > 0 || sources.some(({ kind }) => kind === 'metrics')
}

function inputs(config: Config): string[] {
  const { kafka, sources = [] } = config
  const topics = sources.flatMap((source) => [...(source.topics ?? []), ...(source.pattern ? [source.pattern] : [])])
  const files = sources.flatMap((source) => source.files ?? [])
  const read =
    files.length > 0
      ? [`files: ${files.join(', ')}`, `state: ${stateFolder(config)}`]
      : [`topics: ${topics.length > 0 ? topics.join(', ') : 'none'}`]
  const brokers = files.length > 0 ? 'none, files are followed' : 'none, so nothing to watch live'
  return [
    `kafka: ${kafka === undefined ? brokers : kafka.brokers.join(', ')}`,
    ...read,
    readingsOf(config)
      ? `metrics: ${readingSources(config).join(', ')}`
      : 'metrics: none; rules that compare positions see only what REST bodies in the lines say',
  ]
}

function readingSources({ metrics, sources = [] }: Config): (string | RegExp)[] {
  const [prometheus, rest] = [metrics?.prometheus?.length ?? 0, metrics?.patroniRest?.length ?? 0]
  return [
    ...(prometheus > 0 ? [`${prometheus} Prometheus`] : []),
    ...(rest > 0 ? [`${rest} Patroni REST API`] : []),
    ...sources
      .filter(({ kind }) => kind === 'metrics')
      .flatMap(({ topics = [], pattern, files = [] }) => [
        ...topics,
        ...(pattern === undefined ? [] : [pattern]),
        ...files,
      ]),
  ]
}

function outputs({ notify }: Config): string[] {
  const receivers = Object.keys(notify?.receivers ?? {})
  return [`receivers: ${receivers.length > 0 ? receivers.join(', ') : 'none, so nobody is told'}`]
}

/** Rules that can say nothing with the inputs configured. Whether a topic brings PostgreSQL's lines too, `doctor` finds out. */
function blind(config: Config, rules: readonly Rule[]): string[] {
  const { sources = [] } = config
  const seen = new Set<Input>()
  if (sources.some(({ kind }) => kind !== 'metrics'))
    for (const input of ['patroni', 'postgres'] as const) seen.add(input)
  if (readingsOf(config)) seen.add('samples')
  if (seen.size === 0) return []
  return blindTexts(blindRules(rules, seen)).map((text) => `blind, ${text}`)
}
