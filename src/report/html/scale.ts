/** The time that a page draws, epoch ms. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Where a time lies in the span, in hundredths of a percent of its width; what lies outside is at its edge. */
export function percent({ from, to }: Span, time: number): number {
  const part = to > from ? (100 * (time - from)) / (to - from) : 0
  return Math.round(100 * Math.min(100, Math.max(0, part))) / 100
}

/** `x` and `width` of an element that lasts from one time to another. */
export function place(span: Span, from: number, to: number): string {
  const x = percent(span, from)
  return `x="${x}%" width="${Math.max(0, Math.round(100 * (percent(span, to) - x)) / 100)}%"`
}
