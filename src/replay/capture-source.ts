import type { Origin } from '../engine/observation.ts'
import { readCapture } from '../ingest/readings/index.ts'
import type { ByteStream, InputFile } from '../io/files/input.ts'
import type { Reading } from '../model/sample.ts'
import type { Source } from './log-source.ts'

/** An input of readings: a capture file, a range of Prometheus. */
export interface ReadingSource extends Source {
  readonly kind: 'readings'
  readonly readings: readonly Reading[]
  readonly origin: Origin
  line(): number
  /** Place of the readings within a record of a topic; 0 when absent. */
  readonly index?: number
}

export interface CaptureSourceOptions {
  readonly onReject: (source: ReadingSource, reason: string, text: string) => void
  readonly onEmpty: () => void
  readonly onProblem: (file: string, problem: string) => void
}

const NEWLINE = 10
/** A poll's body is a few kB; a longer line is no capture. */
const LONGEST = 4 * 1024 * 1024

/** A capture file: one REST poll a line. */
export function captureSource(file: InputFile, options: CaptureSourceOptions): ReadingSource {
  const decoder = new TextDecoder()
  let stream: ByteStream | null = null
  let rest: Uint8Array = new Uint8Array(0)
  let at = 0
  let line = 0
  let over = false
  let readings: readonly Reading[] = []
  let time = Number.NEGATIVE_INFINITY

  /** The next line of the bytes at hand, or null when it is not complete yet. */
  function nextLine(): string | null {
    const end = rest.indexOf(NEWLINE, at)
    if (end < 0 && !(over && at < rest.length)) return null
    const stop = end < 0 ? rest.length : end
    const text = decoder.decode(rest.subarray(at, stop))
    at = end < 0 ? rest.length : end + 1
    line++
    return text
  }

  const source: ReadingSource = {
    kind: 'readings',
    get readings() {
      return readings
    },
    get time() {
      return time
    },
    origin: { at: (number) => ({ file: file.name, line: number }) },
    line: () => line,
    next() {
      for (let text = nextLine(); text !== null; text = nextLine()) {
        if (text.trim() === '') {
          options.onEmpty()
          continue
        }
        const read = readCapture(text)
        if ('reject' in read) options.onReject(source, read.reject, text)
        else if (read[0] !== undefined) {
          readings = read
          time = read[0].time
          return true
        }
      }
      return false
    },
    async fill() {
      if (over) return false
      stream ??= file.open()
      const chunk = await stream.read()
      if (chunk === null) {
        over = true
        if (stream.problem !== null) options.onProblem(file.name, stream.problem)
        await stream.close()
        return at < rest.length
      }
      rest = joined(rest.subarray(at), chunk)
      at = 0
      if (rest.length > LONGEST && rest.indexOf(NEWLINE) < 0) {
        options.onReject(source, 'line longer than 4 MiB', '')
        rest = new Uint8Array(0)
      }
      return true
    },
    async close() {
      await stream?.close()
    },
  }
  return source
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
