import type { Origin } from '../engine/observation.ts'
import type { Names } from '../ingest/names.ts'
import { type LineReader, lineReader, type Passer } from '../ingest/reader.ts'
import type { ByteStream, InputFile, InputSequence } from '../io/files/input.ts'
import type { Recogniser, RecordCursor } from '../model/record.ts'
import { cameTo } from './repeated-hour.ts'

/** What the merge asks of an input: its next record, in its own order. */
export interface Source {
  readonly kind: 'log' | 'readings'
  /** Moves to the next record. False: call `fill`, or the source is over. */
  next(): boolean
  /** Reads more bytes. False when the source is over. */
  fill(): Promise<boolean>
  /** Event time of the current record, epoch ms; in a topic, whose writers lie apart, that which all have come to. */
  readonly time: number
  close(): Promise<void>
}

/** An input of lines: a log, a partition of a topic. */
export interface LineSource extends Source {
  readonly kind: 'log'
  readonly reader: { readonly record: RecordCursor }
  readonly origin: Origin
  /** What the taker of lines remembers of the writers inside the log, by their number. */
  readonly streams: unknown[]
  /** Physical line number of the current record; in a topic its offset. */
  line(): number
}

/** One log: the files of a rotated set, read one after the other. */
export interface LogSource extends LineSource {
  readonly reader: LineReader
  readonly sequence: InputSequence
  readonly file: InputFile | null
}

export interface LogSourceOptions {
  readonly zone: string
  /** Zone of the times of a journal; null: as the lines in it. */
  readonly journal: string | null
  readonly names: Names
  readonly recogniser: Recogniser
  /** Event time, epoch ms, behind which nothing is wanted; null for none. */
  readonly until: number | null
  /** Called for what the merge need not order: lines without a time of their own, empty and rejected ones. */
  readonly aside: (source: LogSource, outcome: 'bare' | 'empty' | 'rejected') => void
  /** Takes a line that means nothing, of the writer of this number; false: it is wanted as a record. */
  readonly noise: (source: LogSource, stream: number, time: number) => boolean
  /** Takes the current record, a line that its writer said before; false: it is wanted in its turn. */
  readonly repeated: (source: LogSource) => boolean
  readonly onProblem: (file: string, problem: string) => void
}

/**
 * Lines that bring nothing new are taken no farther than this ahead of the last record, ms: the engine keeps when members
 * were heard only for so long ahead of what is decided.
 */
const AHEAD = 5_000

export function logSource(sequence: InputSequence, options: LogSourceOptions): LogSource {
  const until = options.until ?? Number.POSITIVE_INFINITY
  const writers = new Map<string, number>()
  let at = 0
  let stream: ByteStream | null = null
  let over = false

  /** The files of a sequence number their writers alike: what one file leaves open goes on in the next. */
  function newReader(after: number): LineReader {
    const { zone, journal, names, recogniser } = options
    const day = sequence.from === null ? {} : { dateHint: sequence.from }
    return lineReader({ zone, journal, names, recogniser, streams: writers, passer, after, ...day })
  }

  const passer: Passer = {
    noise: (writer, time) => isNear(time) && options.noise(source, writer, time),
    repeated: ({ time }) => isNear(time) && options.repeated(source),
  }

  function isNear(time: number): boolean {
    return time < source.time + AHEAD && time <= until
  }

  async function openNext(): Promise<boolean> {
    const file = sequence.files[at++]
    if (file === undefined) return false
    const after = at === 1 ? await cameTo(sequence, options.zone, options.names) : source.time
    source.file = file
    source.origin = { at: (line) => ({ file: file.name, line }) }
    source.reader = newReader(after)
    stream = file.open()
    return true
  }

  async function closeStream(): Promise<void> {
    const [closing, { file }] = [stream, source]
    stream = null
    if (closing === null) return
    if (closing.problem !== null && file !== null) options.onProblem(file.name, closing.problem)
    await closing.close()
  }

  // Plain fields: they are read for each line.
  const source: { -readonly [K in keyof LogSource]: LogSource[K] } = {
    kind: 'log',
    reader: newReader(Number.NaN),
    time: Number.NEGATIVE_INFINITY,
    file: null,
    origin: { at: () => ({ file: '', line: 0 }) },
    sequence,
    streams: [],
    line() {
      const numbers = stream?.lineNumbers
      const { line } = source.reader.record
      if (numbers === undefined) return line
      return numbers.step === 1 ? numbers.first + line - 1 : numbers.first - line + 1
    },
    next() {
      const { reader } = source
      for (;;) {
        const outcome = reader.next()
        if (outcome === 'line') {
          source.time = reader.record.time
          return true
        }
        if (outcome === 'more' || outcome === 'end') return false
        options.aside(source, outcome)
      }
    },
    async fill() {
      if (over) return false
      if (stream === null && !(await openNext())) {
        over = true
        return false
      }
      const chunk = await (stream as ByteStream).read()
      if (chunk === null) {
        await closeStream()
        source.reader.end()
        return true
      }
      source.reader.push(chunk)
      return true
    },
    close: closeStream,
  }
  return source
}
