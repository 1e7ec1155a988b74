import { UsageError } from '../config/problem.ts'
import { mayBeDocument, rowsOf } from '../ingest/envelopes/document.ts'
import { probe } from '../ingest/probe.ts'
import { rejoined } from '../ingest/rejoin.ts'
import { restartsAmong } from '../ingest/restarts.ts'
import { sectionsOf } from '../ingest/sections.ts'
import { unfolded } from '../io/files/document.ts'
import { findInputs } from '../io/files/find.ts'
import type { InputFile, InputHooks, InputSequence } from '../io/files/input.ts'
import { sequences } from '../io/files/sequence.ts'
import { type Cutter, split } from '../io/files/split.ts'
import { prometheusOf } from '../metrics/settings.ts'
import type { MetricRange } from '../replay/prometheus-source.ts'
import type { RunInputs } from '../replay/run-options.ts'
import type { TopicRange } from '../replay/topics/range.ts'
import { isTopic, type ReplayOptions } from './options.ts'
import type { Progress } from './progress.ts'
import type { GivenTopics } from './topics.ts'

const BRACE = 123
/** Topic and partition stand at the start of what `kcat -J` and `kafka-console-consumer` print. */
const DUMP_HEAD = 400

/** Topics among the inputs; null when there is none. */
export function topicsOf(paths: readonly string[], { metrics }: ReplayOptions): GivenTopics | null {
  const named = (given: readonly string[]) => given.filter(isTopic).map((path) => path.slice('kafka:'.length))
  const given = { any: named(paths), metrics: named(metrics) }
  return given.any.length + given.metrics.length === 0 ? null : given
}

/** The topics as inputs that are read beside files. */
export async function readable(given: GivenTopics, { config, from }: ReplayOptions): Promise<readonly TopicRange[]> {
  const { topicRanges } = await import('./topics.ts')
  return topicRanges(given, config, from)
}

/** The observations of a service, which hold all that was decided from: nothing goes with them. */
export async function journalOf(given: GivenTopics, paths: readonly string[], options: ReplayOptions) {
  const { isJournal, journalRanges } = await import('./topics.ts')
  const journal = given.any.find((topic) => isJournal(topic, options.config))
  if (journal === undefined) return null
  if (paths.length + options.metrics.length > 1 || options.prometheus !== null)
    throw new UsageError([`kafka:${journal}: holds all that was decided from; expected no input beside it`])
  return journalRanges(journal, options.config)
}

/** Files, folders and globs: logs, captures, and dumps of topics. */
export async function filesOf(paths: readonly string[], metrics: readonly string[], zone: string, bar: Progress) {
  const hooks: InputHooks = { onNote: bar.say, onBytes: bar.read }
  const [lines, readings] = [paths, metrics].map((given) => given.filter((path) => !isTopic(path))) as [
    string[],
    string[],
  ]
  const files: InputFile[] = []
  if (lines.length > 0) files.push(...(await findInputs(lines, hooks)))
  if (readings.length > 0)
    files.push(...(await findInputs(readings, hooks)).map((file) => ({ ...file, kind: 'capture' as const })))
  bar.total(files.reduce((sum, file) => sum + file.bytes, 0))
  const { dumped, others } = await apart(files)
  const logs = others.filter((file) => file.kind === 'log')
  const captures = others.filter((file) => file.kind === 'capture')
  return { logs: await logsOf(logs, zone), captures: await capturesOf(captures, zone), dumped }
}

/** Dumps of topics apart from other files. A long pipe can be read but once. */
async function apart(files: readonly InputFile[]) {
  const dumped: TopicRange[] = []
  const others: InputFile[] = []
  for (const file of files) {
    const ranges = file.bytes > 0 && (await mayBeDump(file)) ? await dumpedIn(file) : null
    if (ranges === null) others.push(file)
    else dumped.push(...ranges)
  }
  return { dumped, others }
}

async function mayBeDump(file: InputFile): Promise<boolean> {
  const { head } = await file.peek(false)
  const begin = Buffer.from(head.subarray(0, DUMP_HEAD))
  return begin.includes(head[0] === BRACE ? '"partition":' : 'Partition:')
}

async function dumpedIn(file: InputFile): Promise<readonly TopicRange[] | null> {
  const { dumpedRanges } = await import('../replay/topics/dump.ts')
  return dumpedRanges(file)
}

/** State is known when the time asked for begins: samples are read from a little before. */
const LEAD = 300_000
/** What the last line tells may show in the samples after it. */
const GRACE = 60_000

/** The time of the Prometheus that is asked for, by the options, else by the logs. */
export function rangesOf(
  { logs }: Pick<RunInputs, 'logs'>,
  { prometheus, from, to }: ReplayOptions,
): readonly MetricRange[] {
  if (prometheus === null) return []
  const ends = logs.flatMap((log) => (log.to === null ? [] : [log.to]))
  const begins = logs.flatMap((log) => (log.from === null ? [] : [log.from]))
  const begin = from === null ? Math.min(...begins) : from - LEAD
  if (!Number.isFinite(begin))
    throw new UsageError(['--prometheus: expected --from, since the logs do not say when they begin'])
  const end = to ?? (ends.length > 0 ? Math.max(...ends) + GRACE : Date.now())
  return [{ ...prometheusOf(prometheus), from: begin, to: Math.min(end, Date.now()) }]
}

/** Captures that were put one behind the other into one file are several. */
export async function capturesOf(files: readonly InputFile[], zone: string): Promise<readonly InputFile[]> {
  const parts: InputFile[] = []
  for (const file of files) parts.push(...(await split(file, cutterOf(zone))))
  return parts
}

/** Cuts texts whose lines name no zone in this one. */
export function cutterOf(zone: string): Cutter {
  return {
    rejoined,
    logs: (lines) => sectionsOf(lines, zone),
    begins: (glimpses) => restartsAmong(glimpses, zone),
  }
}

/** The rotated sets of the files, the logs in documents of log stores, and those that files hold one behind the other. */
export async function logsOf(files: readonly InputFile[], zone: string): Promise<readonly InputSequence[]> {
  const parts: (readonly InputFile[])[] = []
  for (const file of files) {
    const unfoldedFile = await unfolded(file, { mayBe: mayBeDocument, rowsOf })
    parts.push(unfoldedFile === file ? await split(file, cutterOf(zone)) : [unfoldedFile])
  }
  const whole = await sequences(parts.filter(({ length }) => length === 1).flat(), probe)
  const cut: InputSequence[] = []
  for (const part of parts.filter(({ length }) => length > 1).flat()) cut.push(...(await sequences([part], probe)))
  return [...whole, ...cut]
}
