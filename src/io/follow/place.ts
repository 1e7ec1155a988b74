import { lineOffset } from '../../model/line-offset.ts'
import type { Head } from './head.ts'

/** How far a log has been read. */
export interface Place {
  /** Which of the files that make up the log, from 1. */
  readonly generation: number
  /** Where the next line begins in it. */
  readonly byte: number
  /** Lines before that. */
  readonly line: number
}

/** A file that was begun: its number stays its own, whatever it is renamed to. */
export interface Begun {
  readonly generation: number
  readonly inode: string
  readonly head: Head
  /** When it was last written to, as far as seen, epoch ms. */
  readonly mtime: number
}

/** What outlives the process of one log. */
export interface Saved {
  /** Tells one log from a later one of the same path. */
  readonly epoch: number
  readonly place: Place
  /** The latest files, oldest first; those behind the place were begun already. */
  readonly files: readonly Begun[]
}

/** Files remembered of a log: so many rotations may happen between two looks. */
export const MOST_FILES = 16

/** Offset of the next line. */
export function offsetOf({ generation, line }: Place): number {
  return lineOffset(generation, line + 1)
}
