import { concerns } from '../model/planned-work.ts'
import type { Fire, Rule } from '../model/rule.ts'
import type { Cluster, PlannedAction } from '../model/state.ts'
import type { CheckClock } from './clock.ts'

/**
 * Whether planned work mutes the verdict now; its deadline is noted, for what holds then fires. What is wrong with the
 * cluster is muted by work on its leader.
 */
export function muted(cluster: Cluster, rule: Rule, verdict: Fire, clock: CheckClock): boolean {
  let found = false
  for (const action of cluster.planned) {
    const of = verdict.member ?? cluster.leader?.name ?? null
    if (!mutes(action, rule, of) || outlived(action, rule, verdict)) continue
    if (!clock.past(action.until, 0)) found = true
  }
  return found
}

function mutes(action: PlannedAction, rule: Rule, member: string | null): boolean {
  return rule.meta.mutedBy.includes(action.kind) && (member === null || concerns(action, member))
}

/** What is lost so long after the work was done was not lost to it. */
const AFTERMATH = 15_000

/**
 * Whether the work was over when the condition began. Rules of roles and processes (those which a pause mutes) ask;
 * replicas have until the deadline to stream again.
 */
function outlived(action: PlannedAction, { meta }: Rule, { since }: Fire): boolean {
  if (!meta.mutedBy.includes('pause') || action.done === undefined || since === undefined) return false
  return since > action.done + AFTERMATH
}
