import type { Config, RuleSettings } from '../config/types.ts'
import { type Engine, type EngineConfig, engine } from '../engine/engine.ts'
import { type Cause, causesFirst, inhibitionsOf } from '../engine/inhibition.ts'
import type { ActiveRule } from '../engine/life.ts'
import type { ClusterDefaults } from '../engine/state.ts'
import type { Names } from '../ingest/names.ts'
import type { Facet } from '../model/facet.ts'
import type { Recogniser } from '../model/record.ts'
import type { Rule } from '../model/rule.ts'
import type { MemberKind, Timings } from '../model/state.ts'

/** What decides: messages, facets and rules, with their configuration. */
export interface Decider {
  readonly recogniser: Pick<Recogniser, 'types'>
  readonly facets: readonly Facet[]
  readonly rules: readonly Rule[]
  readonly config: Config
}

/** A line later than this against its own stream is late, ms. */
export const LATENESS = 15_000

/** An engine that knows nothing yet. */
export function configuredEngine(
  { recogniser, facets, rules, config }: Decider,
  names: Names,
  choices: Pick<EngineConfig, 'wanted' | 'checkAll' | 'emit'>,
): Engine {
  const causes = inhibitionsOf(rules)
  const decoder = new TextDecoder()
  return engine({
    facets,
    rulesFor: (cluster): readonly ActiveRule[] => activeRules(rules, causes, config, cluster),
    types: recogniser.types,
    texts: { name: names.of, text: (bytes, from, to) => decoder.decode(bytes.subarray(from, to)).trimEnd() },
    defaultsOf: (cluster) => defaultsOf(config, cluster),
    ...choices,
  })
}

/**
 * The rules that are on for a cluster, with its parameters: the cluster's settings over the general ones over the rule's
 * defaults. A member with settings of its own is judged apart, with those over the cluster's.
 */
export function activeRules(
  rules: readonly Rule[],
  causes: ReadonlyMap<string, readonly Cause[]>,
  config: Config,
  cluster: string,
): readonly ActiveRule[] {
  const { rules: own, members = {} } = config.clusters[cluster] ?? {}
  return causesFirst(rules).flatMap((rule) => {
    const { id, scope } = rule.meta
    const mute = causes.get(id) ?? []
    const layers = [config.rules[id], own?.[id]]
    const apart = Object.keys(members).filter((name) => scope === 'member' && members[name]?.rules?.[id] !== undefined)
    const others = apart.length === 0 ? null : (subject: string) => !apart.includes(subject)
    const each = apart.map((name) => {
      const judges = (subject: string) => subject === name
      return activeRule(rule, [...layers, members[name]?.rules?.[id]], judges, mute)
    })
    return [activeRule(rule, layers, others, mute), ...each].filter((active) => active !== null)
  })
}

/** A rule with its settings, later ones over earlier ones; null when they switch it off. */
function activeRule(
  rule: Rule,
  layers: readonly (RuleSettings | undefined)[],
  judges: ActiveRule['judges'],
  causes: readonly Cause[],
): ActiveRule | null {
  const settings: RuleSettings = Object.assign({}, ...layers)
  if (settings.enabled === false) return null
  const defaults = Object.fromEntries(Object.entries(rule.meta.params).map(([name, param]) => [name, param.default]))
  const params = Object.assign(defaults, ...layers.map((layer) => layer?.params))
  return { rule: withFor(rule, settings.for), params, severity: settings.severity ?? null, judges, causes }
}

function withFor(rule: Rule, length: number | undefined): Rule {
  return length === undefined ? rule : { ...rule, meta: { ...rule.meta, for: length } }
}

/** What configuration says of a cluster and its members before anything is read. */
export function defaultsOf(config: Config, cluster: string): ClusterDefaults | undefined {
  const { forgetAfter } = config
  const settings = config.clusters[cluster]
  if (settings === undefined && forgetAfter === undefined) return undefined
  const { members = {}, rules: _rules, ...own } = settings ?? {}
  const timings = forgetAfter === undefined ? own : { forgetAfter, ...own }
  const kinds = Object.entries(members).map(([name, { rules: _own, ...kind }]) => [name, kind] as const)
  return { timings: timings as Partial<Timings>, members: Object.fromEntries<Partial<MemberKind>>(kinds) }
}
