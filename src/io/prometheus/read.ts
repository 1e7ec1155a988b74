import type { PollClock } from '../clock.ts'
import { type PrometheusAccess, PrometheusError, prometheusClient } from './client.ts'

/** A part of a long range, as answered. */
export interface Piece {
  /** Samples later than this, epoch ms. */
  readonly from: number
  readonly to: number
  readonly body: unknown
}

export interface RangeRead {
  /** Names of the series, as a regular expression. */
  readonly names: string
  readonly from: number
  readonly to: number
  /** Length of a piece, ms. */
  readonly piece?: number
}

/** Ten minutes of 3,000 members at a sample each 15 s are some 50 MB of answer. */
const PIECE = 600_000
/** A piece that is refused is halved down to this. */
const SHORTEST = 15_000

/** Reads a range piece by piece, oldest first; a piece that is too much for the server is asked for in halves. */
export async function* readRange(
  access: PrometheusAccess,
  { names, from, to, piece = PIECE }: RangeRead,
  clock: PollClock,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  const client = prometheusClient(access, clock)
  let length = piece
  try {
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + length)
      try {
        yield { from: at, to: end, body: await client.range(names, at, end, signal) }
        at = end
      } catch (error) {
        if (!(error instanceof PrometheusError) || error.remedy !== 'narrow' || length <= SHORTEST) throw error
        length = Math.max(SHORTEST, Math.floor(length / 2))
      }
    }
  } finally {
    client.close()
  }
}
