import type { Engine } from '../engine/engine.ts'
import { date, keepLine, type Origin } from '../engine/observation.ts'
import { place } from '../engine/place.ts'
import { type EngineState, entriesByKey } from '../engine/snapshot.ts'
import { readLoggedBody } from '../ingest/readings/index.ts'
import type { Entry, Recogniser } from '../model/record.ts'
import { clusterOfScope } from '../model/scope.ts'
import type { Cluster, Member } from '../model/state.ts'
import { frameKind, KIND } from './frame.ts'
import { FrameReader } from './frame-reader.ts'
import { decodeFrontiers } from './frontiers.ts'
import { begunSlots, type HeardAhead, hearAhead } from './heard.ts'
import { decodeOrder, type Order } from './order.ts'
import { topicOrigin } from './origin.ts'
import { decodeReading } from './reading.ts'
import { forgetSilent, type StreamState, type Streams, streamOf } from './stream-state.ts'
import { Watermark, type WatermarkState } from './watermark.ts'

export interface CorrelatorConfig {
  /** A new one; its effects are those of the correlator. */
  readonly engine: Engine
  readonly recogniser: Recogniser
  /** How late a line may come against its own stream, ms. */
  readonly lateness: number
  /** Full names of clusters that configuration names. */
  readonly clusters: readonly string[]
}

/** What became of the lines of the frames. */
export interface CorrelatorCounts {
  lines: number
  samples: number
  /** Sent again after a restart of their reader. */
  again: number
  /** The same line or reading twice. */
  duplicate: number
}

export interface CorrelatorState {
  readonly version: 1
  readonly engine: EngineState
  readonly watermark: WatermarkState
  readonly streams: ReadonlyMap<string, StreamState>
  readonly ahead: HeardAhead
  /** Orders that wait for their time. Absent in states of earlier releases. */
  readonly orders?: readonly Order[]
  readonly decided: number
  readonly counts: CorrelatorCounts
}

/**
 * What makes decisions of one partition of the observations: takes its records in order, and nothing else. The same records
 * give the same effects, whoever reads them and however often.
 */
export interface Correlator {
  /** Takes one record. Throws a RangeError when it is no frame that this version can read. */
  take(record: Uint8Array): void
  /** Event time up to which everything is decided, epoch ms. */
  readonly decided: number
  /** How long before `heard` the oldest record still to be read was appended, ms. */
  readonly backlog: number
  /** Latest clock of a worker whose word was taken, epoch ms. */
  readonly heard: number
  readonly counts: CorrelatorCounts
  /** Refers to what lives on: pack it at once. */
  snapshot(): CorrelatorState
  /** Before anything was taken. Throws when the state is none that this version can read; then it is of no use any more. */
  restore(state: CorrelatorState): void
}

const decoder = new TextDecoder()

