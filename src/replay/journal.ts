import type { Engine } from '../engine/engine.ts'
import type { Correlator } from '../journal/correlator.ts'
import { type Knowledge, newCorrelator, newEngine } from '../live/knowledge.ts'
import type { Effect } from '../model/effect.ts'
import type { Summary } from '../model/summary.ts'
import { byOutputOrder } from '../report/order.ts'
import { output } from './output.ts'
import { membersOf, openAlerts } from './summarise.ts'
import { type Told, told } from './told.ts'
import { nameOf, type OnProblem, type PartitionRange, type RangeReader, rangeReader } from './topics/range.ts'
import { type OnReading, watching } from './watching.ts'

export interface JournalOptions {
  /** Decisions later than this are not wanted, epoch ms; null for all. */
  readonly until: number | null
  readonly zone: string
  readonly onEffect: (effect: Effect) => void
  /** Told the readings as they come, when somebody draws them. */
  readonly onReading?: OnReading | undefined
  /** Asked before more is read; a promise is waited for. */
  readonly ready?: () => Promise<void> | undefined
  readonly onProblem: OnProblem
}

/** One partition of the observations, decided anew. */
interface Partition {
  readonly range: PartitionRange
  readonly batches: RangeReader
  readonly engine: Engine
  readonly core: Correlator
  /** Records that this version cannot read. */
  unreadable: number
}

/** Decisions may still come that lie so far before what is decided, ms: what they rest on came late. */
const BACK = 900_000

/**
 * Decides the observations of a service again, from the beginning of what is kept of them: the same records give the same
 * decisions, to the byte, when the configuration is the same.
 */
export async function replayJournal(
  ranges: readonly PartitionRange[],
  knowledge: Knowledge,
  options: JournalOptions,
): Promise<Summary> {
  const summed = told(options.onProblem)
  const ordered = output<Effect>(byOutputOrder, options.onEffect)
  const emit = (effect: Effect): void => {
    summed.effect(effect)
    ordered.add(effect)
  }
  const partitions = ranges.map((range) => open(range, knowledge, emit, options, summed.problem))
  const active = new Set(partitions)
  try {
    while (active.size > 0) {
      await options.ready?.()
      const behind = hindmost(active)
      if (!(await takeBatch(behind, options.until, summed.problem))) active.delete(behind)
      if (active.size > 0) ordered.complete(hindmost(active).core.decided - BACK)
    }
  } finally {
    for (const { batches } of partitions) await batches.close()
  }
  ordered.complete(Number.POSITIVE_INFINITY)
  return summary(partitions, summed, options.zone)
}

function open(
  range: PartitionRange,
  knowledge: Knowledge,
  emit: (effect: Effect) => void,
  { onReading }: JournalOptions,
  onProblem: OnProblem,
): Partition {
  if (range.from > 0)
    onProblem(nameOf(range), `begins at offset ${range.from}: what was decided from earlier ones is not known here`)
  const core = newEngine(knowledge, emit)
  return {
    range,
    batches: rangeReader(range, onProblem),
    engine: core,
    core: newCorrelator(knowledge, emit, watching(core, onReading)),
    unreadable: 0,
  }
}

/** The partition that is decided least far. */
function hindmost(partitions: ReadonlySet<Partition>): Partition {
  return [...partitions].reduce((least, each) => (each.core.decided < least.core.decided ? each : least))
}

/** Takes the next records of a partition; false when nothing of it is wanted any more. */
async function takeBatch(partition: Partition, until: number | null, onProblem: OnProblem): Promise<boolean> {
  const { batches, core, range } = partition
  if (until !== null && core.decided > until) return false
  const batch = await batches.next()
  for (const { value, offset } of batch?.records ?? []) {
    if (value === null) continue
    try {
      core.take(value)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      partition.unreadable++
      if (partition.unreadable === 1) onProblem(nameOf(range), `offset ${offset}: ${error.message}`)
    }
  }
  return batch !== null
}

function summary(partitions: readonly Partition[], told: Told, zone: string): Summary {
  const decided = partitions.map(({ core }) => core.decided).filter(Number.isFinite)
  const to = decided.length === 0 ? null : Math.max(...decided)
  const clusters = partitions
    .flatMap(({ engine }) => [...engine.clusters.values()])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    kind: 'summary',
    time: to,
    from: Number.isFinite(told.from) ? told.from : null,
    to,
    zone,
    records: recordsOf(partitions),
    unrecognised: [],
    transitions: told.transitions,
    alerts: told.alerts,
    open: openAlerts(partitions.map(({ engine }) => engine)),
    inputs: partitions.map(({ range }) => ({
      file: nameOf(range),
      cluster: null,
      member: null,
      basis: 'observations',
    })),
    problems: told.problems,
    members: clusters.flatMap(membersOf),
  }
}

/** Lines that mean nothing are not among the observations one by one, nor is what was rejected before. */
function recordsOf(partitions: readonly Partition[]): Summary['records'] {
  const sum = (of: (partition: Partition) => number): number => partitions.reduce((all, each) => all + of(each), 0)
  const events = sum(({ engine }) => engine.counts.events)
  const noise = sum(({ engine }) => engine.counts.noise)
  const late = sum(({ engine }) => engine.counts.late)
  const unrecognised = sum(({ engine }) => engine.counts.unrecognised)
  const samples = sum(({ core }) => core.counts.samples)
  const duplicate = sum(({ core }) => core.counts.duplicate + core.counts.again)
  const rejected = sum(({ unreadable }) => unreadable)
  const total = events + samples + noise + unrecognised + rejected + duplicate + late
  return { total, events, samples, noise, continuation: 0, unrecognised, rejected, duplicate, late, empty: 0 }
}
