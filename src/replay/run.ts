import type { Config } from '../config/types.ts'
import { NO_ZONES } from '../ingest/learned-zone.ts'
import { type Names, names } from '../ingest/names.ts'
import { compile } from '../ingest/recognise.ts'
import type { InputFile, InputSequence } from '../io/files/input.ts'
import { GRID } from '../model/clock.ts'
import type { Effect, Gap, Telling } from '../model/effect.ts'
import type { Facet } from '../model/facet.ts'
import type { Shelf } from '../model/message.ts'
import type { Recogniser } from '../model/record.ts'
import type { Rule } from '../model/rule.ts'
import type { Summary } from '../model/summary.ts'
import { isShown } from '../report/entries.ts'
import { byOutputOrder } from '../report/order.ts'
import { captureSource, type ReadingSource } from './capture-source.ts'
import { clustersOf } from './clusters.ts'
import { configuredEngine, LATENESS } from './configure.ts'
import { hearing, type Stretch } from './hearing.ts'
import { type Known, learn } from './identity.ts'
import { type LineTakerConfig, lineTaker } from './lines.ts'
import { type LineSource, logSource, type Source } from './log-source.ts'
import { merge } from './merge.ts'
import { output } from './output.ts'
import type { MetricRange } from './prometheus-source.ts'
import { readingTaker } from './reading-taker.ts'
import { standIn } from './stand-in.ts'
import { summarise } from './summarise.ts'
import { tally } from './tally.ts'
import { type Told, told } from './told.ts'
import type { TopicRange } from './topics/range.ts'
import { type OnReading, watching } from './watching.ts'

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

/** Which events are told: all, those that a timeline shows, or none. Without any, no gaps between them are told either. */
export type Events = 'all' | 'timeline' | 'none'

const WANTED: Readonly<Record<Events, (type: string) => boolean>> = {
  all: () => true,
  timeline: isShown,
  none: () => false,
}

export interface RunOptions {
  readonly config: Config
  /** Overrides whatever the input says. */
  readonly cluster: string | null
  /** Names the member where the input does not. */
  readonly member: string | null
  readonly zone: string
  /** Whether a log whose stamps with a zone tell the zone of the others is read in that; `zone` is not what somebody said. */
  readonly learnZones?: boolean
  /** Records later than this are left out, epoch ms. */
  readonly to: number | null
  readonly events: Events
  readonly onEffect: (effect: Effect) => void
  /** Told the gaps between events, where events are wanted, in order with the effects. */
  readonly onGap?: ((gap: Gap) => void) | undefined
  /** Told when members were heard, where events are wanted and somebody draws them. */
  readonly onStretch?: ((stretch: Stretch) => void) | undefined
  /** Told the readings as they come, when somebody draws them. */
  readonly onReading?: OnReading | undefined
  /** Asked before more is read: what it gives is waited for, so that effects do not pile up before a slow taker. */
  readonly ready?: () => Promise<void> | undefined
  readonly onProblem: (file: string, problem: string) => void
}

/**
 * The engine is asked to decide each time the watermark has come so far, ms: as far as from one point of its grid to the
 * next. Hundreds of lines are read in a row, and folded in a row, which the processor's caches like.
 */
const STEP = 5_000
const NO_ALIASES: ReadonlyMap<string, string> = new Map()

/** What all inputs are read with. */
interface Reading {
  readonly zone: string
  readonly names: Names
  readonly recogniser: Recogniser
  readonly lateness: number
  readonly until: number | null
  readonly onProblem: Told['problem']
}

