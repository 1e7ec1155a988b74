import type { Outcome, RecordCursor } from '../model/record.ts'
import { CSV_START, csvRecord, quotesBalanced } from './csvlog.ts'
import { type Enveloped, openJson, shapeOf } from './envelope.ts'
import { levelOf, loosePrefix, readStamp } from './loose.ts'
import type { Names } from './names.ts'
import { emptyPrefix, patroniPrefix, postgresPrefix, StampReader } from './prefix.ts'
import { severityOf } from './severity.ts'
import type { LocalClock } from './time.ts'
import { unwrap, withoutColours } from './wrap.ts'

/** A record that was read by way of strings; what is absent is as for a bare line. */
export interface SlowLine {
  readonly outcome: Outcome
  /** Writer inside the file, '' for the file's own. */
  readonly stream: string
  readonly record: Partial<RecordCursor>
}

/**
 * Reads whatever the fast prefixes do not: wrappers, envelopes, JSON logs, csvlog, prefixes in other forms. It works on
 * strings, and costs a few microseconds a line.
 */
export interface SlowReader {
  /** Records of a line; null when it is bare; none while a record goes on. */
  read(bytes: Uint8Array, from: number, to: number, line: number, settled: boolean): readonly SlowLine[] | null
  /** What was still open when the input ended. */
  flush(): readonly SlowLine[]
  /**
   * Whether a line of these bytes could begin a record: a cheap look that spares tracebacks the strings. In a settled
   * file, whose lines have a common prefix, only what begins like one of the others in common use is looked at.
   */
  mayBegin(bytes: Uint8Array, from: number, to: number, settled: boolean): boolean
  /** Whether a record goes on over the next lines. */
  readonly open: boolean
  /** Whether the file was seen to be wrapped line by line. */
  readonly wrapped: boolean
  readonly shape: string
}

const [ZERO, NINE, COLON, BLANK] = [48, 57, 58, 32] as const
/** A csvlog record or a line joined of parts may be as long. */
const LONGEST = 1 << 20
const DEEPEST = 3
/** Stamps and levels of all forms stand within the first bytes of a line. */
const HEAD = 200

interface Part {
  readonly text: string
  readonly member: string | null
  readonly cluster: string | null
  readonly stream: string
  readonly depth: number
  readonly line: number
}

