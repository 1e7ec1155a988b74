import type { SlowLine, SlowReader } from '../slow.ts'
import type { Decoders, OtlpLogs } from './decoders.ts'
import type { RecordFormat } from './format.ts'
import { type Identity, type IdentityRules, NOBODY } from './identity.ts'
import { openJson, shapeOf, streamOf } from './json.ts'
import { openLogRecord } from './otlp-json.ts'
import { emptyScan, keyTable, scanObject, stringEnd } from './scan.ts'
import { memoryView, objectCache, spanCache } from './spans.ts'
import type { Texts } from './texts.ts'
import { unescaper } from './unescape.ts'
import type { Writer, Writers } from './writers.ts'

/** Opens the value bytes[from, to) of a record: its texts go to the batch, unless it had to be read by way of strings. */
export interface Opener {
  open(bytes: Uint8Array, from: number, to: number, offset: number): readonly SlowLine[] | null
  /** When the record that was opened says that it was written, for a text that does not; '' where it does not either. */
  written(): string
  shape(): string
}

/** Whose the records with these metadata are, and whether they say when they were written. */
interface Source {
  readonly writer: Writer
  readonly timed: boolean
}

export interface OpenerOptions {
  readonly batch: Texts
  readonly writers: Writers
  readonly slow: SlowReader
  readonly rules: IdentityRules
  readonly decoders: Decoders
  readonly format: RecordFormat
}

const [QUOTE, BRACE, BRACKET, NEWLINE, HASH, BLANK, ESCAPE, TAB, RETURN] = [34, 123, 91, 10, 35, 32, 27, 9, 13] as const
/** A value that is read by way of strings and objects; the shippers' own limits are lower. */
const LONGEST_PARSED = 8 << 20

