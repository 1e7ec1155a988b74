/** When a line says it was written, and when its record was made or appended. Epoch ms. */
export interface Stamp {
  readonly time: number
  readonly recorded: number
}

/** How the times of a writer's lines lie to those of their records. */
export type Delay =
  /** Read in the wrong zone: by `by` ms (a multiple of 15 min) too late, negative: too early. */
  | { readonly kind: 'zone'; readonly by: number }
  /** Off by `by` ms all the time; negative: behind. */
  | { readonly kind: 'clock'; readonly by: number }

const QUARTER = 900_000
/** Fewer lines, or lines of a shorter time, ms, show nothing constant. */
const [FEWEST, SHORTEST] = [5, 30_000] as const
/** Offsets that differ by more, ms, are those of a backlog. */
const CONSTANT = 60_000
/** A shipper brings a line within so long, ms; clocks agree better than this. */
const [SHIPPED, AGREED] = [120_000, 30_000] as const
/** No zone is further from UTC, ms. */
const FURTHEST = 14 * 3_600_000
const TOLERATED = 2_000

/**
 * What is constantly wrong with the times of one writer's lines; null when nothing is, or nothing can be told. A constant
 * multiple of 15 min is a zone, any other constant of more than 2 s a clock.
 */
export function judgeDelay(stamps: readonly Stamp[]): Delay | null {
  if (stamps.length < FEWEST) return null
  const times = stamps.map(({ time }) => time)
  if (Math.max(...times) - Math.min(...times) < SHORTEST) return null
  const behind = stamps.map(({ time, recorded }) => recorded - time).sort((a, b) => a - b)
  const at = (share: number): number => behind[Math.floor(share * (behind.length - 1))] as number
  const [least, most] = [at(0.1), at(0.9)]
  if (most - least > CONSTANT) return null
  const zone = Math.round(least / QUARTER) * QUARTER
  const rest = least - zone
  if (zone !== 0 && Math.abs(zone) <= FURTHEST && rest > -AGREED && rest < SHIPPED) return { kind: 'zone', by: -zone }
  return Math.abs(least) > TOLERATED && Math.abs(least) < FURTHEST ? { kind: 'clock', by: -least } : null
}
