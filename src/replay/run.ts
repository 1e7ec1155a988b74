import type { Config } from '../config/types.ts'
import { type Engine, engine, GRID } from '../engine/engine.ts'
import { type ActiveRule, inhibitionsOf } from '../engine/life.ts'
import { place } from '../engine/place.ts'
import { names } from '../ingest/names.ts'
import { compile } from '../ingest/recognise.ts'
import type { InputFile, InputSequence } from '../io/files/input.ts'
import type { Effect } from '../model/effect.ts'
import type { Facet } from '../model/facet.ts'
import type { Shelf } from '../model/message.ts'
import type { Rule } from '../model/rule.ts'
import { clusterOfScope } from '../model/scope.ts'
import type { Summary } from '../model/summary.ts'
import { byOutputOrder } from '../report/order.ts'
import { captureSource, type ReadingSource } from './capture-source.ts'
import { activeRules, defaultsOf } from './configure.ts'
import { type Known, learn } from './identity.ts'
import { lineTaker } from './lines.ts'
import { type LineSource, logSource, type Source } from './log-source.ts'
import { merge } from './merge.ts'
import { output } from './output.ts'
import type { MetricRange } from './prometheus-source.ts'
import { standIn } from './stand-in.ts'
import { summarise } from './summarise.ts'
import { type Tally, tally } from './tally.ts'
import type { TopicRange } from './topics/range.ts'

export interface Knowledge {
  readonly shelves: readonly Shelf[]
  readonly facets: readonly Facet[]
  readonly rules: readonly Rule[]
}

export interface RunInputs {
  readonly logs: readonly InputSequence[]
  readonly captures: readonly InputFile[]
  readonly ranges?: readonly MetricRange[]
  readonly topics?: readonly TopicRange[]
}

export interface RunOptions {
  readonly config: Config
  /** Overrides whatever the input says. */
  readonly cluster: string | null
  /** Names the member where the input does not. */
  readonly member: string | null
  readonly zone: string
  /** Records later than this are left out, epoch ms. */
  readonly to: number | null
  /** Whether events are wanted. */
  readonly events: boolean
  readonly onEffect: (effect: Effect) => void
  /** Asked before more is read: what it gives is waited for, so that effects do not pile up before a slow taker. */
  readonly ready?: () => Promise<void> | undefined
  readonly onProblem: (file: string, problem: string) => void
}

/** A line later than this against its own stream is late, ms. */
const LATENESS = 15_000
/**
 * The engine is asked to decide each time the watermark has come so far, ms: as far as from one point of its grid to the
 * next. Hundreds of lines are read in a row, and folded in a row, which the processor's caches like.
 */
const STEP = 5_000
const NO_ALIASES: ReadonlyMap<string, string> = new Map()
/** The one cluster of inputs that name none. */
const DEFAULT = 'default'

