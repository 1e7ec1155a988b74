import type { Origin } from '../engine/observation.ts'
import type { Names } from '../ingest/names.ts'
import { type LineReader, lineReader } from '../ingest/reader.ts'
import type { ByteStream, InputFile, InputSequence } from '../io/files/input.ts'

/** What the merge asks of an input: its next record, in its own order. */
export interface Source {
  /** Moves to the next record. False: call `fill`, or the source is over. */
  next(): boolean
  /** Reads more bytes. False when the source is over. */
  fill(): Promise<boolean>
  /** Event time of the current record, epoch ms. */
  readonly time: number
  close(): Promise<void>
}

/** One log: the files of a rotated set, read one after the other. */
export interface LogSource extends Source {
  readonly reader: LineReader
  readonly origin: Origin
  readonly sequence: InputSequence
  readonly file: InputFile | null
  /** What the taker of lines remembers of the writers inside the log, by their number. */
  readonly streams: unknown[]
  /** Physical line number of the current record. */
  line(): number
}

export interface LogSourceOptions {
  readonly zone: string
  readonly names: Names
  /** Called for what the merge need not order: lines without a time of their own, empty and rejected ones. */
  readonly aside: (source: LogSource, outcome: 'bare' | 'empty' | 'rejected') => void
  readonly onProblem: (file: string, problem: string) => void
}

export function logSource(sequence: InputSequence, options: LogSourceOptions): LogSource {
  const state: {
    at: number
    stream: ByteStream | null
    reader: LineReader
    time: number
    file: InputFile | null
    origin: Origin
    over: boolean
  } = {
    at: 0,
    stream: null,
    reader: newReader(sequence, options),
    time: Number.NEGATIVE_INFINITY,
    file: null,
    origin: { at: () => ({ file: '', line: 0 }) },
    over: false,
  }

  function openNext(): boolean {
    const file = sequence.files[state.at++]
    if (file === undefined) return false
    state.file = file
    state.origin = { at: (line) => ({ file: file.name, line }) }
    state.reader = newReader(sequence, options)
    state.stream = file.open()
    return true
  }

  async function closeStream(): Promise<void> {
    const { stream, file } = state
    state.stream = null
    if (stream === null) return
    if (stream.problem !== null && file !== null) options.onProblem(file.name, stream.problem)
    await stream.close()
  }

  const source: LogSource = {
    get reader() {
      return state.reader
    },
    get time() {
      return state.time
    },
    get file() {
      return state.file
    },
    sequence,
    streams: [],
    get origin() {
      return state.origin
    },
    line() {
      const numbers = state.stream?.lineNumbers
      const { line } = state.reader.record
      return numbers === undefined || numbers.step === 1 ? line : numbers.first - line + 1
    },
    next() {
      for (;;) {
        const outcome = state.reader.next()
        if (outcome === 'line') {
          state.time = state.reader.record.time
          return true
        }
        if (outcome === 'more' || outcome === 'end') return false
        options.aside(source, outcome)
      }
    },
    async fill() {
      if (state.over) return false
      if (state.stream === null && !openNext()) {
        state.over = true
        return false
      }
      const chunk = await (state.stream as ByteStream).read()
      if (chunk === null) {
        await closeStream()
        state.reader.end()
        return true
      }
      state.reader.push(chunk)
      return true
    },
    close: closeStream,
  }
  return source
}

function newReader(sequence: InputSequence, options: LogSourceOptions): LineReader {
  const { zone, names } = options
  return lineReader(sequence.from === null ? { zone, names } : { zone, names, dateHint: sequence.from })
}
