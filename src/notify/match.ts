import { DateTime } from 'luxon'
import type { Alert } from '../model/effect.ts'
import type { Matcher, MatchName, Silence, Window } from '../model/receiver.ts'

const WRITTEN = /^\s*(cluster|member|rule|severity|subject)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s

/** Reads `cluster=~shop/.*`; undefined when it is none, or its pattern is none. */
export function parseMatcher(text: string): Matcher | undefined {
  const [, name, op, quoted] = WRITTEN.exec(text) ?? []
  if (name === undefined || op === undefined || quoted === undefined) return undefined
  const value = /^".*"$/s.test(quoted) ? quoted.slice(1, -1) : quoted
  if (op.endsWith('~') && pattern(value) === undefined) return undefined
  return { name: name as MatchName, op: op as Matcher['op'], value }
}

/** As Alertmanager writes it: `cluster=~shop/.*`. */
export function writeMatcher({ name, op, value }: Matcher): string {
  return `${name}${op}${value}`
}

/** Whether all conditions hold; none at all hold for every alert. */
export function matches(matchers: readonly Matcher[], alert: Alert): boolean {
  return matchers.every((matcher) => holds(matcher, alert[matcher.name] ?? ''))
}

function holds({ op, value }: Matcher, given: string): boolean {
  if (op === '=') return given === value
  if (op === '!=') return given !== value
  return (pattern(value)?.test(given) ?? false) === (op === '=~')
}

function pattern(text: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${text})$`, 's')
  } catch {
    return undefined
  }
}

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
