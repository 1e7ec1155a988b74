import { entryKey } from '../engine/snapshot.ts'
import type { PlacedRecord } from '../ingest/envelopes/placed.ts'
import type { RecordMeta } from '../ingest/envelopes/record-meta.ts'
import type { RecordReader } from '../ingest/envelopes/record-reader.ts'
import type { Names } from '../ingest/names.ts'
import type { Phrase, Recogniser } from '../model/record.ts'
import { aheadText, isAhead } from './ahead.ts'
import type { Batch, Outgoing, Told } from './batch.ts'
import type { Deliveries } from './delivery.ts'
import { encodeReading } from './reading.ts'
import { type Learned, newStream, type Stream, selfSeen } from './stream.ts'

export interface IntakeConfig {
  readonly reader: RecordReader
  readonly recogniser: Recogniser
  readonly names: Names
  readonly batch: Batch
  /** Learns how lines arrive, of all partitions of the topic. */
  readonly deliveries: Deliveries
  readonly onReject: (reject: Rejected) => void
}

/** A line, or a record as a whole, that is of no use. */
export interface Rejected {
  readonly reason: string
  readonly offset: number
  readonly index: number
  readonly bytes: Uint8Array
}

/** What became of the lines read, each counted once. */
export interface LineCounts {
  event: number
  noise: number
  unrecognised: number
  continuation: number
  empty: number
  rejected: number
  /** Of nobody known: configuration says of which cluster. */
  unassigned: number
}

export const NO_LINES: LineCounts = {
  event: 0,
  noise: 0,
  unrecognised: 0,
  continuation: 0,
  empty: 0,
  rejected: 0,
  unassigned: 0,
}

/** Reads the records of one partition of logs into frames. */
export interface Intake {
  /** Takes the next record. */
  take(value: Uint8Array | null, meta: RecordMeta): void
  /** The same for a record that lies among others. */
  place(record: PlacedRecord): void
  /** The frames of what was taken since the last time. */
  frames(now: number): readonly Outgoing[]
  /** Latest event time read, no later than its records were appended; NaN before the first. */
  frontier(): number
  /** When the last record was appended; NaN before the first. */
  appended(): number
  /** Least offset of a line that was taken and is not in a frame yet; Infinity without one. */
  held(): number
  readonly counts: LineCounts
}

/** What a line was recognised as that its writer says again and again. */
interface Known extends Told {
  readonly id: number
  readonly paused: boolean
  readonly member: string | null
  /** Bounds of its holes from its begin. */
  readonly holes: Int32Array
}

/** Clocks differ by so much: a frontier never goes further ahead of the broker's. */
const CLOCK_ERROR = 60_000

