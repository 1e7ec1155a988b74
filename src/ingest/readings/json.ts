import { dateFields } from '../time.ts'

/** Reading of untrusted JSON: own properties only, wrong types are absent. */
export type Json = Readonly<Record<string, unknown>>

/** Whether a value is an object with keys. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(value: Json, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined
}

/** A text that is not empty, by its own key; undefined: not known. */
export function text(value: Json, key: string): string | undefined {
  const found = own(value, key)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** A finite number, as `text`. */
export function number(value: Json, key: string): number | undefined {
  const found = own(value, key)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** A boolean, as `text`; numbers and words are none. */
export function flag(value: Json, key: string): boolean | undefined {
  const found = own(value, key)
  return typeof found === 'boolean' ? found : undefined
}

/** An object, as `text`. */
export function object(value: Json, key: string): Json | undefined {
  const found = own(value, key)
  return isObject(found) ? found : undefined
}

/** The items of a list, as `text`. */
export function array(value: Json, key: string): readonly unknown[] | undefined {
  const found = own(value, key)
  return Array.isArray(found) ? found : undefined
}

/** A position in bytes; 0 is Patroni's way to say none. */
export function position(value: Json, key: string): bigint | undefined {
  const found = number(value, key)
  return found === undefined || found <= 0 ? undefined : BigInt(Math.round(found))
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d)?)?$/

/** `2026-11-23 04:24:31.773798+00:00` or ISO 8601 as epoch ms; without an offset it is UTC. */
export function instant(value: Json, key: string): number | undefined {
  const match = INSTANT.exec(text(value, key) ?? '')
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = dateFields(match)
  const local = Date.UTC(year, month - 1, day, hour, minute, second) + Math.floor(Number(`0.${match[7] ?? 0}`) * 1000)
  const offset = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * 60_000
  return match[8] === '-' ? local + offset : local - offset
}

/** Leaves out what is undefined: absent means unknown. */
export function known<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key]
  return value as T
}
