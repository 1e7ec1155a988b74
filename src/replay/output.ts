/**
 * Puts effects into the order of the output: what was decided up to the watermark is complete and is sorted and given
 * on; the rest waits.
 */
export interface Output<T> {
  add(effect: T): void
  /** Everything decided at or before this event time is known. */
  complete(time: number): void
}

export function output<T extends { readonly time: number }>(
  compare: (a: T, b: T) => number,
  give: (effect: T) => void,
): Output<T> {
  let waiting: T[] = []
  return {
    add: (effect) => {
      waiting.push(effect)
    },
    complete(time) {
      if (waiting.length === 0) return
      const done = waiting.filter((effect) => effect.time <= time)
      if (done.length === 0) return
      waiting = done.length === waiting.length ? [] : waiting.filter((effect) => effect.time > time)
      done.sort(compare)
      for (const effect of done) give(effect)
    },
  }
}
