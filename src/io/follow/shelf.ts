import type { Entries } from '../local/entries.ts'
import type { Saved } from './place.ts'

/** Where logs have come to, kept over restarts. */
export interface Shelf {
  get(path: string): Saved | undefined
  /** When files were looked for last before this process began, epoch ms; null the first time. */
  readonly lookedBefore: number | null
  /** When that was noted last. */
  looked(): number
  /** Resolves when it is on the disk. */
  save(places: ReadonlyMap<string, Saved>, now: number): Promise<void>
  /** Forgets logs that nobody has followed for a week. */
  tidy(followed: (path: string) => boolean, now: number): Promise<void>
}

const WEEK = 7 * 86_400_000
const LOOKED = 'follow'
const prefix = 'follow '

interface Kept extends Saved {
  /** When it was saved last, epoch ms. */
  readonly at: number
}

export function shelf(entries: Entries): Shelf {
  const all = entries.load()
  const kept = new Map<string, Kept>()
  for (const [key, value] of all) if (key.startsWith(prefix)) kept.set(key.slice(prefix.length), value as Kept)
  const before = all.get(LOOKED) as number | undefined
  let looked = before ?? 0
  return {
    get: (path) => kept.get(path),
    lookedBefore: before ?? null,
    looked: () => looked,
    async save(places, now) {
      const changes = new Map<string, unknown>([[LOOKED, now]])
      for (const [path, saved] of places) {
        kept.set(path, { ...saved, at: now })
        changes.set(prefix + path, kept.get(path))
      }
      await entries.write(changes)
      looked = now
    },
    async tidy(followed, now) {
      const gone = [...kept].filter(([path, { at }]) => now - at > WEEK && !followed(path)).map(([path]) => path)
      for (const path of gone) kept.delete(path)
      if (gone.length > 0) await entries.write(new Map(gone.map((path) => [prefix + path, null])))
    },
  }
}
