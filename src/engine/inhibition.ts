import { isSilent } from '../model/hearing.ts'
import { LONGEST_INHIBITION, type Rule } from '../model/rule.ts'
import type { AlertLife, Cluster } from '../model/state.ts'
import type { CheckClock } from './clock.ts'

/** A rule that mutes another: of the same member, or of any when it judges the cluster. */
export interface Cause {
  readonly cause: string
  readonly scope: 'member' | 'cluster'
}

/** Which rules mute which, from the rules' own words. */
export function inhibitionsOf(rules: readonly Rule[]): ReadonlyMap<string, readonly Cause[]> {
  const byConsequence = new Map<string, Cause[]>()
  for (const { meta } of rules)
    for (const consequence of meta.inhibits) {
      const known = byConsequence.get(consequence) ?? []
      known.push({ cause: meta.id, scope: meta.scope })
      byConsequence.set(consequence, known)
    }
  return byConsequence
}

/**
 * What mutes an alert now; when that may end is noted, so that the alert is looked at again then. A cause that was found so
 * in the latest check holds until a check finds otherwise: how often checks are made does not matter.
 */
export function inhibitor(
  cluster: Cluster,
  causes: readonly Cause[],
  member: string | null,
  clock: CheckClock,
): AlertLife | undefined {
  for (const { cause, scope } of causes)
    for (const life of cluster.alerts.values()) {
      if (life.rule !== cause || life.last === null) continue
      if (scope === 'member' && life.last.member !== member) continue
      if (!clock.past(life.startsAt, LONGEST_INHIBITION) && isFresh(cluster, life, clock)) return life
    }
  return undefined
}

/** Whether the cause rests on evidence younger than two ttl: it was found so, and whom it is about was heard. */
function isFresh(cluster: Cluster, { holds, confirmed, last }: AlertLife, clock: CheckClock): boolean {
  const limit = 2 * cluster.timings.ttl
  if (!holds && clock.past(confirmed, limit)) return false
  const member = cluster.members.get(last?.member ?? '')
  return member === undefined ? !clock.past(cluster.heard, limit) : !isSilent(member, limit, clock)
}

/** The rules in an order in which causes are asked before their consequences, so that a check knows them. */
export function causesFirst(rules: readonly Rule[]): readonly Rule[] {
  const causes = inhibitionsOf(rules)
  const ordered = new Set<Rule>()
  const visit = (rule: Rule, path: ReadonlySet<Rule>): void => {
    if (ordered.has(rule) || path.has(rule)) return
    for (const { cause } of causes.get(rule.meta.id) ?? [])
      for (const other of rules) if (other.meta.id === cause) visit(other, new Set([...path, rule]))
    ordered.add(rule)
  }
  for (const rule of rules) visit(rule, new Set())
  return [...ordered]
}
