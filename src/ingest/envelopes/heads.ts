import { memoryView, type SpanCache, spanCache } from './spans.ts'
import type { Writer } from './writers.ts'

/**
 * Heads of text lines that were met before: `TIME HOST TAG ` of syslog and `TIME stdout F ` of CRI differ only in their
 * time, so that the writer is known by the rest and the line need not become a string.
 */
export interface Heads {
  /** Looks at the line; when its head is known, `writer` is whose it is and `from` where the line inside begins. */
  find(bytes: Uint8Array, from: number, to: number): boolean
  /** Keeps the head of the line last looked at, when the line inside has this length. */
  learn(bytes: Uint8Array, to: number, length: number, writer: Writer): void
  readonly writer: Writer | null
  readonly from: number
}

const [BLANK, T, DASH] = [32, 84, 45] as const
/** Lengths of a time from `2026-11-22T19:14:10Z` to nanoseconds with an offset. */
const [SHORTEST, LONGEST] = [20, 35] as const
const LONGEST_HEAD = 330

export function heads(): Heads {
  const known: SpanCache<Writer> = spanCache()
  const span = new Int32Array(2)
  const viewOf = memoryView()

  return {
    writer: null,
    from: 0,
    find(bytes, from, to) {
      const end = headEnd(bytes, from, to, span)
      const self = this as { writer: Writer | null; from: number }
      self.from = Math.max(0, end)
      if (end < 0) return false
      self.writer = known.find(bytes, viewOf(bytes), span, 1)
      return self.writer !== null
    },
    learn(bytes, to, length, writer) {
      if (this.from > 0 && to - this.from === length) known.keep(bytes, span, 1, writer)
    },
  }
}

/** Where the line inside begins, the host and tag in `span`; -1 when the line has no such head. */
function headEnd(bytes: Uint8Array, from: number, to: number, span: Int32Array): number {
  if (bytes[from + 10] !== T || bytes[from + 4] !== DASH) return -1
  let at = from + SHORTEST
  const most = Math.min(to, from + LONGEST + 1)
  while (at < most && bytes[at] !== BLANK) at++
  if (bytes[at] !== BLANK) return -1
  span[0] = at + 1
  const end = Math.min(to, at + LONGEST_HEAD)
  at = next(bytes, at + 1, end)
  if (at < 0) return -1
  at = next(bytes, at + 1, end)
  if (at < 0) return -1
  span[1] = at
  return at + 1
}

/** Where the word that begins at `from` ends. */
function next(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === BLANK) return at > from ? at : -1
  return -1
}
