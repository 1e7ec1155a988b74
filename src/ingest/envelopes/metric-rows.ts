import type { Decoders } from './decoders.ts'

/** One value of one series, as every metric format says it in the end. */
export interface MetricRow {
  /** Name in Prometheus' words: `patroni_xlog_location`. */
  readonly metric: string
  /** Labels, tags, attributes of the point and of its resource. */
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** When it was read, epoch ms; NaN when the point does not say. */
  readonly time: number
}

/** How the values of a metrics topic are to be read; `auto` knows all but remote write, which has no mark of its own. */
export type MetricFormat = 'auto' | 'remote_write'

/** Readers of binary metrics, given from outside; null for what is none. */
export interface MetricDecoders extends Decoders {
  readonly otlpMetrics: (bytes: Uint8Array) => readonly MetricRow[] | null
  /** A snappy block with a WriteRequest in it. */
  readonly remoteWrite: (bytes: Uint8Array) => readonly MetricRow[] | null
}

/** Times as epoch s, ms, µs or ns, told by their size: all are of this century. */
export function epochMs(value: number): number {
  if (!(value > 0)) return Number.NaN
  if (value < 1e11) return Math.round(value * 1000)
  if (value < 1e14) return Math.round(value)
  return Math.round(value < 1e17 ? value / 1e3 : value / 1e6)
}
