import type { OpenFile } from './file.ts'
import { type Head, headOf } from './head.ts'

/** Which logs there are in each folder, by the heads of their files. */
export interface Heads {
  add(folder: string, heads: readonly Head[], path: string): void
  /** The log that an open file of this size belongs to, whatever its name. */
  find(folder: string, file: OpenFile, size: number): string | undefined
}

/** Two logs may begin with the same few bytes; with so many they are one. */
const DISTINCT = 64

export function heads(): Heads {
  /** Paths by folder, length of the head, and its hash. */
  const folders = new Map<string, Map<number, Map<string, string>>>()
  return {
    add(folder, of, path) {
      for (const { length, hash } of of) {
        if (length < DISTINCT) continue
        const lengths = folders.get(folder) ?? new Map<number, Map<string, string>>()
        folders.set(folder, lengths)
        const hashes = lengths.get(length) ?? new Map<string, string>()
        lengths.set(length, hashes)
        hashes.set(hash, path)
      }
    },
    find(folder, { fd }, size) {
      for (const [length, hashes] of folders.get(folder) ?? []) {
        const found = length > size ? undefined : hashes.get(headOf(fd, length).hash)
        if (found !== undefined) return found
      }
      return undefined
    },
  }
}
