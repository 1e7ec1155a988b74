import { STAMP_BYTES } from '../engine/echoes.ts'
import { date, keepLine, keepWords, MOST_WORDS, type Words } from '../engine/observation.ts'
import { place } from '../engine/place.ts'
import { readLoggedBody } from '../ingest/readings/index.ts'
import type { Entry, Phrase, RecordCursor } from '../model/record.ts'
import type { Member } from '../model/state.ts'
import type { Ear } from './hearing.ts'
import type { LineSource } from './log-source.ts'
import { isMarkup } from './markup.ts'
import { type Stream, type StreamsConfig, streams } from './streams.ts'
import type { Tally } from './tally.ts'

/** What was understood of a line. */
interface Line {
  readonly stream: Stream
  readonly entry: Entry | null
  /** Its writer. */
  readonly member: Member | null
  /** Of its writer, if the line is an event. */
  readonly ear: Ear | null
  readonly paused: boolean
}

/** A line that is repeated: understood but once. */
interface Repeated extends Line, Words {
  readonly member: Member | null
  readonly entry: Entry | null
  readonly paused: boolean
  /** Whether all that is new when it comes again is its time: a body is read anew each time. */
  readonly echoes: boolean
}

export interface LineTaker {
  /** Takes the current record of a log. */
  take(source: LineSource): void
  /** Takes a line of PostgreSQL that means nothing, of the writer of this number; false: it is wanted as a record. */
  noise(source: LineSource, stream: number, time: number): boolean
  /** Takes the current record if it is a line known from before; false: it is wanted in its turn. */
  repeated(source: LineSource): boolean
  /** Takes a line without a time of its own, an empty or a rejected one. */
  aside(source: LineSource, outcome: 'bare' | 'empty' | 'rejected'): void
}

export interface LineTakerConfig extends StreamsConfig {
  readonly tally: Tally
  readonly lateness: number
  /** Whether every line takes its turn, those that mean nothing too. */
  readonly inTurn: boolean
}

