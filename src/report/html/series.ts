/** A value over time; null where it is not known: nothing is drawn across. `time` is epoch ms. */
export interface Point {
  readonly time: number
  readonly value: number | null
}

/** A row of points that stays small however many come. */
export interface Series {
  /** Adds a point; those come in the order of time. */
  add(time: number, value: number | null): void
  /** At most about 2,000 points. */
  points(): readonly Point[]
}

const MOST = 2_000
/** Of each slice stay the least, the greatest and one gap. */
const SLICES = Math.floor(MOST / 3)
/** A reading that comes later than so many times the usual distance leaves a gap: what was meanwhile is unknown. */
const MISSED = 3
const SHORTEST_GAP = 5_000

export function series(): Series {
  let points: Point[] = []
  const usual = spacing()
  let last: Point | null = null

  function push(point: Point): void {
    points.push(point)
    if (points.length > 2 * MOST) points = thinned(points)
  }

  return {
    add(time, value) {
      if (last !== null && time < last.time) return
      if (last !== null && usual.missed(time - last.time)) push({ time: last.time + 1, value: null })
      if (value !== null || (last !== null && last.value !== null)) push({ time, value })
      last = { time, value }
    },
    points: () => (points.length > MOST ? thinned(points) : points),
  }
}

/** Learns how far readings lie apart; those of one poll count as one. */
function spacing(): { missed(distance: number): boolean } {
  const ONE_POLL = 500
  let usual = 0
  return {
    missed(distance) {
      if (distance < ONE_POLL) return false
      const missed = usual > 0 && distance > Math.max(SHORTEST_GAP, MISSED * usual)
      usual = usual === 0 ? distance : usual + 0.1 * (Math.min(distance, MISSED * usual) - usual)
      return missed
    },
  }
}

/** Fewer points of the same shape: of each slice of time its extremes, and a gap if it had one. */
export function thinned(points: readonly Point[]): Point[] {
  const from = points[0]?.time ?? 0
  const width = ((points.at(-1)?.time ?? 0) - from) / SLICES || 1
  const slices = Map.groupBy(points, ({ time }) => Math.min(SLICES - 1, Math.floor((time - from) / width)))
  return [...slices.values()].flatMap(extremes)
}

function extremes(slice: readonly Point[]): Point[] {
  if (slice.length <= 3) return [...slice]
  const known = slice.filter(({ value }) => value !== null)
  const values = known.map(({ value }) => value as number)
  const least = known[values.indexOf(Math.min(...values))]
  const greatest = known[values.indexOf(Math.max(...values))]
  const gap = slice.find(({ value }) => value === null)
  return [...new Set([least, greatest, gap])].filter((point) => point !== undefined).sort((a, b) => a.time - b.time)
}
