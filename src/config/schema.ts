import type { z } from 'zod'
import { byName, count, duration, file, flag, name, pause, ratio, section, severity, size, zone } from './form.ts'
import { filesOrBrokers, liveSections } from './sections/live.ts'
import { metrics } from './sections/metrics.ts'
import { notify } from './sections/notify.ts'
import type { Config, KnownRule } from './types.ts'

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

function overridesOf(rules: readonly KnownRule[]) {
  return section(Object.fromEntries(rules.map((rule) => [rule.id, ruleSettings(rule).exactOptional()])))
}

/** The shapes of all sections, for the rules known. */
export function shapes(rules: readonly KnownRule[]) {
  const overrides = overridesOf(rules)
  const member = {
    archiveOnly: flag('It has no upstream by design and lives on archived WAL (tag `nostream`).').exactOptional(),
    delayed: duration(
      'Its `recovery_min_apply_delay`, which no metric shows, and a log line only when it is changed while PostgreSQL runs.',
    ).exactOptional(),
    replicatefrom: name('The member it replicates from, when that is not the leader.').exactOptional(),
    nofailover: flag('It may not be promoted.').exactOptional(),
    nosync: flag('It is never a synchronous standby.').exactOptional(),
    rules: overridesOf(rules.filter(({ scope }) => scope === 'member')).exactOptional(),
  }
  const cluster = {
    ttl: pause("Patroni's `ttl`: how long the leader's lock lives without renewal.").exactOptional(),
    loopWait: pause("Patroni's `loop_wait`: time between two cycles.").exactOptional(),
    retryTimeout: pause("Patroni's `retry_timeout`.").exactOptional(),
    primaryStartTimeout: duration("Patroni's `primary_start_timeout`.").exactOptional(),
    maximumLagOnFailover: size("Patroni's `maximum_lag_on_failover`.").exactOptional(),
    failsafeMode: flag('Whether `failsafe_mode` is configured.').exactOptional(),
    synchronousMode: flag('Whether `synchronous_mode` is configured.').exactOptional(),
    standbyCluster: flag('Whether the cluster follows another one.').exactOptional(),
    forgetAfter: pause('As at the top level, for this cluster only.').exactOptional(),
    members: byName('members', section(member)).exactOptional(),
    rules: overrides.exactOptional(),
  }
  const top = {
    timezone: zone('Zone of log lines that do not name theirs.').exactOptional(),
    lateness: duration('How late a line may come against its own stream and still be put in order.').exactOptional(),
    forgetAfter: pause(
      'A member of which nothing was heard for so long is gone, and its alerts end; 24h when not given.',
    ).exactOptional(),
    rulesDir: file('Folder of rules of your own, see own-rules.md; relative to this file.').exactOptional(),
    rules: overrides.default({}),
    clusters: byName('clusters', section(cluster)).default({}),
    metrics: metrics().exactOptional(),
    notify: notify().exactOptional(),
    ...liveSections(),
  }
  return { top, cluster, member }
}

/** The form of the whole file; `rules` are those whose parameters it may set. */
export function schema(rules: readonly KnownRule[]): z.ZodType<Config> {
  return section(shapes(rules).top).superRefine(filesOrBrokers) as unknown as z.ZodType<Config>
}
