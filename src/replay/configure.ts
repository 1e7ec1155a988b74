import type { Config } from '../config/types.ts'
import { type ActiveRule, type Cause, causesFirst } from '../engine/life.ts'
import type { ClusterDefaults } from '../engine/state.ts'
import type { Rule } from '../model/rule.ts'
import type { MemberKind, Timings } from '../model/state.ts'

/** The rules that are on for a cluster, with its parameters: the cluster's settings over the general ones over the rule's defaults. */
export function activeRules(
  rules: readonly Rule[],
  causes: ReadonlyMap<string, readonly Cause[]>,
  config: Config,
  cluster: string,
): readonly ActiveRule[] {
  return causesFirst(rules).flatMap((rule) => {
    const general = config.rules[rule.meta.id]
    const own = config.clusters[cluster]?.rules?.[rule.meta.id]
    if (!(own?.enabled ?? general?.enabled ?? true)) return []
    const defaults = Object.fromEntries(Object.entries(rule.meta.params).map(([name, param]) => [name, param.default]))
    return [
      {
        rule: withFor(rule, own?.for ?? general?.for),
        params: { ...defaults, ...general?.params, ...own?.params },
        severity: own?.severity ?? general?.severity ?? null,
        causes: causes.get(rule.meta.id) ?? [],
      },
    ]
  })
}

function withFor(rule: Rule, length: number | undefined): Rule {
  return length === undefined ? rule : { ...rule, meta: { ...rule.meta, for: length } }
}

/** What configuration says of a cluster and its members before anything is read. */
export function defaultsOf(config: Config, cluster: string): ClusterDefaults | undefined {
  const settings = config.clusters[cluster]
  if (settings === undefined) return undefined
  const { members = {}, rules: _rules, ...timings } = settings
  return { timings: timings as Partial<Timings>, members: members as Readonly<Record<string, Partial<MemberKind>>> }
}
