import type { Change, Seen } from './facet.ts'
import type { FacetName } from './facet-names.ts'
import type { Member } from './state.ts'

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
