/** The time that a page draws, epoch ms. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Seconds of a month are seen when one zooms in. */
const FINE = 1e5

/** Where a time lies in the span, percent of its width; what lies outside is at its edge. */
export function percent({ from, to }: Span, time: number): number {
  const part = to > from ? (100 * (time - from)) / (to - from) : 0
  return Math.round(FINE * Math.min(100, Math.max(0, part))) / FINE
}

/** `x` and `width` of an element that lasts from one time to another. */
export function place(span: Span, from: number, to: number): string {
  const x = percent(span, from)
  return `x="${x}%" width="${Math.max(0, Math.round(FINE * (percent(span, to) - x)) / FINE)}%"`
}