export function opener(options: OpenerOptions): Opener {
  const { batch, writers, slow, rules, decoders, format } = options
  const decoder = new TextDecoder()
  const scan = emptyScan()
  const keys = keyTable(
    [...rules.member, ...rules.cluster, ...rules.namespace].map((path) => path.split('.', 1)[0] as string),
  )
  const objects = objectCache()
  const known = spanCache<Source>()
  const texts = unescaper()
  const nobody = writers.of(NOBODY, '')
  const viewOf = memoryView()
  let shape = ''
  /** Whether records of this partition were JSON: then one that is broken is no raw line. */
  let isJson = false
  /** Whether the object at hand says when it was written, and what it says once that was asked. */
  let timed = false
  let said: string | null = null

  function noted(found: string): void {
    if (shape === '') shape = found
  }

  function reject(reason: string): null {
    batch.reason = reason
    return null
  }

  function raw(value: Uint8Array, from: number, to: number): null {
    if (from < to && !isDigit(value[from]) && isBinary(value, from, to)) return reject('binary, in no known form')
    noted('plain')
    batch.add(value, from, to, nobody)
    return null
  }

  function object(value: Uint8Array, from: number, to: number, offset: number): readonly SlowLine[] | null {
    const view = viewOf(value)
    if (scanObject(value, view, from, to, keys, scan, objects)) {
      const source = known.find(value, view, scan.spans, scan.count) ?? learn(value, from, to)
      if (source !== null) return scanned(value, source)
    }
    return parsed(value, from, to, offset)
  }

  /** Reads the metadata of a writer that was not met before. */
  function learn(value: Uint8Array, from: number, to: number): Source | null {
    const record = parse(value, from, to)
    const one = record === undefined ? null : openJson(record, rules)?.[0]
    if (one === null || one === undefined || one.partial || one.fields !== null) return null
    const source = { writer: writers.of(one.identity, streamOf(record)), timed: one.time !== '' }
    known.keep(value, scan.spans, scan.count, source)
    noted(shapeOf(record))
    return source
  }

  function scanned(value: Uint8Array, { writer, timed: says }: Source): null {
    isJson = true
    timed = says
    batch.depth = 1
    if (!scan.escaped) {
      batch.single = true
      batch.add(value, scan.bodyFrom, scan.bodyTo, writer)
      return null
    }
    return escaped(value, scan.bodyFrom, scan.bodyTo, writer)
  }

  /** The text of a JSON string between its quotes. */
  function escaped(value: Uint8Array, from: number, to: number, writer: Writer): null {
    const text = texts.read(value, from, to)
    batch.single = text.single
    batch.add(text.bytes, text.from, text.to, writer)
    return null
  }

  function parsed(value: Uint8Array, from: number, to: number, offset: number): readonly SlowLine[] | null {
    if (to - from > LONGEST_PARSED) return reject('JSON longer than 8 MiB')
    const record = parse(value, from, to)
    if (record === undefined) return isJson ? reject('JSON that is broken or cut short') : raw(value, from, to)
    isJson = true
    noted(shapeOf(record))
    return slow.openParsed(record, quoted(value, from, to), opening(NOBODY, offset))
  }

  function quoted(value: Uint8Array, from: number, to: number): string {
    return decoder.decode(value.subarray(from, Math.min(to, from + (1 << 20))))
  }

  function opening(identity: Identity, offset: number) {
    return { identity, stream: '', depth: 0, line: offset }
  }

  function parse(value: Uint8Array, from: number, to: number): unknown {
    try {
      const read: unknown = JSON.parse(decoder.decode(value.subarray(from, to)))
      return typeof read === 'object' && read !== null ? read : undefined
    } catch {
      return undefined
    }
  }

  function timeOf(record: unknown): string {
    return openJson(record, rules)?.[0]?.time ?? ''
  }

  /** A value that is one JSON string: of the OpenTelemetry collector, encoding raw, and of Kafka Connect. */
  function string(value: Uint8Array, from: number, to: number): null {
    let end = to
    while (end > from && (value[end - 1] as number) <= BLANK) end--
    if (stringEnd(value, from + 1, end) !== end - 1) return raw(value, from, to)
    noted('json string')
    batch.depth = 1
    return escaped(value, from + 1, end - 1, nobody)
  }

  function otlp(bytes: Uint8Array, start: number, end: number): readonly SlowLine[] | null | false {
    const value = bytes.subarray(start, end)
    const logs = decoders.otlpLogs(value)
    if (logs === null) return false
    noted('otlp')
    batch.depth = 1
    for (let index = 0; index < logs.count; index++) {
      const [from, to] = [logs.body[2 * index] as number, logs.body[2 * index + 1] as number]
      if (logs.isText[index] === 1) batch.add(value, from, to, otlpWriter(value, logs, index))
      else batch.add(value, 0, 0, nobody, openLogRecord(logs.value(from, to), logs.attributes(index), rules))
    }
    return null
  }

  function otlpWriter(value: Uint8Array, logs: OtlpLogs, index: number): Writer {
    const spans = logs.writer.subarray(4 * index, 4 * index + 4)
    const found = known.find(value, viewOf(value), spans, 2)
    if (found !== null) return found.writer
    const one = openLogRecord('', logs.attributes(index), rules)
    const writer = writers.of(one.identity, one.stream)
    known.keep(value, spans, 2, { writer, timed: false })
    return writer
  }

  function msgpack(value: Uint8Array, from: number, to: number, offset: number): readonly SlowLine[] | false {
    const record = decoders.msgpack(value.subarray(from, to))
    if (typeof record !== 'object' || record === null) return false
    noted('fluent msgpack')
    return slow.openParsed(record, '', opening(NOBODY, offset))
  }

  function detect(value: Uint8Array, from: number, end: number, offset: number): readonly SlowLine[] | null {
    const to = withoutNewline(value, from, end)
    if (from === end) return raw(value, from, to)
    const first = value[from] as number
    if (isDigit(first) && format !== 'otlp_proto') return raw(value, from, to)
    if (first === BRACE && format !== 'raw') return object(value, from, to, offset)
    if (format === 'raw') return raw(value, from, to)
    if (first === QUOTE) return string(value, from, to)
    if (first === BRACKET && value[from + 1] === BRACE) return parsed(value, from, to, offset)
    if (first === NEWLINE || format === 'otlp_proto') {
      const read = otlp(value, from, end)
      if (read !== false) return read
      if (format === 'otlp_proto') return reject('no OTLP logs, or cut short')
    }
    if ((first >= 0x80 && first <= 0x8f) || first === 0xde || first === 0xdf) {
      const read = msgpack(value, from, end, offset)
      if (read !== false) return read
    }
    if (first === HASH && isExposition(value, from)) return reject('metrics of Prometheus, no log line')
    return raw(value, from, to)
  }

  return {
    shape: () => shape,
    written() {
      if (timed) said ??= timeOf(parse(batch.whole, batch.wholeFrom, batch.wholeTo))
      return said ?? ''
    },
    open(bytes, start, end, offset) {
      timed = false
      said = null
      batch.reset(bytes, start, end)
      const marked = end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
      return detect(bytes, marked ? start + 3 : start, end, offset)
    },
  }
}

/** A text's end without the newline that ends it. */
function withoutNewline(bytes: Uint8Array, from: number, to: number): number {
  return to > from && bytes[to - 1] === NEWLINE ? to - 1 : to
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57
}

/** Whether a value has bytes at its start that no text has. */
function isBinary(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < Math.min(to, from + 64); at++) {
    const byte = bytes[at] as number
    if (byte < BLANK && byte !== ESCAPE && (byte < TAB || byte > RETURN)) return true
  }
  return false
}

/** `# HELP` or `# TYPE`. */
function isExposition(bytes: Uint8Array, from: number): boolean {
  const [second, third, fourth] = [bytes[from + 1], bytes[from + 2], bytes[from + 3]]
  return second === BLANK && ((third === 72 && fourth === 69) || (third === 84 && fourth === 89))
}
