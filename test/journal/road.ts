import { EMPTY_CONFIG } from '../../src/config/types.ts'
import { engine } from '../../src/engine/engine.ts'
import { inhibitionsOf } from '../../src/engine/inhibition.ts'
import type { ActiveRule } from '../../src/engine/life.ts'
import { pack, unpack } from '../../src/engine/pack.ts'
import { NO_RULES } from '../../src/ingest/envelopes/identity.ts'
import { recordReader } from '../../src/ingest/envelopes/record-reader.ts'
import { names } from '../../src/ingest/names.ts'
import { compile } from '../../src/ingest/recognise.ts'
import { decoders } from '../../src/io/decode/index.ts'
import { loadFacets, loadParsers, loadRules } from '../../src/io/shelves.ts'
import { Batch } from '../../src/journal/batch.ts'
import { type Correlator, type CorrelatorState, correlator } from '../../src/journal/correlator.ts'
import { Deliveries } from '../../src/journal/delivery.ts'
import { encodeFrontiers } from '../../src/journal/frontiers.ts'
import { type Intake, intake } from '../../src/journal/intake.ts'
import { readingsIntake } from '../../src/journal/readings-intake.ts'
import type { Effect } from '../../src/model/effect.ts'
import { activeRules, defaultsOf } from '../../src/replay/configure.ts'
import type { Shipped } from './shipped.ts'

const facets = await loadFacets()
const rules = await loadRules()
const recogniser = compile(await loadParsers())
const decoder = new TextDecoder()
const encoder = new TextEncoder()

export const LATENESS = 15_000

/** The road from records to decisions without a broker: inputs are lists of records, the journal is a list of frames. */
export interface Road {
  /** Partitions of the input, each with its records in order. */
  readonly inputs: readonly (readonly Shipped[])[]
  /** How many records the reader of an input takes at a time; asked before each. */
  readonly batch: () => number
  /** Which input is read next. */
  readonly next: (left: readonly number[]) => number
  /** An input whose records come when the others have been silent for a minute. */
  readonly late?: readonly Shipped[]
  /** When a record was appended, epoch ms; records without a time of their own where it is not given. */
  readonly appended?: (record: Shipped) => number
  /** Whether the reader of an input dies now, having sent its frames and not committed its offset. */
  readonly readerDies?: () => boolean
  /** Whether the correlator dies after a record of the journal, to be made anew from its last snapshot. */
  readonly correlatorDies?: () => boolean
}

export interface Travelled {
  readonly effects: readonly Effect[]
  readonly journal: readonly Uint8Array[]
  /** How many of the effects came before the late input. */
  readonly before: number
}

export function travel(road: Road): Travelled {
  const journal: Uint8Array[] = []
  const core = deciding(road.correlatorDies ?? (() => false), journal)
  const readers = road.inputs.map((records, partition) => reading(records, partition, road.appended))
  const say = (now: number, idle: number): void => {
    const read = readers.map((reader, partition) => ({ ...reader.frontier(), partition, idle, checked: now }))
    journal.push(encodeFrontiers({ now, inputs: [{ topic: 'logs', partitions: readers.length }], read: read.map(at) }))
  }
  say(0, 0)
  for (
    let left = readers.map(({ left }) => left());
    left.some((count) => count > 0);
    left = readers.map(({ left }) => left())
  ) {
    const reader = readers[road.next(left)] as Reading
    journal.push(...reader.read(road.batch()))
    if (road.readerDies?.()) reader.die()
    say(0, 0)
    core()
  }
  for (let now = 10_000; now <= 60_000; now += 1_000) say(now, now)
  const before = core().length
  if (road.late !== undefined) {
    const late = reading(road.late, readers.length)
    readers.push(late)
    journal.push(...late.read(road.late.length))
    for (let now = 61_000; now <= 120_000; now += 1_000) say(now, now - 61_000)
  }
  return { effects: core(), journal, before }
}

const at = <T extends object>(frontier: T) => ({ topic: 'logs', epoch: 1, ...frontier })

interface Reading {
  left(): number
  read(count: number): Uint8Array[]
  frontier(): { readonly frontier: number; readonly appended: number }
  /** Its successor reads again from what was committed. */
  die(): void
}

function reading(
  records: readonly Shipped[],
  partition: number,
  appended: (record: Shipped) => number = () => -1,
): Reading {
  let input = newIntake(records, partition)
  let next = 0
  let committed = 0
  return {
    left: () => records.length - next,
    frontier: () => ({ frontier: input.frontier(), appended: 0 }),
    read(count) {
      const end = Math.min(records.length, next + Math.max(1, count))
      committed = Math.min(next, input.held())
      for (; next < end; next++) {
        const record = records[next] as Shipped
        const { cluster, member, text } = record
        const headers = member === null ? { cluster } : { cluster, member }
        input.take(encoder.encode(text), { offset: next, key: null, headers, timestamp: appended(record) })
      }
      return input.frames(0).map(({ value }) => value)
    },
    die() {
      input = newIntake(records, partition)
      next = committed
    },
  }
}

function newIntake(records: readonly Shipped[], partition: number): Intake {
  const interned = names()
  const batch = new Batch({ topic: 'logs', partition, epoch: 1 }, 1)
  const onReject = ({ reason }: { reason: string }): void => {
    throw new Error(`rejected: ${reason}`)
  }
  if (records[0]?.kind === 'capture')
    return readingsIntake({
      names: interned,
      batch,
      decoders: decoders(),
      rules: NO_RULES,
      home: {},
      format: 'auto',
      onReject,
    })
  const reader = recordReader({ zone: 'UTC', names: interned, decoders: decoders() })
  return intake({ reader, recogniser, names: interned, batch, deliveries: new Deliveries(), onReject })
}

/** Takes what was added to the journal; gives all effects so far. Effects already given are given once. */
function deciding(dies: () => boolean, journal: readonly Uint8Array[]): () => readonly Effect[] {
  const effects: Effect[] = []
  let fresh: Effect[] = []
  let core = newCorrelator((effect) => fresh.push(effect))
  let saved: { readonly bytes: Uint8Array; readonly next: number } | null = null
  /** Effects published, by the record they came of. */
  let published = 0
  let next = 0
  return () => {
    for (; next < journal.length; next++) {
      core.take(journal[next] as Uint8Array)
      if (next >= published) {
        effects.push(...fresh)
        published = next + 1
      }
      fresh = []
      if (next % 3 === 0) saved = { bytes: pack(core.snapshot()), next: next + 1 }
      if (!dies()) continue
      core = newCorrelator((effect) => fresh.push(effect))
      if (saved !== null) core.restore(unpack(saved.bytes) as CorrelatorState)
      next = (saved?.next ?? 0) - 1
    }
    return effects
  }
}

export function newCorrelator(emit: (effect: Effect) => void): Correlator {
  const interned = names()
  const causes = inhibitionsOf(rules)
  const core = engine({
    facets,
    rulesFor: (cluster): readonly ActiveRule[] => activeRules(rules, causes, EMPTY_CONFIG, cluster),
    types: recogniser.types,
    texts: { name: interned.of, text: (bytes, from, to) => decoder.decode(bytes.subarray(from, to)) },
    defaultsOf: (cluster) => defaultsOf(EMPTY_CONFIG, cluster),
    emit,
  })
  return correlator({ engine: core, recogniser, lateness: LATENESS, clusters: [] })
}
