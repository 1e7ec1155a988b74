/** A writer is settled with so many lines of the common prefixes more than others; further ones do not count. */
const SETTLED = 200
const MOST = 250

/** Which writers' lines nearly all begin with a time: of those, few others are worth a closer look. By their numbers. */
export interface Settling {
  /** A line that begins with a time. */
  stamped(stream: number): void
  /**
   * One that does not, which speaks against it: who begins to write otherwise is soon looked at again. Whether the writer
   * was settled before it.
   */
  other(stream: number): boolean
  /** Whether any of its lines began with a time. */
  dated(stream: number): boolean
}

export function settling(): Settling {
  const counts: number[] = []
  return {
    stamped(stream) {
      counts[stream] = Math.min(MOST, (counts[stream] ?? 0) + 1)
    },
    other(stream) {
      const before = counts[stream] ?? 0
      if (before > 0) counts[stream] = before - 1
      return before > SETTLED
    },
    dated: (stream) => counts[stream] !== undefined,
  }
}
