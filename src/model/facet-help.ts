import type { Change, Fold, Seen } from './facet.ts'
import type { FacetName } from './facet-names.ts'
import { loopOf } from './picture.ts'
import { isJustUp } from './stamps.ts'
import type { Member } from './state.ts'

/** A facet's private memory of a member, by the facet's id: as `fresh` gives it until something is kept there. */
export function privateMemory<M>(facet: string, fresh: () => M): (member: Member) => M {
  return ({ memo }) => {
    memo[facet] ??= fresh()
    return memo[facet] as M
  }
}

/** Whether the facet has this value already; then it is confirmed, without the cost of words. */
export function stands(member: Member, facet: FacetName, value: string, time: number): boolean {
  const claim = member.claim[facet]
  if (claim.value !== value) return false
  if (time > claim.at) claim.at = time
  return true
}

/** A change that the line itself states. */
export function logged(event: Seen, because: string): Change {
  return { basis: 'logged', because, evidence: [event.evidence()] }
}

/** A change that follows from the line although it does not state it. */
export function inferred(event: Seen, because: string): Change {
  return { basis: 'inferred', because, evidence: [event.evidence()] }
}

/**
 * Whether Patroni could not ask its PostgreSQL in this cycle and went by the role it remembered: `no action` then proves a
 * postmaster, and nothing of what it does (issue #2380).
 */
export function unasked({ member, time }: Seen): boolean {
  const since = time - member.history.rememberedAt
  return since >= 0 && since < loopOf(member) / 2
}

/** Whether PostgreSQL is started because it was down, and has not come up just before: then the line tells of what was. */
export function startsAfterFailure(event: Seen): boolean {
  return event.param('after') === 'failure' && !isJustUp(event.member, event.time)
}

/** Forgets what a line said before a hole of the member's log: what ended it may have been written there. */
export function forgetBeforeHole(member: Member, facet: FacetName, fold: Fold): void {
  const { value, basis, at } = member.claim[facet]
  if (value === 'unknown' || basis !== 'logged' || at >= member.missingUntil) return
  fold.set(member, facet, 'unknown', {
    basis: 'expired',
    because: 'its log has a hole: what was written there is not known',
  })
}