export function correlator({ engine, recogniser, lateness, clusters }: CorrelatorConfig): Correlator {
  const entries = entriesByKey(recogniser.entries)
  const watermark = new Watermark()
  const streams: Streams = new Map()
  const ahead: HeardAhead = { slots: new Map() }
  const counts: CorrelatorCounts = { lines: 0, samples: 0, again: 0, duplicate: 0 }
  let orders: Order[] = []
  let decided = Number.NEGATIVE_INFINITY

  function takeFrame(frame: FrameReader): void {
    const { topic, partition, epoch, tail } = frame
    const origin = topicOrigin(topic, partition)
    const now = Math.max(tail.now, watermark.now)
    const states = frame.streams.map(({ cluster, member, name }) =>
      streamOf(streams, [topic, partition, epoch, cluster, member, name], now),
    )
    const known = frame.entries.map((key) => entries.get(key))
    while (frame.next()) {
      const state = states[frame.stream] as StreamState
      if (frame.offset < state.offset || (frame.offset === state.offset && frame.index <= state.index)) {
        counts.again++
        continue
      }
      state.offset = frame.offset
      state.index = frame.index
      if (frame.reading) takeReading(frame, origin)
      else takeLine(frame, state, known, origin)
    }
    for (const { stream, latest, first } of frame.heard()) hearOne(frame, states, stream, latest, first)
    watermark.read(topic, partition, epoch, tail.frontier, tail.now)
    frame.streams.forEach(({ lag, cluster, member, name }) => {
      watermark.lag(topic, partition, `${topic}/${partition}/${cluster}/${member}/${name}`, lag)
    })
  }

  function hearOne(
    frame: FrameReader,
    states: readonly StreamState[],
    stream: number,
    latest: number,
    first: number,
  ): void {
    const { cluster, known } = frame.streams[stream] as FrameReader['streams'][number]
    const state = states[stream] as StreamState
    if (!(latest < state.time)) state.time = latest
    if (cluster !== null && known !== null) hearAhead(ahead, cluster, known, latest, first)
  }

  function takeLine(
    frame: FrameReader,
    state: StreamState,
    known: readonly (Entry | undefined)[],
    origin: Origin,
  ): void {
    const time = Number.isNaN(frame.time) ? state.time : frame.time
    const stream = frame.streams[frame.stream] as FrameReader['streams'][number]
    if (Number.isNaN(time) || stream.cluster === null) return
    state.time = time
    const late = lateBy(frame, state, time)
    const entry = entryOf(frame, known)
    const cluster = engine.cluster(stream.cluster)
    const named = frame.member ?? stream.known
    counts.lines++
    if (!observe(frame, entry, cluster, named === null ? null : engine.member(cluster, named), time, late, origin))
      counts.duplicate++
    else if (entry?.type === 'race.peer-response')
      readBody(frame, cluster, time, origin, late > 0 ? time + late - lateness : time)
  }

  function lateBy(frame: FrameReader, state: StreamState, time: number): number {
    const of = frame.program === 'postgres' ? 'postgres' : 'others'
    if (time > state[of]) state[of] = time
    const behind = state[of] - time
    return behind > lateness ? behind : 0
  }

  /** What the line matched; a frame of another release may name what this one words differently. */
  function entryOf(frame: FrameReader, known: readonly (Entry | undefined)[]): Entry | null {
    if (frame.entry < 0) return null
    const entry = known[frame.entry]
    if (entry !== undefined || !frame.text) return entry ?? null
    const id = recogniser.match(frame.program, frame.bytes, frame.messageFrom, frame.messageTo, true)
    if (id < 0) return null
    const found = recogniser.entries[id] as Entry
    frame.holes = recogniser.holes.slice(0, 2 * found.holes.length)
    frame.holeCount = found.holes.length
    return found
  }

  function observe(
    frame: FrameReader,
    entry: Entry | null,
    cluster: Cluster,
    member: Member | null,
    time: number,
    late: number,
    origin: Origin,
  ): boolean {
    const observation = engine.take()
    const { program, level, paused, offset: line, index } = frame
    date(observation, time, late, lateness)
    observation.cluster = cluster
    observation.member = member
    observation.entry = entry
    observation.program = entry?.program ?? program
    observation.level = level
    observation.paused = paused
    observation.origin = origin
    observation.line = line
    observation.index = index
    keepLine(observation, frame, frame.holes, frame.holeCount)
    return engine.observe(observation)
  }

  /** A peer's answer quoted in the line is a sample of that peer. */
  function readBody(frame: FrameReader, cluster: Cluster, time: number, origin: Origin, due: number): void {
    const text = decoder.decode(frame.bytes.subarray(frame.messageFrom, frame.messageTo))
    const sample = readLoggedBody(text, { cluster: null, time })
    if (sample !== null) place(engine, cluster, sample, origin, frame.offset, { index: frame.index, due })
  }

  function takeReading(frame: FrameReader, origin: Origin): void {
    const reading = decodeReading(frame.bytes.subarray(frame.from, frame.to))
    const stream = frame.streams[frame.stream] as FrameReader['streams'][number]
    const name = stream.cluster ?? (reading.cluster === null ? null : clusterOfScope(reading.cluster, namesKnown()))
    if (name === null) return
    if (place(engine, engine.cluster(name), reading, origin, frame.offset, frame)) counts.samples++
    else counts.duplicate++
  }

  function namesKnown(): ReadonlySet<string> {
    return new Set([...clusters, ...engine.clusters.keys()])
  }

  function advance(to: number): void {
    if (!(to > decided)) return
    for (const start of begunSlots(ahead, to)) {
      obey(start - 1)
      if (start > decided) engine.advance(start - 1)
      tell(start)
    }
    obey(to)
    engine.advance(to)
    decided = to
  }

  /** Carries out the orders whose time has come, between what was decided before and what comes after. */
  function obey(to: number): void {
    const due = orders.filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)
    orders = orders.filter((order) => !due.includes(order))
    for (const { at, forget } of due) {
      engine.advance(at)
      engine.forget(forget, Math.max(at, decided))
    }
  }

  function tell(start: number): void {
    for (const { cluster, member, latest, first } of ahead.slots.get(start)?.values() ?? []) {
      const heard = engine.member(engine.cluster(cluster), member)
      engine.heard(heard, first, false)
      if (latest > first) engine.heard(heard, latest, false)
    }
    ahead.slots.delete(start)
  }

  return {
    get decided() {
      return decided
    },
    get backlog() {
      return watermark.backlog()
    },
    get heard() {
      return watermark.now
    },
    counts,
    take(record) {
      const kind = frameKind(record)
      const before = watermark.now
      if (kind === KIND.frontiers) watermark.frontiers(decodeFrontiers(record))
      else if (kind === KIND.order) orders.push(decodeOrder(record))
      else if (kind === KIND.lines) takeFrame(new FrameReader(record))
      else throw new RangeError(`frame of kind ${kind}: written by another release`)
      forgetSilent(streams, before, watermark.now)
      advance(watermark.value(lateness))
    },
    snapshot() {
      const state = { engine: engine.snapshot(recogniser.entries), watermark: watermark.snapshot() }
      return { version: 1, ...state, streams, ahead, orders, decided, counts }
    },
    restore(state) {
      if (state.version !== 1)
        throw new RangeError(`state of version ${state.version}, expected 1: written by another release`)
      engine.restore(state.engine, recogniser.entries)
      watermark.restore(state.watermark)
      for (const [key, stream] of state.streams)
        streams.set(key, { ...stream, heard: stream.heard ?? state.watermark.now })
      for (const [start, slot] of state.ahead.slots) ahead.slots.set(start, slot)
      orders = [...(state.orders ?? [])]
      Object.assign(counts, state.counts)
      decided = state.decided
    },
  }
}
