import { DateTime } from 'luxon'
import { z } from 'zod'
import type { Severity } from '../model/effect.ts'
import { quoted } from './problem.ts'
import { parseDuration, parseSize } from './quantity.ts'
import type { Config, KnownRule } from './types.ts'

/**
 * The schema of the configuration file. Descriptions are what docs/config.md prints; a message says what was expected,
 * the loader adds the place and what was found.
 */

function value<T>(what: string, form: string, means: string, read: (given: unknown) => T | undefined) {
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

const duration = (means: string) => value('a duration such as 30s', 'duration', means, written(parseDuration))
const size = (means: string) => value('a size such as 16MiB', 'size', means, written(parseSize))
const count = (means: string) => value('a whole number from 0', 'count', means, only<number>(isCount))
const ratio = (means: string) => value('a number from 0', 'ratio', means, only<number>(isPositive))
const flag = (means: string) => value('true or false', 'true or false', means, only<boolean>(isFlag))
const name = (means: string) => value('a name', 'name', means, only<string>(isName))
const zone = (means: string) => value('a zone such as Europe/Berlin', 'zone', means, only<string>(isZone))
const severity = (means: string) =>
  value('critical, warning or info', 'critical, warning or info', means, only<Severity>(isSeverity))

const isPositive = (given: unknown) => typeof given === 'number' && Number.isFinite(given) && given >= 0
const isCount = (given: unknown) => Number.isSafeInteger(given) && isPositive(given)
const isFlag = (given: unknown) => typeof given === 'boolean'
const isName = (given: unknown) => typeof given === 'string' && given !== ''
const isZone = (given: unknown) => typeof given === 'string' && DateTime.utc().setZone(given).isValid
const isSeverity = (given: unknown) => given === 'critical' || given === 'warning' || given === 'info'

/** A mapping of the settings given and no others. An empty section (`rules:` and nothing below) is an empty mapping. */
function section<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape).join(', ')
  const error = (issue: { readonly code?: string; readonly input?: unknown }) =>
    issue.code === 'unrecognized_keys'
      ? `unknown setting; known are ${known}`
      : `expected a mapping, got ${quoted(issue.input)}`
  return z.preprocess((value) => value ?? {}, z.strictObject(shape, { error }))
}

function byName<V extends z.ZodType>(what: string, value: V) {
  return z.preprocess(
    (given) => given ?? {},
    z.record(z.string(), value, { error: ({ input }) => `expected a mapping of ${what}, got ${quoted(input)}` }),
  )
}

/** What can be set of any rule, its own parameters apart. */
export const RULE_SHAPE = {
  enabled: flag('Whether the rule is checked at all.').exactOptional(),
  severity: severity('Severity of its alerts, whatever the rule would say.').exactOptional(),
  for: duration('How long its verdict must hold before the alert fires.').exactOptional(),
}

const PARAM = { duration, size, count, ratio }

function ruleSettings(rule: KnownRule) {
  const params = Object.entries(rule.params).map(([id, param]) => [id, PARAM[param.unit](param.means)] as const)
  const shape = Object.fromEntries(params.map(([id, value]) => [id, value.exactOptional()]))
  return section({ ...RULE_SHAPE, params: section(shape).exactOptional() })
}

/** The shapes of all sections, for the rules known. */
export function shapes(rules: readonly KnownRule[]) {
  const overrides = section(Object.fromEntries(rules.map((rule) => [rule.id, ruleSettings(rule).exactOptional()])))
  const member = {
    archiveOnly: flag('It has no upstream by design and lives on archived WAL (tag `nostream`).').exactOptional(),
    delayed: duration('Its `recovery_min_apply_delay`, which no log line or metric shows.').exactOptional(),
    replicatefrom: name('The member it replicates from, when that is not the leader.').exactOptional(),
    nofailover: flag('It may not be promoted.').exactOptional(),
    nosync: flag('It is never a synchronous standby.').exactOptional(),
  }
  const cluster = {
    ttl: duration("Patroni's `ttl`: how long the leader's lock lives without renewal.").exactOptional(),
    loopWait: duration("Patroni's `loop_wait`: time between two cycles.").exactOptional(),
    retryTimeout: duration("Patroni's `retry_timeout`.").exactOptional(),
    primaryStartTimeout: duration("Patroni's `primary_start_timeout`.").exactOptional(),
    maximumLagOnFailover: size("Patroni's `maximum_lag_on_failover`.").exactOptional(),
    failsafeMode: flag('Whether `failsafe_mode` is configured.').exactOptional(),
    synchronousMode: flag('Whether `synchronous_mode` is configured.').exactOptional(),
    standbyCluster: flag('Whether the cluster follows another one.').exactOptional(),
    members: byName('members', section(member)).exactOptional(),
    rules: overrides.exactOptional(),
  }
  const top = {
    timezone: zone('Zone of log lines that do not name theirs.').exactOptional(),
    lateness: duration('How late a line may come against its own stream and still be put in order.').exactOptional(),
    rules: overrides.default({}),
    clusters: byName('clusters', section(cluster)).default({}),
  }
  return { top, cluster, member }
}

export function schema(rules: readonly KnownRule[]): z.ZodType<Config> {
  return section(shapes(rules).top) as unknown as z.ZodType<Config>
}
