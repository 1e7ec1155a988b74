import { DateTime } from 'luxon'
import type { Alert } from '../model/effect.ts'
import { matches } from '../model/matcher.ts'
import type { Silence, Window } from '../model/receiver.ts'

/** The silence in force for an alert that ends last. */
export function silenceOf(silences: Iterable<Silence>, alert: Alert, now: number): Silence | undefined {
  let last: Silence | undefined
  for (const silence of silences) {
    if (silence.startsAt > now || silence.endsAt <= now || !matches(silence.matchers, alert)) continue
    if (last === undefined || silence.endsAt > last.endsAt) last = silence
  }
  return last
}

/** When the planned work in force for an alert ends, with its name. */
export function windowOf(
  windows: readonly Window[],
  alert: Alert,
  now: number,
): { name: string; endsAt: number } | undefined {
  for (const window of windows) {
    const endsAt = matches(window.matchers, alert) ? endOf(window, now) : undefined
    if (endsAt !== undefined) return { name: window.name, endsAt }
  }
  return undefined
}

const LONGEST_DAYS = 7

/** When the occurrence that covers `now` ends. Its begin is a time of the clock on the wall, also where clocks change. */
function endOf({ days, from, length, zone }: Window, now: number): number | undefined {
  const today = DateTime.fromMillis(now, { zone }).startOf('day')
  for (let back = 0; back <= LONGEST_DAYS; back++) {
    const day = today.minus({ days: back })
    if (!days.includes(day.weekday)) continue
    const begin = day.set({ hour: Math.floor(from / 60), minute: from % 60 }).toMillis()
    if (begin <= now && now < begin + length) return begin + length
  }
  return undefined
}
