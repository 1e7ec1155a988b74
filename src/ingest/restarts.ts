import { BACK } from './sections.ts'
import { stampOf } from './stamped.ts'
import { type LocalClock, localClock } from './time.ts'

/** So many lines of a glimpse are looked at. */
const MOST = 4

/** A time of each clock that writes in a glimpse, as if it were UTC, epoch ms. */
type Times = ReadonlyMap<string, number>

/**
 * The numbers of those glimpses before which time starts again: each is some lines out of a long text, in its order. One that
 * lies back by itself is an outlier; where time falls half as often as it rises the text is one log, of two clocks or newest first.
 */
export function restartsAmong(glimpses: readonly (readonly string[])[], zone: string): readonly number[] {
  const clock = localClock(zone)
  const seen = glimpses.map(timesOf)
  const found: number[] = []
  let tops = new Map<string, number>()
  let [ups, downs] = [0, 0]
  seen.forEach((times, at) => {
    for (const [kind, local] of times) {
      const top = tops.get(kind) ?? Number.NEGATIVE_INFINITY
      const time = clock.toUtc(local, top)
      if (time >= top - BACK) {
        if (time > top) ups++
        tops.set(kind, Math.max(top, time))
        continue
      }
      downs++
      if (!goesOnBelow(seen, at + 1, kind, top - BACK, clock)) continue
      found.push(at)
      tops = new Map([[kind, time]])
      return
    }
  })
  return 2 * downs <= ups ? found : []
}

/** Whether the next time of a clock, from a glimpse on, lies back too; where none is left it does. */
function goesOnBelow(seen: readonly Times[], from: number, kind: string, limit: number, clock: LocalClock): boolean {
  for (let at = from; at < seen.length; at++) {
    const local = seen[at]?.get(kind)
    if (local !== undefined) return clock.toUtc(local, limit) < limit
  }
  return true
}

/** The first time of each clock. */
function timesOf(lines: readonly string[]): Times {
  const times = new Map<string, number>()
  for (const line of lines.slice(0, MOST)) {
    const stamp = stampOf(line)
    if (stamp === null || stamp.indented || stamp.quoted) continue
    if (!times.has(stamp.kind)) times.set(stamp.kind, stamp.local)
  }
  return times
}
