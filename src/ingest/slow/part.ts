import type { Outcome, RecordCursor } from '../../model/record.ts'
import type { Basis, Identity } from '../envelopes/identity.ts'

/** A record that was read by way of strings; what is absent is as for a bare line. */
export interface SlowLine {
  readonly outcome: Outcome
  /** Stream of its writer, '' for the input's own. */
  readonly stream: string
  /** The writer and its stream in one, '' for the input's own. */
  readonly key: string
  readonly basis: Basis
  readonly record: Partial<RecordCursor>
}

/** Where a text comes from: what was taken off it so far. */
export interface Opening {
  readonly identity: Identity
  readonly stream: string
  /** Wrappers taken off. */
  readonly depth: number
  readonly line: number
}

/** A text that is being opened. */
export interface Part extends Opening {
  readonly text: string
}

/** Records of a text; null when it is bare; none while a record goes on. */
export type Open = (part: Part) => readonly SlowLine[] | null

/** No more wrappers than these are taken off a text. */
export const DEEPEST = 3
/** Records that may be open at once; beyond it they are taken as they come. */
export const MOST_OPEN = 4096
/** A record or a line joined of parts may be as long. */
export const LONGEST = 1 << 20

/** A stream inside another one. */
export function within(outer: string, inner: string): string {
  return inner === '' ? outer : outer === '' ? inner : `${outer}/${inner}`
}

/** A writer and its stream, '' for the input's own. */
export function keyOf({ stream, identity: { cluster, member } }: Opening): string {
  if (member === null && cluster === null) return stream
  return `${cluster ?? ''}/${member ?? ''}/${stream}`
}