export function slowReader(clock: LocalClock, names: Names, day: number): SlowReader {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  const stamps = new StampReader(clock)
  const prefix = emptyPrefix()
  /** Parts of a line that was cut in the middle, by stream. */
  const parts = new Map<string, string>()
  let csv: Part | null = null
  let latest = Number.NaN
  let shape = ''
  let wrapped = false

  const clockOf = () => ({ clock, latest, day: Number.isNaN(day) ? 0 : day })

  function interned(name: string | null): string | null {
    if (name === null) return null
    const bytes = encoder.encode(name)
    return names.of(bytes, 0, bytes.length)
  }

  function noted(kind: string): void {
    if (shape === '') shape = kind
  }

  function open(part: Part): readonly SlowLine[] | null {
    const { text } = part
    if (text.trim() === '') return [line('empty', part, {})]
    if (csv !== null && csv.stream === part.stream) return csvGoesOn(part)
    const first = text[0]
    if (first === '{' || (first === '"' && part.depth === 0)) {
      const records = json(part)
      if (records !== null) return records
    }
    if (CSV_START.test(text)) return csvBegins(part)
    const quick = fast(part)
    if (quick !== null) return quick
    return wrapper(part) ?? loose(part) ?? embedded(part)
  }

  function wrapper(part: Part): readonly SlowLine[] | null {
    if (part.depth >= DEEPEST) return null
    const inner = unwrap(part.text)
    if (inner === null) return null
    const stream = inner.stream === '' ? part.stream : `${part.stream}/${inner.stream}`
    const whole = joined(stream, inner.text, inner.partial)
    if (whole === null) return []
    wrapped = true
    noted(inner.kind)
    const next = {
      ...part,
      text: whole,
      member: inner.member ?? part.member,
      cluster: inner.cluster ?? part.cluster,
      stream,
      depth: part.depth + 1,
    }
    return open(next) ?? [bareLine(next)]
  }

  /** Joins the parts of a line that a container runtime cut. */
  function joined(stream: string, text: string, partial: boolean): string | null {
    const before = parts.get(stream)
    const whole = before === undefined ? text : before + text
    if (partial && whole.length < LONGEST) {
      if (parts.size < 4096) parts.set(stream, whole)
      return null
    }
    parts.delete(stream)
    return whole
  }

  function json(part: Part): readonly SlowLine[] | null {
    if (part.depth >= DEEPEST) return null
    let value: unknown
    try {
      value = JSON.parse(part.text)
    } catch {
      return null
    }
    const records = openJson(value)
    if (records === null)
      return [
        line('rejected', part, { reason: metricIn(value) ? 'a metric, no log line' : 'JSON without a log line in it' }),
      ]
    noted(shapeOf(value))
    return records.flatMap((record, index) => enveloped(part, record, index))
  }

  function enveloped(part: Part, record: Enveloped, index: number): readonly SlowLine[] {
    const stream = record.stream === '' ? part.stream : `${part.stream}/${record.stream}`
    const member = record.member ?? part.member
    const cluster = record.cluster ?? part.cluster
    if (record.fields !== null) return [withFields({ ...part, member, cluster, stream }, record, index)]
    const whole = joined(stream, record.text.replace(/\r?\n$/, ''), record.partial)
    if (whole === null) return []
    wrapped = true
    return whole.split('\n').flatMap((text, at) => {
      const next = { ...part, text: text.replace(/\r$/, ''), member, cluster, stream, depth: part.depth + 1 }
      const lines = open(next) ?? [bareLine(next)]
      return lines.map((each) => ({ ...each, record: { ...each.record, index: index + at } }))
    })
  }

  /** A log that is JSON itself: evidence quotes the object, the message is recognised. */
  function withFields(part: Part, record: Enveloped, index: number): SlowLine {
    const fields = record.fields as NonNullable<Enveloped['fields']>
    const time = readStamp(fields.time, clockOf())
    const { program } = fields
    if (Number.isNaN(time)) return bareLine({ ...part, text: record.text })
    latest = time
    const level = program === 'postgres' ? (severityOf(fields.level)?.level ?? 'INFO') : levelOf(fields.level)
    return line('line', part, {
      ...both(part.text, record.text),
      time,
      level,
      program,
      sqlstate: fields.sqlstate,
      index,
    })
  }

  /** The line as it stood and its message, in one piece of bytes. */
  function both(whole: string, message: string): Partial<RecordCursor> {
    const outer = encoder.encode(whole)
    const inner = encoder.encode(message)
    const bytes = new Uint8Array(outer.length + 1 + inner.length)
    bytes.set(outer)
    bytes[outer.length] = 10
    bytes.set(inner, outer.length + 1)
    return { bytes, from: 0, to: outer.length, messageFrom: outer.length + 1, messageTo: bytes.length }
  }

  function csvBegins(part: Part): readonly SlowLine[] | null {
    if (quotesBalanced(part.text)) return csvEnds(part)
    csv = part
    return []
  }

  function csvGoesOn(part: Part): readonly SlowLine[] | null {
    const text = `${csv?.text}\n${part.text}`
    const whole = { ...(csv as Part), text }
    csv = null
    if (quotesBalanced(text) || text.length > LONGEST) return csvEnds(whole)
    csv = whole
    return []
  }

  function csvEnds(part: Part): readonly SlowLine[] | null {
    const record = csvRecord(part.text)
    const time = record === null ? Number.NaN : readStamp(record.time, clockOf())
    if (record === null || Number.isNaN(time)) return part.depth === 0 && record === null ? loose(part) : null
    latest = time
    noted('csvlog')
    const { level, sqlstate } = record
    return [line('line', part, { ...both(part.text, record.message), time, level, sqlstate, program: 'postgres' })]
  }

  /** The fast prefixes, on a line that was wrapped. */
  function fast(part: Part): readonly SlowLine[] | null {
    const bytes = encoder.encode(part.text)
    const read =
      patroniPrefix(stamps, bytes, 0, bytes.length, prefix) || postgresPrefix(stamps, bytes, 0, bytes.length, prefix)
    if (!read) return null
    if (prefix.continues) return [bareLine(part)]
    const { time, program, level, messageFrom } = prefix
    latest = time
    return [
      line('line', part, {
        bytes,
        from: 0,
        to: bytes.length,
        messageFrom,
        messageTo: bytes.length,
        time,
        program,
        level,
      }),
    ]
  }

  function loose(part: Part): readonly SlowLine[] | null {
    const found = loosePrefix(part.text, clockOf())
    if (found === null) return null
    if (found.continues) return [bareLine(part)]
    const { time, program, level } = found
    latest = time
    noted(`${program}, prefix of its own`)
    const message = program === 'operator' ? operatorMessage(part.text) : part.text.slice(found.length)
    return [line('line', part, { ...both(part.text, message), time, program, level, cluster: operatorCluster(part) })]
  }

  function operatorCluster(part: Part): string | null {
    return part.cluster ?? / cluster-name="?([^" ]+)/.exec(part.text)?.[1] ?? null
  }

  /** Text in front of a JSON record: a helper wrote without ending its line. */
  function embedded(part: Part): readonly SlowLine[] | null {
    const at = part.text.indexOf('{"')
    if (at <= 0 || !part.text.endsWith('}') || part.depth > 0) return null
    const records = json({ ...part, text: part.text.slice(at) })
    if (records === null || records.some(({ outcome }) => outcome !== 'line')) return null
    return [bareLine({ ...part, text: part.text.slice(0, at) }), ...records]
  }

  function bareLine(part: Part): SlowLine {
    const bytes = encoder.encode(part.text)
    const whole = { bytes, from: 0, to: bytes.length, messageFrom: 0, messageTo: bytes.length }
    return line('bare', part, { ...whole, time: Number.NaN, program: 'unknown', level: 'INFO' })
  }

  function line(outcome: Outcome, part: Part, record: Partial<RecordCursor>): SlowLine {
    const { member, cluster, stream } = part
    const fixed = { member: interned(member), cluster: interned(record.cluster ?? cluster), line: part.line }
    return { outcome, stream, record: { index: 0, sqlstate: '', ...record, ...fixed } }
  }

  return {
    get open() {
      return csv !== null
    },
    get wrapped() {
      return wrapped
    },
    get shape() {
      return shape
    },
    read(bytes, from, to, number, settled) {
      if (csv === null && !this.mayBegin(bytes, from, to, settled)) return null
      const text = withoutColours(decoder.decode(bytes.subarray(from, to)))
      return open({ text, member: null, cluster: null, stream: '', depth: 0, line: number })
    },
    flush() {
      const left = csv
      csv = null
      return left === null
        ? []
        : (csvEnds(left) ?? [line('rejected', left, { reason: 'csvlog record without its end' })])
    },
    mayBegin(bytes, from, to, settled) {
      const first = bytes[from] as number
      if (settled && !wrapped && !common(bytes, from)) return bytes[to - 1] === 125 && bytes[from] !== BLANK
      if (first === 123 || first === 34 || first === 91 || first === 60 || first === 27) return true
      const end = Math.min(to, from + HEAD) - 5
      for (let at = from; at < end; at++)
        if (
          bytes[at] === COLON &&
          digit(bytes[at - 1]) &&
          digit(bytes[at + 1]) &&
          bytes[at + 3] === COLON &&
          digit(bytes[at + 4])
        )
          return true
      return wrapped || bytes[to - 1] === 125
    },
  }
}