export function intake({ reader, recogniser, names, batch, deliveries, onReject }: IntakeConfig): Intake {
  const keys = recogniser.entries.map(entryKey)
  const idle = recogniser.entries.map(({ type }) => type === 'noise')
  const selfHole = recogniser.entries.map(({ holes }) => holes.indexOf('self'))
  const streams: (Stream | undefined)[] = []
  const counts: LineCounts = { ...NO_LINES }
  const { record } = reader
  const line = {
    record,
    time: 0,
    paused: false,
    entry: null as string | null,
    member: null as string | null,
    holes: recogniser.holes,
    holeCount: 0,
    meaning: false,
  }
  const learned: Learned[] = []
  const reports = new Map<string, Stream>()
  let appended = Number.NaN
  let offset = -1

  /** All that the record at hand gives. */
  function takeAll(): void {
    for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next()) {
      if (outcome === 'line') takeLine()
      else if (outcome === 'bare') takeBare()
      else if (outcome === 'empty') counts.empty++
      else reject(record.reason)
    }
  }

  function streamOf(): Stream {
    const number = record.stream
    const known = streams[number]
    if (known !== undefined) return known
    const { cluster, member, writer } = { ...record, writer: reader.writer() }
    const made = newStream({ cluster, member, name: writer.name, known: member })
    streams[number] = made
    return made
  }

  function takeLine(): void {
    const stream = streamOf()
    const { time } = record
    if (isAhead(time, appended)) {
      reject(aheadText(time))
      return
    }
    batch.reached(stream, time, Number.isNaN(appended) ? time : Math.min(time, appended + CLOCK_ERROR))
    if (stream.frame.cluster === null) {
      counts.unassigned++
      return
    }
    // A line that waited for what follows it came with an earlier record.
    if (record.line === offset && !Number.isNaN(appended)) arrived(stream, time)
    if (record.program === 'patroni') takePatroni(stream, time)
    else takeOther(stream, time)
  }

  function takeOther(stream: Stream, time: number): void {
    const { program, level, bytes, messageFrom, messageTo, joined } = record
    if (!joined && recogniser.isNoise(program, bytes, messageFrom, messageTo)) {
      counts.noise++
      batch.hear(stream, time)
      return
    }
    const id = recogniser.match(program, bytes, messageFrom, messageTo, joined, level)
    count(id)
    if (id < 0 || idle[id] === true) batch.hear(stream, time)
    else send(stream, id, time)
  }

  function takePatroni(stream: Stream, time: number): void {
    const { phrase } = record
    if (phrase !== null && phrase.memo !== null) {
      again(stream, phrase, phrase.memo as Known, time)
      return
    }
    const id = recogniser.match('patroni', record.bytes, record.messageFrom, record.messageTo, record.joined)
    count(id)
    send(stream, id, time)
    if (phrase !== null) phrase.memo = remembered(id)
  }

  /** What was just sent. */
  function remembered(id: number): Known {
    const holes = line.holes.slice(0, 2 * line.holeCount).map((bound) => bound - record.from)
    return { id, paused: line.paused, member: line.member, holes, frame: 0, number: 0 }
  }

  /** A line that its writer said before: all that is new is its time. */
  function again(stream: Stream, phrase: Phrase, known: Known, time: number): void {
    const { id, paused, member, holes } = known
    count(id)
    for (let at = 0; at < holes.length; at++) recogniser.holes[at] = (holes[at] as number) + record.from
    fill(id, time, paused, member)
    if (line.meaning) batch.repeat(stream, known, line, phrase.stamp)
    else batch.line(stream, line)
  }

  /** Notes how late the line came; now and then a report goes along. */
  function arrived(stream: Stream, time: number): void {
    const { cluster, known } = stream.frame
    if (cluster === null || known === null) return
    if (stream.arrivals?.member !== known) stream.arrivals = deliveries.of(cluster, known)
    const report = deliveries.arrived(stream.arrivals, time, appended)
    if (report === null) return
    batch.reading(reportsOf(cluster, known), cluster, offset, 0, report.time, encodeReading(report))
  }

  /** Reports are a stream of their own: what was read of the lines' streams before is not passed over. */
  function reportsOf(cluster: string, member: string): Stream {
    const key = `${cluster}\n${member}`
    let stream = reports.get(key)
    if (stream === undefined) {
      stream = newStream({ cluster, member, name: 'delivery', known: null })
      reports.set(key, stream)
    }
    return stream
  }

  function count(id: number): void {
    if (id < 0) counts.unrecognised++
    else if (idle[id] === true) counts.noise++
    else counts.event++
  }

  function send(stream: Stream, id: number, time: number): void {
    const meaning = id >= 0 && idle[id] !== true
    fill(id, time, recogniser.paused, meaning ? writerOf(stream, selfHole[id] as number) : null)
    batch.line(stream, line)
  }

  function fill(id: number, time: number, paused: boolean, member: string | null): void {
    const meaning = id >= 0 && idle[id] !== true
    line.time = time
    line.paused = paused
    line.entry = id < 0 ? null : (keys[id] as string)
    line.holeCount = meaning ? (recogniser.entries[id]?.holes.length ?? 0) : 0
    line.meaning = meaning
    line.member = member
  }

  /** The member that the line names as its writer. */
  function writerOf(stream: Stream, hole: number): string | null {
    if (hole < 0) return null
    const { holes } = recogniser
    const self = names.of(record.bytes, holes[2 * hole] as number, holes[2 * hole + 1] as number)
    if (self !== stream.frame.known) selfSeen(stream, self, learned)
    return self
  }

  /** A line without a prefix: the bare output of a helper program, or a continuation of the line before. */
  function takeBare(): void {
    const stream = streamOf()
    const id = recogniser.match('unknown', record.bytes, record.messageFrom, record.messageTo, record.joined)
    if (stream.frame.cluster === null) counts.unassigned++
    else if (id >= 0) {
      count(id)
      send(stream, id, stream.time)
    } else if (Number.isNaN(stream.time)) counts.unrecognised++
    else counts.continuation++
  }

  function reject(reason: string): void {
    counts.rejected++
    onReject({ reason, offset: record.line, index: record.index, bytes: record.bytes.subarray(record.from, record.to) })
  }

  return {
    counts,
    frontier: () => batch.frontier,
    appended: () => appended,
    held: () => reader.held(),
    take(value, meta) {
      if (meta.timestamp >= 0) appended = meta.timestamp
      offset = meta.offset
      reader.push(value, meta)
      takeAll()
    },
    place(of) {
      const { timestamp } = of
      offset = of.offset
      if (timestamp >= 0) appended = timestamp
      reader.place(of)
      takeAll()
    },
    frames(now) {
      const frames = batch.done(now)
      // What was learned holds from the next frame on.
      for (const { stream, member } of learned.splice(0)) stream.frame = { ...stream.frame, known: member }
      return frames
    },
  }
}