/** Recognises the lines of logs and hands them to the engine, each with its cluster and member. */
export function lineTaker(config: LineTakerConfig): LineTaker {
  const { engine, recogniser, tally, lateness } = config
  /** Entries that need not wait for their turn: they change nothing but that their writer was heard. */
  const idle = recogniser.entries.map(({ type }) => type === 'noise')
  const peerResponse = recogniser.types.indexOf('race.peer-response')
  const decoder = new TextDecoder()
  const writers = streams(config)

  /** Takes in a line just recognised. */
  function observe(source: LineSource, stream: Stream, entry: Entry | null, time: number): void {
    const { record } = source.reader
    const member = entry === null ? stream.member : writers.named(stream, entry, record)
    const ear = entry === null ? null : writers.ear(member)
    const line = { stream, entry, member, ear, paused: recogniser.paused }
    const { phrase, from, to } = record
    const words = phrase === null || to - from > MOST_WORDS ? null : learn(line, record, phrase)
    hand(source, line, time, words)
  }

  function learn(line: Line, record: RecordCursor, phrase: Phrase): Words {
    const { bytes, from, to } = record
    const bounds = recogniser.holes.slice(0, line.entry === null ? 0 : 2 * line.entry.holes.length)
    for (let at = 0; at < bounds.length; at++) bounds[at] = (bounds[at] as number) - from
    const text = bytes.slice(from, to)
    const { stream, entry } = line
    const program = entry === null ? record.program : entry.program
    const { stamp } = phrase
    const echoes = stamp === STAMP_BYTES && entry?.typeId !== peerResponse
    const said = { program, level: record.level, text, stamp, bounds, said: null }
    const words: Repeated = { ...line, ...said, cluster: stream.cluster, echoes }
    phrase.memo = words
    return words
  }

  function hand(
    source: LineSource,
    { stream, entry, member, ear, paused }: Line,
    time: number,
    words: Words | null,
  ): void {
    const { record } = source.reader
    ear?.hear(time)
    const observation = engine.take()
    observation.cluster = stream.cluster
    observation.member = member
    observation.entry = entry
    observation.program = entry === null ? record.program : entry.program
    observation.level = record.level
    if (words !== null) keepWords(observation, record, words)
    else keepLine(observation, record, recogniser.holes, entry === null ? 0 : entry.holes.length)
    observation.paused = paused
    observation.origin = source.origin
    observation.line = source.line()
    observation.index = record.index
    const behind = (record.program === 'postgres' ? stream.postgres : stream.others) - time
    date(observation, time, behind > lateness ? behind : 0, lateness)
    const { due } = observation
    if (!engine.observe(observation)) tally.duplicate++
    else if (entry !== null && entry.typeId === peerResponse) readBody(source, stream, time, due)
  }

  /** A line that its writer said before: all that is new is its time. */
  function again(source: LineSource, known: Repeated): void {
    const { record } = source.reader
    const { stream } = known
    stream.time = record.time
    if (record.time > stream.others) stream.others = record.time
    tally.line(record.time)
    if (known.entry === null) tally.unrecognised(record)
    const { bytes, from, time, index } = record
    if (stream.others - time > lateness || !known.echoes) hand(source, known, time, known)
    else {
      known.ear?.hear(time)
      if (!engine.echo(known, time, source.origin, source.line(), index, bytes, from)) tally.duplicate++
    }
  }

  /** A peer's answer quoted in the line is a sample of that peer. */
  function readBody(source: LineSource, stream: Stream, time: number, due: number): void {
    const { record } = source.reader
    const text = decoder.decode(record.bytes.subarray(record.messageFrom, record.messageTo))
    const sample = readLoggedBody(text, { cluster: null, time })
    if (sample === null) return
    place(engine, stream.cluster, sample, source.origin, source.line(), { index: record.index, due })
  }

  /** Noise that needs no closer look and does not wait for its turn. */
  function passes({ program, joined, bytes, messageFrom, messageTo }: RecordCursor): boolean {
    if (config.inTurn || joined || program === 'patroni') return false
    return recogniser.isNoise(program, bytes, messageFrom, messageTo)
  }

  function dated(stream: Stream, program: RecordCursor['program'], time: number): void {
    stream.time = time
    if (program === 'postgres') stream.postgres = Math.max(stream.postgres, time)
    else stream.others = Math.max(stream.others, time)
    tally.line(time)
  }

  /** Takes a line that means nothing. */
  function idles(stream: Stream, program: RecordCursor['program'], time: number): void {
    dated(stream, program, time)
    stream.ear?.hear(time)
    engine.heard(stream.member, time, false)
  }

  /** Takes the current record if it is a line known from before. */
  function repeated(source: LineSource): boolean {
    const memo = source.reader.record.phrase?.memo ?? null
    if (memo === null) return false
    again(source, memo as Repeated)
    return true
  }

  return {
    take(source) {
      const { record } = source.reader
      if (repeated(source)) return
      const stream = writers.of(source)
      if (passes(record)) {
        idles(stream, record.program, record.time)
        return
      }
      const { program, level, bytes, messageFrom, messageTo, joined } = record
      const id = recogniser.match(program, bytes, messageFrom, messageTo, joined, level)
      dated(stream, record.program, record.time)
      if (!config.inTurn && (id < 0 || idle[id] === true) && record.program !== 'patroni') {
        if (id < 0) tally.unrecognised(record)
        else stream.ear?.hear(record.time)
        engine.heard(stream.member, record.time, id < 0)
        return
      }
      const entry = id < 0 ? null : (recogniser.entries[id] as Entry)
      if (entry === null) tally.unrecognised(record)
      observe(source, stream, entry, record.time)
    },
    noise(source, number, time) {
      const stream = source.streams[number] as Stream | undefined
      if (config.inTurn || stream === undefined) return false
      idles(stream, 'postgres', time)
      return true
    },
    repeated,
    aside(source, outcome) {
      if (outcome === 'empty') tally.empty++
      else if (outcome === 'rejected') tally.reject(source, writers.of(source).time)
      else bare(source)
    },
  }

  /** A line without a prefix: the bare output of a helper program, or a continuation of the line before. */
  function bare(source: LineSource): void {
    const { record } = source.reader
    const stream = writers.of(source)
    const id = recogniser.match('unknown', record.bytes, record.messageFrom, record.messageTo, record.joined)
    if (id >= 0 && !Number.isNaN(stream.time)) observe(source, stream, recogniser.entries[id] as Entry, stream.time)
    else if (!Number.isNaN(stream.time)) tally.continuation++
    else if (isMarkup(decoder.decode(record.bytes.subarray(record.from, record.to)))) tally.markup++
    else tally.bareUnrecognised(record)
  }
}
