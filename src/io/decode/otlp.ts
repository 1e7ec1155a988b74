import { Broken, Wire } from './wire.ts'

/**
 * OTLP log batches (`opentelemetry/proto/collector/logs/v1`), by where their parts stand. Fields may come in any order:
 * the collector writes `scopeLogs` before `resource`, and a record's text before its time.
 */
export interface OtlpBatch {
  readonly count: number
  readonly body: Int32Array
  readonly isText: Uint8Array
  readonly writer: Int32Array
  readonly isObserved: boolean
  value(from: number, to: number): unknown
  attributes(index: number): Record<string, unknown>
}

/** Fields of ExportLogsServiceRequest, ResourceLogs, ScopeLogs, LogRecord, Resource, KeyValue. */
const [RESOURCE_LOGS, RESOURCE, SCOPE_LOGS, LOG_RECORDS] = [1, 1, 2, 2] as const
const [TIME, BODY, ATTRIBUTES, OBSERVED, RESOURCE_ATTRIBUTES] = [1, 5, 6, 11, 1] as const
const STRING = 1
/** Values nest no deeper where they mean something. */
const DEEPEST = 4

/** A reader that is used again and again: the batch it gives is good until the next call. Null for anything else. */
export function otlpLogs(): (bytes: Uint8Array) => OtlpBatch | null {
  let body = new Int32Array(256)
  let writer = new Int32Array(512)
  let isText = new Uint8Array(128)
  let count = 0
  let isObserved = false
  let bytes: Uint8Array = new Uint8Array(0)
  const [outer, middle, inner, record, value] = [new Wire(), new Wire(), new Wire(), new Wire(), new Wire()]

  function room(): void {
    if (count < isText.length) return
    body = grown(body)
    writer = grown(writer)
    const more = new Uint8Array(2 * isText.length)
    more.set(isText)
    isText = more
  }

  function resourceLogs(from: number, to: number): void {
    const first = count
    let [resourceFrom, resourceTo] = [0, 0]
    middle.over(bytes, from, to)
    for (let field = middle.next(); field !== 0; field = middle.next()) {
      if (middle.type !== 2) continue
      if (field === RESOURCE) [resourceFrom, resourceTo] = [middle.from, middle.to]
      else if (field === SCOPE_LOGS) scopeLogs(middle.from, middle.to)
    }
    for (let index = first; index < count; index++) {
      writer[4 * index] = resourceFrom
      writer[4 * index + 1] = resourceTo
    }
  }

  function scopeLogs(from: number, to: number): void {
    inner.over(bytes, from, to)
    for (let field = inner.next(); field !== 0; field = inner.next())
      if (field === LOG_RECORDS && inner.type === 2) logRecord(inner.from, inner.to)
  }

  function logRecord(from: number, to: number): void {
    room()
    let [bodyFrom, bodyTo, first, last] = [0, 0, 0, 0]
    record.over(bytes, from, to)
    for (let start = from, field = record.next(); field !== 0; start = record.at, field = record.next()) {
      if (field === OBSERVED) isObserved = true
      if (record.type !== 2) continue
      // The same place in a batch of metrics holds a metric, whose first field is its name.
      if (field === TIME) throw new Broken('no log record')
      if (field === BODY) [bodyFrom, bodyTo] = [record.from, record.to]
      else if (field === ATTRIBUTES) {
        if (last === 0) first = start
        last = record.to
      }
    }
    text(bodyFrom, bodyTo)
    writer[4 * count + 2] = first
    writer[4 * count + 3] = last
    count++
  }

  /** Notes the body: a text by the bounds of the text, anything else by those of its message. */
  function text(from: number, to: number): void {
    value.over(bytes, from, to)
    const field = value.next()
    const isString = from === to || (field === STRING && value.type === 2 && value.at === to)
    isText[count] = isString ? 1 : 0
    body[2 * count] = isString && field === STRING ? value.from : from
    body[2 * count + 1] = isString && field === STRING ? value.to : to
  }

  const batch: OtlpBatch = {
    get count() {
      return count
    },
    get body() {
      return body
    },
    get isText() {
      return isText
    },
    get writer() {
      return writer
    },
    get isObserved() {
      return isObserved
    },
    value: (from, to) => safely(() => anyValue(bytes, from, to, 0)),
    attributes(index) {
      const [resourceFrom = 0, resourceTo = 0, from = 0, to = 0] = writer.subarray(4 * index, 4 * index + 4)
      const all: Record<string, unknown> = Object.create(null)
      safely(() => {
        keyValues(bytes, from, to, ATTRIBUTES, all, 0)
        keyValues(bytes, resourceFrom, resourceTo, RESOURCE_ATTRIBUTES, all, 0)
      })
      return all
    },
  }

  return (given) => {
    bytes = given
    count = 0
    isObserved = false
    try {
      outer.over(bytes, 0, bytes.length)
      for (let field = outer.next(); field !== 0; field = outer.next()) {
        if (field !== RESOURCE_LOGS || outer.type !== 2) return null
        resourceLogs(outer.from, outer.to)
      }
    } catch (error) {
      if (error instanceof Broken) return null
      throw error
    }
    return count === 0 ? null : batch
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * array.length)
  more.set(array)
  return more
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Broken) return undefined
    throw error
  }
}

const decoder = new TextDecoder()

/** Adds the KeyValues of a message's repeated field to `all`. */
export function keyValues(
  bytes: Uint8Array,
  from: number,
  to: number,
  wanted: number,
  all: Record<string, unknown>,
  depth: number,
): void {
  const wire = new Wire().over(bytes, from, to)
  for (let field = wire.next(); field !== 0; field = wire.next())
    if (field === wanted && wire.type === 2) keyValue(bytes, wire.from, wire.to, all, depth)
}

function keyValue(bytes: Uint8Array, from: number, to: number, all: Record<string, unknown>, depth: number): void {
  let key = ''
  let value: unknown
  const wire = new Wire().over(bytes, from, to)
  for (let field = wire.next(); field !== 0; field = wire.next()) {
    if (wire.type !== 2) continue
    if (field === 1) key = decoder.decode(bytes.subarray(wire.from, wire.to))
    else if (field === 2) value = anyValue(bytes, wire.from, wire.to, depth)
  }
  if (key !== '') all[key] = value
}

/** An AnyValue as a plain value: string, bool, int, double, list, map, bytes. */
export function anyValue(bytes: Uint8Array, from: number, to: number, depth: number): unknown {
  if (depth > DEEPEST) return undefined
  const wire = new Wire().over(bytes, from, to)
  const field = wire.next()
  const part = bytes.subarray(wire.from, wire.to)
  switch (field) {
    case 1:
      return decoder.decode(part)
    case 2:
      return part[0] === 1
    case 3:
      return new Wire().over(bytes, wire.from, wire.to).varint()
    case 4:
      return new DataView(bytes.buffer, bytes.byteOffset + wire.from, 8).getFloat64(0, true)
    case 5:
      return listOf(bytes, wire.from, wire.to, depth)
    case 6: {
      const all: Record<string, unknown> = Object.create(null)
      keyValues(bytes, wire.from, wire.to, 1, all, depth + 1)
      return all
    }
    case 7:
      return decoder.decode(part)
    default:
      return undefined
  }
}

function listOf(bytes: Uint8Array, from: number, to: number, depth: number): unknown[] {
  const values: unknown[] = []
  const wire = new Wire().over(bytes, from, to)
  for (let field = wire.next(); field !== 0; field = wire.next())
    if (field === 1 && wire.type === 2) values.push(anyValue(bytes, wire.from, wire.to, depth + 1))
  return values
}
