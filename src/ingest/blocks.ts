import type { Stamps } from './stamped.ts'

/** Lines of a text from `from` on, the first is 0; `to` is exclusive. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What people put between two logs: nothing, a fence, a heading, a command behind its prompt, a sentence that announces. */
const BOUNDARY =
  /^\s*(?:[`~]{3}.*|==>.*|[#*].*|[-=]{3,}.*|(?:[\w.-]{1,64}@[^\s$#]{1,128}|\[[^\]]{1,128}\])?[$#] .*|[^\d].*:\s*)?$/
/** What Python says above the lines that go with one before. */
const TRACEBACK = /^\s*Traceback /

/** Whether a line announces a traceback. */
export function isTraceback(line: string): boolean {
  return TRACEBACK.test(line)
}

export function isBoundary(line: string): boolean {
  return BOUNDARY.test(line)
}

/**
 * Patroni's log and PostgreSQL's, put one behind the other: each block is a log of its own, and goes by its own time. A text
 * in which they are mixed is one block.
 */
export function blocksOf(lines: readonly string[], stamps: Stamps, { from, to }: Span): readonly Span[] {
  const starts = [from]
  let latest: boolean | null = null
  for (let at = from; at < to; at++) {
    const stamp = stamps[at] ?? null
    if (stamp === null || stamp.indented) continue
    if (latest !== null && stamp.isPatroni !== latest) {
      const above = lines[at - 1] as string
      if (!isBoundary(above) || isTraceback(above)) return [{ from, to }]
      starts.push(at)
    }
    latest = stamp.isPatroni
  }
  return between(starts, to)
}

/** The spans that begin at these lines, in order, up to `end`. */
export function between(starts: readonly number[], end: number): readonly Span[] {
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? end }))
}
