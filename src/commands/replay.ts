import { UsageError } from '../config/problem.ts'
import { probe } from '../ingest/probe.ts'
import { findInputs } from '../io/files/find.ts'
import { InputError, type InputFile, type InputHooks } from '../io/files/input.ts'
import { sequences } from '../io/files/sequence.ts'
import { loadFacets, loadParsers } from '../io/shelves.ts'
import { prometheusOf } from '../metrics/settings.ts'
import type { Effect, Severity } from '../model/effect.ts'
import type { Summary } from '../model/summary.ts'
import type { MetricRange } from '../replay/prometheus-source.ts'
import { type RunInputs, type RunOptions, run } from '../replay/run.ts'
import type { TopicRange } from '../replay/topics/range.ts'
import { jsonLine } from '../report/jsonl.ts'
import { isTopic, type ReplayOptions } from './options.ts'
import { type Progress, progress } from './progress.ts'
import { allRules } from './rules.ts'
import type { GivenTopics } from './topics.ts'
import { writer } from './writer.ts'

const GRAVITY: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 }

/** Replays recorded logs and readings and prints what happened. Gives the exit status. Sends nothing. */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const bar = progress()
  try {
    return await replayInputs(paths, options, bar)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    for (const problem of error.problems) process.stderr.write(`patrolog: ${problem}\n`)
    return error.exitCode
  } finally {
    bar.done()
  }
}

async function replayInputs(paths: readonly string[], options: ReplayOptions, bar: Progress): Promise<number> {
  const out = writer(process.stdout)
  const report = await reporter(options, (text) => out.write(text))
  let gravest = -1
  const onEffect = (effect: Effect): void => {
    if (!wanted(effect, options)) return
    if (effect.kind === 'alert') gravest = Math.max(gravest, GRAVITY[effect.severity])
    if (options.kinds.has(effect.kind)) report.effect(effect)
  }
  const summary = await decide(paths, options, bar, { onEffect, ready: out.ready })
  if (options.kinds.has('summary')) report.end(summary)
  await out.end()
  return options.failOn !== null && gravest >= GRAVITY[options.failOn] ? 3 : 0
}

async function decide(
  paths: readonly string[],
  options: ReplayOptions,
  bar: Progress,
  taker: Pick<RunOptions, 'onEffect' | 'ready'>,
): Promise<Summary> {
  const { config, timezone: zone, to } = options
  const onProblem = (file: string, problem: string): void => bar.say(`${file}: ${problem}`)
  const topics = topicsOf(paths, options)
  const journal = topics === null ? null : await journalOf(topics, paths, options)
  if (journal !== null) {
    const [{ replayJournal }, { loadKnowledge }] = await Promise.all([
      import('../replay/journal.ts'),
      import('../live/knowledge.ts'),
    ])
    const rules = await allRules(config.rulesDir)
    return replayJournal(
      journal,
      { ...(await loadKnowledge(config)), rules },
      { until: to, zone, onEffect: taker.onEffect, onProblem },
    )
  }
  const found = await findAll(paths, options.metrics, bar)
  const ranges = rangesOf(found, options)
  const inputs = { ...found, ranges, ...(topics === null ? {} : { topics: await readable(topics, options) }) }
  const knowledge = { shelves: await loadParsers(), facets: await loadFacets(), rules: await allRules(config.rulesDir) }
  const { cluster, member, kinds } = options
  const events = kinds.has('event')
  return run(inputs, knowledge, { config, cluster, member, zone, to, events, ...taker, onProblem })
}

/** Topics among the inputs; null when there is none. */
function topicsOf(paths: readonly string[], { metrics }: ReplayOptions): GivenTopics | null {
  const named = (given: readonly string[]) => given.filter(isTopic).map((path) => path.slice('kafka:'.length))
  const given = { any: named(paths), metrics: named(metrics) }
  return given.any.length + given.metrics.length === 0 ? null : given
}

async function readable(given: GivenTopics, { config, from }: ReplayOptions): Promise<readonly TopicRange[]> {
  const { topicRanges } = await import('./topics.ts')
  return topicRanges(given, config, from)
}

/** The observations of a service, which hold all that was decided from: nothing goes with them. */
async function journalOf(given: GivenTopics, paths: readonly string[], options: ReplayOptions) {
  const { isJournal, journalRanges } = await import('./topics.ts')
  const journal = given.any.find((topic) => isJournal(topic, options.config))
  if (journal === undefined) return null
  if (paths.length + options.metrics.length > 1 || options.prometheus !== null)
    throw new UsageError([`kafka:${journal}: holds all that was decided from; expected no input beside it`])
  return journalRanges(journal, options.config)
}

async function findAll(paths: readonly string[], metrics: readonly string[], bar: Progress): Promise<RunInputs> {
  const hooks: InputHooks = { onNote: bar.say, onBytes: bar.read }
  const [lines, captures] = [paths, metrics].map((given) => given.filter((path) => !isTopic(path))) as [
    string[],
    string[],
  ]
  const files: InputFile[] = []
  if (lines.length > 0) files.push(...(await findInputs(lines, hooks)))
  if (captures.length > 0)
    files.push(...(await findInputs(captures, hooks)).map((file) => ({ ...file, kind: 'capture' as const })))
  bar.total(files.reduce((sum, file) => sum + file.bytes, 0))
  const logs = files.filter((file) => file.kind === 'log')
  return { logs: await sequences(logs, probe), captures: files.filter((file) => file.kind === 'capture') }
}

/** State is known when the time asked for begins: samples are read from a little before. */
const LEAD = 300_000
/** What the last line tells may show in the samples after it. */
const GRACE = 60_000

function rangesOf({ logs }: RunInputs, { prometheus, from, to }: ReplayOptions): readonly MetricRange[] {
  if (prometheus === null) return []
  const ends = logs.flatMap((log) => (log.to === null ? [] : [log.to]))
  const begins = logs.flatMap((log) => (log.from === null ? [] : [log.from]))
  const begin = from === null ? Math.min(...begins) : from - LEAD
  if (!Number.isFinite(begin))
    throw new UsageError(['--prometheus: expected --from, since the logs do not say when they begin'])
  const end = to ?? (ends.length > 0 ? Math.max(...ends) + GRACE : Date.now())
  return [{ ...prometheusOf(prometheus), from: begin, to: Math.min(end, Date.now()) }]
}

/** Whether the time and the filters of the command line take it. */
function wanted(effect: Effect, { from, to, only }: ReplayOptions): boolean {
  if (from !== null && effect.time < from) return false
  if (to !== null && effect.time > to) return false
  if (only.clusters.length > 0 && (effect.cluster === null || !only.clusters.includes(effect.cluster))) return false
  return only.members.length === 0 || effect.member === null || only.members.includes(effect.member)
}

interface Reporter {
  effect(effect: Effect): void
  end(summary: Summary): void
}

async function reporter(options: ReplayOptions, write: (text: string) => void): Promise<Reporter> {
  if (options.format === 'jsonl')
    return { effect: (effect) => write(`${jsonLine(effect)}\n`), end: (summary) => write(`${jsonLine(summary)}\n`) }
  const { textReport } = await import('../report/text.ts')
  const text = textReport({
    zone: options.timezone,
    colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  })
  return { effect: (effect) => write(text.effect(effect)), end: (summary) => write(text.end(summary)) }
}
