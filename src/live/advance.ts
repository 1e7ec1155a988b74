import type { Progress } from './progress.ts'

/** A partition whose decisions do not go on for so long, ms, stands: a worker that is missed has been replaced by then. */
export const STALL = 60_000

/** Whether all partitions of the observations advance, as far as their owners say. Times are of the caller's clock. */
export interface Advance {
  /** Takes what an owner said; what was said before we listened (`fresh` false) is no sign of life. */
  take(progress: Progress, fresh: boolean, now: number): void
  /** The partitions that stand still. */
  stalled(now: number): readonly number[]
}

export function advance(partitions: number): Advance {
  const decided = new Array<number>(partitions).fill(Number.NEGATIVE_INFINITY)
  const at = new Array<number>(partitions).fill(Number.NEGATIVE_INFINITY)
  return {
    take({ partition, decided: time }, fresh, now) {
      if (time === null || time === decided[partition]) return
      decided[partition] = time
      if (fresh) at[partition] = now
    },
    stalled: (now) => at.flatMap((time, partition) => (now - time > STALL ? [partition] : [])),
  }
}
