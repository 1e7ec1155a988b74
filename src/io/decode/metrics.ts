import { keyValues } from './otlp.ts'
import { snappyBlock } from './snappy.ts'
import { Broken, Wire } from './wire.ts'

/** One value of one series. `time` is epoch ms. */
export interface Row {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly time: number
}

const decoder = new TextDecoder()

/** Fields of a message that have a content, as (number, bounds); calls back for each. */
function fields(bytes: Uint8Array, from: number, to: number, each: (field: number, wire: Wire) => void): void {
  const wire = new Wire().over(bytes, from, to)
  for (let field = wire.next(); field !== 0; field = wire.next()) each(field, wire)
}

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Broken) return null
    throw error
  }
}

/** Gauges and sums of an ExportMetricsServiceRequest (`opentelemetry/proto/metrics/v1`); null when it is none. */
export function otlpMetrics(bytes: Uint8Array): readonly Row[] | null {
  return orNull(() => {
    const rows: Row[] = []
    fields(bytes, 0, bytes.length, (field, { type, from, to }) => {
      if (field !== 1 || type !== 2) throw new Broken('no batch of metrics')
      resourceMetrics(bytes, from, to, rows)
    })
    return rows.length === 0 ? null : rows
  })
}

function resourceMetrics(bytes: Uint8Array, start: number, end: number, rows: Row[]): void {
  const outer: Record<string, unknown> = Object.create(null)
  const metrics: [number, number][] = []
  fields(bytes, start, end, (field, { type, from, to }) => {
    if (type !== 2) return
    if (field === 1) keyValues(bytes, from, to, 1, outer, 0)
    else if (field === 2)
      fields(bytes, from, to, (inner, wire) => {
        if (inner === 2 && wire.type === 2) metrics.push([wire.from, wire.to])
      })
  })
  // The resource may come behind what it describes.
  for (const [from, to] of metrics) metric(bytes, from, to, outer, rows)
}

const [NAME, GAUGE, SUM] = [1, 5, 7] as const

function metric(bytes: Uint8Array, start: number, end: number, outer: Record<string, unknown>, rows: Row[]): void {
  let name = ''
  const points: [number, number][] = []
  fields(bytes, start, end, (field, { type, from, to }) => {
    if (type !== 2) return
    if (field === NAME) name = decoder.decode(bytes.subarray(from, to))
    else if (field === GAUGE || field === SUM)
      fields(bytes, from, to, (inner, wire) => {
        if (inner === 1 && wire.type === 2) points.push([wire.from, wire.to])
      })
  })
  for (const [from, to] of points) rows.push(point(bytes, from, to, name, outer))
}

/** NumberDataPoint: attributes 7, time 3, as_double 4, as_int 6. */
function point(bytes: Uint8Array, start: number, end: number, name: string, outer: Record<string, unknown>): Row {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const labels: Record<string, unknown> = { ...outer }
  let value = 0
  let time = Number.NaN
  fields(bytes, start, end, (field, { type, from }) => {
    if (type !== 1) return
    if (field === 3) time = Number(view.getBigUint64(from, true) / 1_000_000n)
    else if (field === 4) value = view.getFloat64(from, true)
    else if (field === 6) value = Number(view.getBigInt64(from, true))
  })
  keyValues(bytes, start, end, 7, labels, 0)
  return { metric: name, labels: texts(labels), value, time }
}

function texts(labels: Record<string, unknown>): Record<string, string> {
  const all: Record<string, string> = Object.create(null)
  for (const [key, value] of Object.entries(labels)) if (typeof value === 'string') all[key] = value
  return all
}

/**
 * Series of Prometheus' remote write 1.0: a snappy block with a WriteRequest; null when it is none. A value of 0 is left
 * out of the message.
 */
export function remoteWrite(bytes: Uint8Array): readonly Row[] | null {
  const block = snappyBlock(bytes)
  if (block === null) return null
  return orNull(() => {
    const rows: Row[] = []
    fields(block, 0, block.length, (field, { type, from, to }) => {
      if (field === 1 && type === 2) timeSeries(block, from, to, rows)
    })
    return rows.length === 0 ? null : rows
  })
}

function timeSeries(bytes: Uint8Array, start: number, end: number, rows: Row[]): void {
  const labels: Record<string, string> = Object.create(null)
  const samples: [number, number][] = []
  fields(bytes, start, end, (field, { type, from, to }) => {
    if (type !== 2) return
    if (field === 1) label(bytes, from, to, labels)
    else if (field === 2) samples.push([from, to])
  })
  const { __name__: name = '' } = labels
  for (const [from, to] of samples) rows.push({ metric: name, labels, ...sample(bytes, from, to) })
}

function label(bytes: Uint8Array, start: number, end: number, labels: Record<string, string>): void {
  const parts = ['', '']
  fields(bytes, start, end, (field, { type, from, to }) => {
    if (type === 2 && (field === 1 || field === 2)) parts[field - 1] = decoder.decode(bytes.subarray(from, to))
  })
  labels[parts[0] as string] = parts[1] as string
}

function sample(bytes: Uint8Array, start: number, end: number): { value: number; time: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let value = 0
  let time = Number.NaN
  fields(bytes, start, end, (field, { type, from, to }) => {
    if (field === 1 && type === 1) value = view.getFloat64(from, true)
    else if (field === 2 && type === 0) time = new Wire().over(bytes, from, to).varint()
  })
  return { value, time }
}
