import { NO_ZONES } from '../ingest/learned-zone.ts'
import type { Names } from '../ingest/names.ts'
import type { InputSequence } from '../io/files/input.ts'
import type { Recogniser } from '../model/record.ts'
import { captureSource, type ReadingSource } from './capture-source.ts'
import { clustersOf } from './clusters.ts'
import type { Deciding } from './deciding.ts'
import { type Known, learn } from './identity.ts'
import { type LineTakerConfig, lineTaker } from './lines.ts'
import { type LineSource, logSource, type Source } from './log-source.ts'
import type { MetricRange } from './prometheus-source.ts'
import { readingTaker } from './reading-taker.ts'
import type { RunInputs, RunOptions } from './run-options.ts'
import { standIn } from './stand-in.ts'
import type { Told } from './told.ts'
import type { KnownRange } from './topics/known.ts'
import { watching } from './watching.ts'

/** What all inputs are read with. */
export interface Reading {
  readonly zone: string
  readonly names: Names
  readonly recogniser: Recogniser
  readonly lateness: number
  readonly until: number | null
  readonly onProblem: Told['problem']
}

/** The inputs of a replay, each at its begin. */
export interface Opened {
  readonly sources: readonly Source[]
  /** Hands the present record of a source to what decides. */
  take(source: Source): void
  /** What is known of the logs and the topics beforehand. */
  readonly homes: ReadonlyMap<InputSequence, Known>
  readonly topics: readonly KnownRange[]
}

const NO_ALIASES: ReadonlyMap<string, string> = new Map()

/** Learns who wrote what, and opens all inputs. */
export async function openInputs(
  inputs: RunInputs,
  { engine, tally, hearing }: Deciding,
  options: RunOptions,
  reading: Reading,
): Promise<Opened> {
  const { zone, until } = reading
  const homes = await learnHomes(inputs.logs, options, reading)
  // What speaks to Kafka is loaded by those who need it.
  const kafka = inputs.topics === undefined ? null : await import('./topics/index.ts')
  const topics = (await kafka?.learnTopics(inputs.topics ?? [], reading)) ?? []
  const clusters = clustersOf([...homes.values(), ...topics], options.cluster)
  const writers = new Map<Source, Known>()
  const home = homeAmong(writers, options.member)
  const inTurn = options.events === 'all'
  const watched = watching(engine, options.onReading)
  const lines = lineTaker({ engine: watched, tally, inTurn, hearing, home, clusters, ...reading })
  const readings = readingTaker(watched, clusters, tally)
  const logs = inputs.logs.map((sequence) => {
    const known = homes.get(sequence)
    const { zone: learned, journal } = known?.zones ?? NO_ZONES
    return written(known, logSource(sequence, { ...reading, ...lines, zone: learned ?? zone, journal }))
  })
  const captures = inputs.captures.map((file) => captureSource(file, { ...reading, ...readings }))
  const partitions = topics.map((known) =>
    written(known, kafka?.topicSource(known, { ...reading, ...lines, ...readings }) as Source),
  )
  const ranges = await rangeSources(inputs.ranges ?? [], reading.onProblem)

  function written(known: Known | undefined, source: Source): Source {
    if (known !== undefined) writers.set(source, known)
    return source
  }

  return {
    sources: [...logs, ...captures, ...ranges, ...partitions],
    take(source) {
      if (until !== null && source.time > until) return
      if (source.kind === 'log') lines.take(source as LineSource)
      else readings.take(source as ReadingSource)
    },
    homes,
    topics,
  }
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
