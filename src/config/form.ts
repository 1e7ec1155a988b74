import { DateTime } from 'luxon'
import { z } from 'zod'
import type { Severity } from '../model/effect.ts'
import { quoted } from './problem.ts'
import { parseDuration, parseSize } from './quantity.ts'

/**
 * The forms that settings take. Descriptions are what docs/config.md prints; a message says what was expected, the
 * loader adds the place and what was found.
 */

/** A setting that `read` understands; undefined of it is a mistake: `what` was expected. */
export function value<T>(what: string, form: string, means: string, read: (given: unknown) => T | undefined) {
  return z
    .unknown()
    .transform((given, context) => {
      const understood = read(given)
      if (understood !== undefined) return understood
      context.addIssue({ code: 'custom', message: `expected ${what}, got ${quoted(given)}` })
      return z.NEVER
    })
    .meta({ description: means, form })
}

/** A bare number has no unit; only 0 needs none. */
const written = (parse: (text: string) => number | undefined) => (given: unknown) =>
  typeof given === 'string' ? parse(given) : given === 0 ? 0 : undefined
const only =
  <T>(fits: (given: unknown) => boolean) =>
  (given: unknown) =>
    fits(given) ? (given as T) : undefined

export const duration = (means: string) => value('a duration such as 30s', 'duration', means, written(parseDuration))
/** A pause or a patience: of none at all work would be repeated without end, or given up before it began. */
export const pause = (means: string) =>
  value('a duration from 1s on', 'duration', means, (given) => {
    const read = written(parseDuration)(given)
    return read !== undefined && read >= 1_000 ? read : undefined
  })
export const size = (means: string) => value('a size such as 16MiB', 'size', means, written(parseSize))
export const count = (means: string) => value('a whole number from 0', 'count', means, only<number>(isCount))
export const some = (means: string) => value('a whole number from 1', 'count', means, only<number>(isSome))
export const port = (means: string) => value('a port from 0 to 65535', 'port', means, only<number>(isPort))
export const ratio = (means: string) => value('a number from 0', 'ratio', means, only<number>(isPositive))
export const flag = (means: string) => value('true or false', 'true or false', means, only<boolean>(isFlag))
export const name = (means: string) => value('a name', 'name', means, only<string>(isName))
export const text = (means: string) => value('a text', 'text', means, only<string>(isName))
export const file = (means: string) => value('the name of a file', 'file', means, only<string>(isName))
export const url = (means: string) => value('a URL such as https://host:9090', 'URL', means, only<string>(isUrl))
export const pattern = (means: string) =>
  value('a regular expression', 'regular expression', means, (given) =>
    typeof given === 'string' ? compiled(given) : undefined,
  )
export const zone = (means: string) => value('a zone such as Europe/Berlin', 'zone', means, only<string>(isZone))
export const severity = (means: string) =>
  value('critical, warning or info', 'critical, warning or info', means, only<Severity>(isSeverity))

const isPositive = (given: unknown) => typeof given === 'number' && Number.isFinite(given) && given >= 0
const isCount = (given: unknown) => Number.isSafeInteger(given) && isPositive(given)
const isSome = (given: unknown) => isCount(given) && given !== 0
export const isPort = (given: unknown) => isCount(given) && (given as number) < 65_536
const isFlag = (given: unknown) => typeof given === 'boolean'
const isName = (given: unknown) => typeof given === 'string' && given !== ''
export const isUrl = (given: unknown): boolean =>
  typeof given === 'string' && /^https?:\/\/[^\s/]+/.test(given) && URL.canParse(given)
const isZone = (given: unknown) => typeof given === 'string' && DateTime.utc().setZone(given).isValid
const isSeverity = (given: unknown) => given === 'critical' || given === 'warning' || given === 'info'

/** Anchored at both ends, as Prometheus does it. */
function compiled(given: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${given})$`)
  } catch {
    return undefined
  }
}

/** A mapping of the settings given and no others. An empty section (`rules:` and nothing below) is an empty mapping. */
export function section<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape).join(', ')
  const error = (issue: { readonly code?: string; readonly input?: unknown }) =>
    issue.code === 'unrecognized_keys'
      ? `unknown setting; known are ${known}`
      : `expected a mapping, got ${quoted(issue.input)}`
  return z.preprocess((value) => value ?? {}, z.strictObject(shape, { error }))
}

/** A list of sections or names; one alone needs no dash. */
export function listOf<V extends z.ZodType>(value: V) {
  return z.preprocess(
    (given) => (given === undefined || given === null ? [] : Array.isArray(given) ? given : [given]),
    z.array(value),
  )
}

/** The same with one at least. */
export function someOf<V extends z.ZodType>(value: V, what: string) {
  return listOf(value).refine((given) => (given as readonly unknown[]).length > 0, {
    error: `expected ${what}, got none`,
  })
}

/** A mapping from names to values. */
export function byName<V extends z.ZodType>(what: string, value: V) {
  return z.preprocess(
    (given) => given ?? {},
    z.record(z.string(), value, { error: ({ input }) => `expected a mapping of ${what}, got ${quoted(input)}` }),
  )
}
