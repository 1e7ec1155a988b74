/** Tells a story to the real engine: all facets, all rules, the real recogniser and the real readers of REST bodies. */

import type { Config } from '../config/types.ts'
import type { Engine } from '../engine/engine.ts'
import { keepLine, type Origin } from '../engine/observation.ts'
import { pack, unpack } from '../engine/pack.ts'
import { place } from '../engine/place.ts'
import type { EngineState } from '../engine/snapshot.ts'
import { names } from '../ingest/names.ts'
import { readCluster, readConfig } from '../ingest/readings/cluster.ts'
import { exporterSample } from '../ingest/readings/exporter.ts'
import { readLoggedBody } from '../ingest/readings/index.ts'
import { readPatroniBody } from '../ingest/readings/patroni.ts'
import { compile } from '../ingest/recognise.ts'
import { loadFacets, loadParsers, loadRules } from '../io/shelves.ts'
import type { Effect } from '../model/effect.ts'
import type { Entry } from '../model/record.ts'
import type { Rule } from '../model/rule.ts'
import type { Reading } from '../model/sample.ts'
import { configuredEngine, LATENESS } from '../replay/configure.ts'
import { byOutputOrder } from '../report/order.ts'
import type { ClusterStory } from './cluster.ts'
import { EPOCH, type Record } from './node.ts'

export const facets = await loadFacets()
export const rules = await loadRules()
const recogniser = compile(await loadParsers())
const interned = names()
const encoder = new TextEncoder()

/** A record on its way: when it arrives, ms after it was written. */
export interface Delivery {
  readonly record: Record
  readonly arrival: number
}

export interface Telling {
  /** Rules of its own instead of the shipped ones, or beside them. */
  readonly rules?: readonly Rule[]
  readonly config?: Config
  /** Order and time of arrival; at once by default. */
  readonly deliver?: (records: readonly Record[]) => readonly Delivery[]
  /** The engine is asked to decide each so many ms of arrival time; 1 s by default. */
  readonly batch?: number
  /** Every rule is asked about every cluster at every point of the grid. */
  readonly checkAll?: boolean
  /** Before which records, by their order of arrival, the engine is replaced by one that knows only its snapshot. */
  readonly restarts?: ReadonlySet<number>
  /** Second up to which time goes on, where it is not the end of the story. */
  readonly end?: number
}

export interface Told {
  /** Transitions and alerts in the order of the output. */
  readonly effects: readonly Effect[]
  /** Messages that no parser knows. */
  readonly unrecognised: readonly string[]
  readonly engine: Engine
}

/** Tells a story to a real engine with all facets and rules; gives what it decided. */
export function tell(story: ClusterStory, telling: Telling = {}): Told {
  const config = withCluster(telling.config ?? { rules: {}, clusters: {} }, story)
  const effects: Effect[] = []
  const decider = { recogniser, facets, rules: telling.rules ?? rules, config }
  const choices = { checkAll: telling.checkAll ?? false, emit: (effect: Effect) => effects.push(effect) }
  const newEngine = (): Engine => configuredEngine(decider, interned, choices)
  let core = newEngine()
  const unrecognised: string[] = []
  const records = story.records()
  const deliveries = telling.deliver?.(records) ?? records.map((record) => ({ record, arrival: record.time }))
  let decided = Number.NEGATIVE_INFINITY
  for (const [index, { record, arrival }] of [...deliveries].sort((a, b) => a.arrival - b.arrival).entries()) {
    if (telling.restarts?.has(index)) core = restarted(core, newEngine())
    const watermark = arrival - LATENESS
    if (watermark >= decided + (telling.batch ?? 1000)) {
      decided = watermark
      core.advance(watermark)
    }
    observe(core, story.name, record, unrecognised)
  }
  core.advance(EPOCH + (telling.end ?? story.end) * 1000) // time goes on, also when nothing arrives any more
  return { effects: effects.sort(byOutputOrder), unrecognised, engine: core }
}

function restarted(before: Engine, core: Engine): Engine {
  const bytes = pack(before.snapshot(recogniser.entries))
  core.restore(unpack(bytes) as EngineState, recogniser.entries)
  return core
}

function withCluster(config: Config, story: ClusterStory): Config {
  return story.config === undefined
    ? config
    : { ...config, clusters: { ...config.clusters, [story.name]: story.config } }
}

function observe(core: Engine, name: string, record: Record, unrecognised: string[]): void {
  const cluster = core.cluster(name)
  if ('path' in record) {
    const reading = readingOf(record, name)
    if (reading !== null) place(core, core.cluster(name), reading, POLLED, 0)
    return
  }
  const bytes = encoder.encode(record.text)
  const from = bytes.length - encoder.encode(record.message).length
  const id = recogniser.match(record.program, bytes, from, bytes.length)
  const entry = id < 0 ? null : (recogniser.entries[id] as Entry)
  if (entry === null) unrecognised.push(record.message)
  const observation = core.take()
  Object.assign(observation, {
    time: record.time,
    cluster,
    member: record.member === null ? null : core.member(cluster, record.member),
    entry,
    program: record.program,
    level: record.level,
    paused: recogniser.paused,
    origin: { at: () => ({ file: `${record.member}/${record.program}.log`, line: 0 }) },
    line: 0,
    index: 0,
    late: 0,
    due: record.time,
  })
  const line = { bytes, from: 0, to: bytes.length, messageFrom: from, messageTo: bytes.length }
  keepLine(observation, line, recogniser.holes, entry?.holes.length ?? 0)
  const fresh = core.observe(observation)
  if (fresh && entry?.type === 'race.peer-response') {
    const sample = readLoggedBody(record.message, { cluster: null, time: record.time })
    if (sample !== null) place(core, core.cluster(name), sample, POLLED, 0)
  }
}

const POLLED: Origin = { at: () => ({ file: 'rest.jsonl', line: 0 }) }

function readingOf(record: Extract<Record, { path: string }>, cluster: string): Reading | null {
  const { member, time } = record
  if (record.path === 'delivery')
    return { kind: 'delivery', cluster, member, time, offset: record.offset, delay: record.delay }
  if (record.path === 'exporter')
    return exporterSample(record.values, { member, time, cluster, via: 'postgres_exporter' })
  const { path, body, error } = record
  if (error !== undefined) return { kind: 'poll-failure', cluster, member, time, path, error }
  const at = { member, time, cluster, via: path }
  if (path === '/patroni') return readPatroniBody(body, at)
  return path === '/cluster' ? readCluster(body, at) : readConfig(body, at)
}