/** Whether a line begins as a record does: a date, a time, a level, an object, a bracket with a date. */
function common(bytes: Uint8Array, from: number): boolean {
  const first = bytes[from] as number
  if (first === 123 || first === 60) return true
  if (first === 91) return digit(bytes[from + 1])
  if (digit(first)) return bytes[from + 4] === 45 || bytes[from + 4] === 47 || bytes[from + 2] === COLON
  // INFO:, WARNING:, ERROR:, DEBUG:, CRITICAL:, and time="…"
  const second = bytes[from + 1]
  return (
    (first === 73 && second === 78) ||
    (first === 87 && second === 65) ||
    (first === 69 && second === 82) ||
    (first === 68 && second === 69) ||
    (first === 67 && second === 82) ||
    (first === 116 && second === 105)
  )
}

/** What metric shippers write, in the wrong place. */
function metricIn(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ('resourceMetrics' in value || 'fields' in value || 'labels' in value)
  )
}

function digit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}

/** `msg` of a logrus line: a word, or quoted as Go quotes. */
function operatorMessage(text: string): string {
  const quoted = / msg="((?:[^"\\]|\\.)*)"/.exec(text)
  if (quoted !== null) {
    try {
      return JSON.parse(`"${quoted[1]}"`)
    } catch {
      return quoted[1] as string
    }
  }
  return / msg=(\S+)/.exec(text)?.[1] ?? ''
}