/** Replays logs and captures through the engine, in event-time order, and says at the end what was read. */
export async function run(inputs: RunInputs, knowledge: Knowledge, options: RunOptions): Promise<Summary> {
  const interned = names()
  const decoder = new TextDecoder()
  const recogniser = compile(knowledge.shelves)
  const ordered = output(byOutputOrder, options.onEffect)
  const counts = tally((reject) => ordered.add(reject))
  const problems: { file: string; problem: string }[] = []
  const onProblem = (file: string, problem: string): void => {
    problems.push({ file, problem })
    options.onProblem(file, problem)
  }
  const causes = inhibitionsOf(knowledge.rules)
  let transitions = 0
  const alerts: Record<string, number> = {}
  const emit = (effect: Effect): void => {
    if (effect.kind === 'transition') transitions++
    else if (effect.kind === 'alert' && effect.status === 'firing' && effect.was === null)
      alerts[effect.rule] = (alerts[effect.rule] ?? 0) + 1
    ordered.add(effect)
  }
  const core = engine({
    facets: knowledge.facets,
    rulesFor: (cluster): readonly ActiveRule[] => activeRules(knowledge.rules, causes, options.config, cluster),
    types: recogniser.types,
    texts: { name: interned.of, text: (bytes, from, to) => decoder.decode(bytes.subarray(from, to)) },
    defaultsOf: (cluster) => defaultsOf(options.config, cluster),
    events: options.events,
    emit,
  })
  const homes = await learnHomes(inputs.logs, options, (sequence) =>
    learn(sequence, recogniser, interned, options.zone),
  )
  const lateness = options.config.lateness ?? LATENESS
  const scanning = { zone: options.zone, names: interned, recogniser, lateness, until: options.to }
  // What speaks to Kafka is loaded by those who need it.
  const kafka = inputs.topics === undefined ? null : await import('./topics/index.ts')
  const topics = (await kafka?.learnTopics(inputs.topics ?? [], scanning)) ?? []
  const clusters = new Set<string>()
  for (const { cluster, named } of [...homes.values(), ...topics]) {
    if (cluster !== null) clusters.add(cluster)
    for (const name of named) clusters.add(options.cluster ?? name)
  }
  const homeless = options.cluster ?? (clusters.size === 1 ? ([...clusters][0] as string) : DEFAULT)
  const clusterNamed = (name: string): string => {
    if (options.cluster !== null) return options.cluster
    clusters.add(name)
    return name
  }
  const clusterOf = (scope: string | null): string | null => {
    if (options.cluster !== null) return options.cluster
    return scope === null ? homeless : clusterOfScope(scope, clusters)
  }
  const writers = new Map<Source, Known>()
  const lines = lineTaker({
    engine: core,
    recogniser,
    names: interned,
    tally: counts,
    lateness,
    events: options.events,
    home: (source) => {
      const home = writers.get(source)
      return {
        cluster: home?.cluster ?? null,
        member: home?.member ?? options.member,
        aliases: home?.aliases ?? NO_ALIASES,
      }
    },
    clusterNamed,
    homeless,
  })
  const onReject = (source: ReadingSource, reason: string, text: string): void =>
    counts.rejectText(reason, source.origin.at(source.line(), source.index ?? 0), source.time, text)
  const { aside, noise, repeated } = lines
  const by = <S extends Source>(known: Known | undefined, source: S): S => {
    if (known !== undefined && source.kind === 'log') writers.set(source, known)
    return source
  }
  const logs = inputs.logs.map((sequence) =>
    by(homes.get(sequence), logSource(sequence, { ...scanning, aside, noise, repeated, onProblem })),
  )
  const captures = inputs.captures.map((file) =>
    captureSource(file, {
      onReject,
      onEmpty: () => {
        counts.empty++
      },
      onProblem,
    }),
  )
  const read = { zone: options.zone, names: interned, until: options.to, aside, onReject, onProblem }
  const partitions = topics.flatMap((known) => by(known, kafka?.topicSource(known, read) as Source))
  const ranges = await rangeSources(inputs.ranges ?? [], onProblem)
  let decided = Number.NEGATIVE_INFINITY
  await merge(
    [...logs, ...captures, ...ranges, ...partitions],
    (source) => {
      if (options.to !== null && source.time > options.to) return
      if (source.kind === 'log') lines.take(source as LineSource)
      else takeReadings(core, source as ReadingSource, clusterOf, counts)
    },
    (time) => {
      const watermark = time - lateness
      if (watermark < decided + STEP) return
      decided = watermark
      core.advance(watermark)
      ordered.complete(watermark)
    },
    options.ready ?? (() => undefined),
  )
  // What the last lines brought about is decided at the grid point after them, as it is where no line follows.
  core.advance(Math.min(Math.ceil(counts.to / GRID) * GRID, options.to ?? Number.POSITIVE_INFINITY))
  ordered.complete(Number.POSITIVE_INFINITY)
  return summarise(core, counts, {
    homes,
    problems,
    captures: inputs.captures,
    ranges: inputs.ranges ?? [],
    topics,
    zone: options.zone,
    transitions,
    alerts,
  })
}

/** Most replays ask no Prometheus: what it takes to ask one is loaded for those that do. */
async function rangeSources(ranges: readonly MetricRange[], onProblem: RunOptions['onProblem']): Promise<Source[]> {
  if (ranges.length === 0) return []
  const { prometheusSource } = await import('./prometheus-source.ts')
  return ranges.map((range) => prometheusSource(range, onProblem))
}

function takeReadings(
  core: Engine,
  source: ReadingSource,
  clusterOf: (scope: string | null) => string | null,
  counts: Tally,
): void {
  for (const reading of source.readings) {
    counts.line(reading.time)
    const cluster = clusterOf(reading.cluster)
    if (cluster === null) ambiguous(source, reading.time, counts)
    else if (!place(core, core.cluster(cluster), reading, source.origin, source.line(), source)) counts.duplicate++
    else counts.samples++
  }
}

const toldAmbiguous = new WeakSet<ReadingSource>()

/** A reading that gives only a scope which clusters of two namespaces have is nobody's. All are counted, one a source shown. */
function ambiguous(source: ReadingSource, time: number, counts: Tally): void {
  if (toldAmbiguous.has(source)) {
    counts.rejected++
    return
  }
  toldAmbiguous.add(source)
  counts.rejectText('ambiguous-scope', source.origin.at(source.line(), 0), time, '')
}

async function learnHomes(
  logs: readonly InputSequence[],
  options: RunOptions,
  learnOne: (sequence: InputSequence) => Promise<Known>,
): Promise<Map<InputSequence, Known>> {
  const homes = new Map<InputSequence, Known>()
  for (const sequence of logs) {
    const known = await learnOne(sequence)
    if (options.cluster !== null) known.cluster = options.cluster
    homes.set(sequence, known)
  }
  if (options.member === null) standIn(homes)
  return homes
}
