/** Learns how far the writers of one partition lie apart in time: shippers fall behind one by one. */
export interface Disorder {
  /** Something that `writer` wrote at `time` came. */
  readonly note: (time: number, writer: string) => void
  /** How far a writer's records came behind the latest of all, at most, ms; what is late against its own writer apart. */
  readonly lag: number
}

/** What lies further behind is not waited for: all that comes meanwhile must be held, ms. */
const MOST = 900_000

/** `lateness`: how far a record may come behind its own writer, ms, to be one that is merely out of order. */
export function disorder(lateness: number): Disorder {
  const latest = new Map<string, number>()
  let frontier = Number.NEGATIVE_INFINITY
  let lag = 0
  return {
    note(time, writer) {
      const own = latest.get(writer) ?? Number.NEGATIVE_INFINITY
      if (time > own) latest.set(writer, time)
      if (time > frontier) frontier = time
      if (own - time <= lateness || own === Number.NEGATIVE_INFINITY) lag = Math.max(lag, frontier - time)
    },
    get lag() {
      return Math.min(lag, MOST)
    },
  }
}