/** Replays logs and captures through the engine, in event-time order, and says at the end what was read. */
export async function run(inputs: RunInputs, knowledge: Knowledge, options: RunOptions): Promise<Summary> {
  const { zone, to: until } = options
  const ordered = output<Telling>(byOutputOrder, (telling) => {
    if (telling.kind === 'gap') options.onGap?.(telling)
    else options.onEffect(telling)
  })
  const counts = tally((reject) => ordered.add(reject))
  const summed = told(options.onProblem)
  const lateness = options.config.lateness ?? LATENESS
  const recogniser = compile(knowledge.shelves)
  const reading = { zone, names: names(), recogniser, lateness, until, onProblem: summed.problem }
  const emit = (effect: Effect): void => {
    summed.effect(effect)
    ordered.add(effect)
  }
  const decider = { ...knowledge, recogniser, config: options.config }
  const core = configuredEngine(decider, reading.names, { wanted: WANTED[options.events], emit })
  const taking = watching(core, options.onReading)
  const homes = await learnHomes(inputs.logs, options, reading)
  // What speaks to Kafka is loaded by those who need it.
  const kafka = inputs.topics === undefined ? null : await import('./topics/index.ts')
  const topics = (await kafka?.learnTopics(inputs.topics ?? [], reading)) ?? []
  const clusters = clustersOf([...homes.values(), ...topics], options.cluster)
  const writers = new Map<Source, Known>()
  const home = homeAmong(writers, options.member)
  const heard =
    options.events === 'none' ? null : hearing({ onGap: ordered.add, onStretch: options.onStretch ?? (() => {}) })
  const inTurn = options.events === 'all'
  const lines = lineTaker({ engine: taking, tally: counts, inTurn, hearing: heard, home, clusters, ...reading })
  const readings = readingTaker(taking, clusters, counts)
  const logs = inputs.logs.map((sequence) => {
    const learned = homes.get(sequence)?.zones ?? NO_ZONES
    return logSource(sequence, { ...reading, ...lines, zone: learned.zone ?? zone, journal: learned.journal })
  })
  for (const log of logs) writers.set(log, homes.get(log.sequence) as Known)
  const captures = inputs.captures.map((file) => captureSource(file, { ...reading, ...readings }))
  const partitions = topics.map((known) => {
    const source = kafka?.topicSource(known, { ...reading, ...lines, ...readings }) as Source
    writers.set(source, known)
    return source
  })
  const ranges = await rangeSources(inputs.ranges ?? [], summed.problem)
  let decided = Number.NEGATIVE_INFINITY
  await merge(
    [...logs, ...captures, ...ranges, ...partitions],
    (source) => {
      if (until !== null && source.time > until) return
      if (source.kind === 'log') lines.take(source as LineSource)
      else readings.take(source as ReadingSource)
    },
    (time) => {
      const watermark = time - lateness
      if (watermark < decided + STEP) return
      decided = watermark
      core.advance(watermark)
      heard?.complete(watermark)
      ordered.complete(watermark)
    },
    options.ready ?? (() => undefined),
  )
  // What the last lines brought about is decided at the grid point after them, as it is where no line follows.
  core.advance(Math.min(Math.ceil(counts.to / GRID) * GRID, until ?? Number.POSITIVE_INFINITY))
  heard?.end()
  ordered.complete(Number.POSITIVE_INFINITY)
  return summarise(core, counts, summed, {
    homes,
    captures: inputs.captures,
    ranges: inputs.ranges ?? [],
    topics,
    zone,
  })
}

/** Where the lines of an input belong that say nothing of it themselves. */
function homeAmong(writers: ReadonlyMap<Source, Known>, member: string | null): LineTakerConfig['home'] {
  return (source) => {
    const known = writers.get(source)
    return {
      cluster: known?.cluster ?? null,
      member: known?.member ?? member,
      aliases: known?.aliases ?? NO_ALIASES,
    }
  }
}

/** Most replays ask no Prometheus: what it takes to ask one is loaded for those that do. */
async function rangeSources(ranges: readonly MetricRange[], onProblem: Told['problem']): Promise<Source[]> {
  if (ranges.length === 0) return []
  const { prometheusSource } = await import('./prometheus-source.ts')
  return ranges.map((range) => prometheusSource(range, onProblem))
}

async function learnHomes(
  logs: readonly InputSequence[],
  { cluster, member, learnZones = false }: RunOptions,
  { recogniser, names, zone }: Reading,
): Promise<Map<InputSequence, Known>> {
  const homes = new Map<InputSequence, Known>()
  for (const sequence of logs) {
    const known = await learn(sequence, recogniser, names, zone, learnZones)
    if (cluster !== null) known.cluster = cluster
    homes.set(sequence, known)
  }
  if (member === null) standIn(homes)
  return homes
}
