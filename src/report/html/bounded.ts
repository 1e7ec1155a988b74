/** The first and the last items of a long row. What lay between is counted, not kept. */
export interface Bounded<T> {
  add(item: T): void
  kept(): Kept<T>
}

export interface Kept<T> {
  readonly first: readonly T[]
  /** How many items are missing between `first` and `last`. */
  readonly left: number
  readonly last: readonly T[]
}

/** Keeps at most `most` items: an incident is looked for where a row begins, or where it ends. */
export function bounded<T>(most: number): Bounded<T> {
  const half = Math.ceil(most / 2)
  const first: T[] = []
  const ring: T[] = []
  let seen = 0
  return {
    add(item) {
      if (first.length < half) first.push(item)
      else ring[seen++ % half] = item
    },
    kept() {
      const from = seen > half ? seen % half : 0
      return { first, left: Math.max(0, seen - half), last: [...ring.slice(from), ...ring.slice(0, from)] }
    },
  }
}
