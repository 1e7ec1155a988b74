import type { Alert, Statement, Transition } from '../model/effect.ts'
import type { Evidence } from '../model/source.ts'

type Json = Readonly<Record<string, unknown>>

/** Reads an alert or a transition as the public topics and `--format jsonl` write them; undefined when it is neither. */
export function readRecord(text: string): Alert | Transition | undefined {
  const given = parsed(text)
  if (given === undefined || typeof given.cluster !== 'string') return undefined
  if (given.kind === 'transition')
    return { ...given, ...timesOf(given, ['time', 'since']), ...listsOf(given) } as unknown as Transition
  if (given.kind !== 'alert' || typeof given.fingerprint !== 'string') return undefined
  return { ...given, ...timesOf(given, ['time', 'since', 'startsAt', 'endsAt']), ...listsOf(given) } as unknown as Alert
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

/** Epoch ms; null stays null. */
function timesOf(given: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, millis(given[name])]))
}

function millis(value: unknown): number | null {
  const time = typeof value === 'string' ? new Date(value).getTime() : Number.NaN
  return Number.isNaN(time) ? null : time
}

function listsOf(given: Json): Json {
  const lists = ['claims', 'measures', 'evidence'].filter((name) => Array.isArray(given[name]))
  return Object.fromEntries(lists.map((name) => [name, (given[name] as Json[]).map(dated)]))
}

function dated(each: Json): Evidence | Statement {
  return { ...each, time: millis(each.time) ?? 0 } as unknown as Evidence | Statement
}
