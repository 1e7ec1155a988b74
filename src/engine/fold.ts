import type { Effect, Transition } from '../model/effect.ts'
import type { Change, Facet, Fold, Seen } from '../model/facet.ts'
import type { FacetName } from '../model/facet-names.ts'
import type { Cluster, Member, PlannedAction } from '../model/state.ts'

/** Work whose every word prolongs it; of other kinds the deadline counts from the first. */
const PROLONGED: ReadonlySet<string> = new Set(['rebuild', 'rolling-update', 'pause'])

/** The hands of the facets: every change of a member's state passes here and leaves a transition. */
export class Folding implements Fold {
  time = 0
  /** Event time up to which decisions were taken: one that rests on a late line is not dated before it. */
  decided = Number.NEGATIVE_INFINITY
  private readonly emit: (effect: Effect) => void
  private readonly make: (cluster: Cluster, name: string) => Member

  constructor(emit: (effect: Effect) => void, make: (cluster: Cluster, name: string) => Member) {
    this.emit = emit
    this.make = make
  }

  member(cluster: Cluster, name: string): Member {
    return this.make(cluster, name)
  }

  set(member: Member, facet: FacetName, value: string, change: Change): boolean {
    const claim = member.claim[facet]
    if (this.time < claim.at) return false
    claim.at = this.time
    if (claim.value === value) return false
    const from = claim.value
    claim.value = value
    claim.since = change.since ?? this.time
    claim.basis = change.basis
    claim.because = change.because
    claim.evidence = change.evidence ?? []
    member.cluster.dirty = true
    member.cluster.changes++
    this.emit(this.transition(member, facet, from))
    return true
  }

  private transition(member: Member, facet: FacetName, from: string): Transition {
    const claim = member.claim[facet]
    return {
      kind: 'transition',
      time: Math.max(this.time, this.decided),
      cluster: member.cluster.name,
      member: member.name,
      facet,
      from,
      to: claim.value,
      since: claim.since,
      basis: claim.basis,
      because: claim.because,
      evidence: claim.evidence,
    }
  }

  plan(cluster: Cluster, action: PlannedAction): void {
    cluster.dirty = true
    cluster.changes++
    const same = cluster.planned.find(
      (known) =>
        known.kind === action.kind &&
        known.member === action.member &&
        known.until >= action.since &&
        (known.done ?? Number.POSITIVE_INFINITY) >= action.since,
    )
    if (same === undefined) {
      cluster.planned.push({ ...action, at: action.since })
      return
    }
    if (PROLONGED.has(action.kind)) same.until = Math.max(same.until, action.until)
    same.at = Math.max(same.at ?? same.since, action.since)
  }
}

export type Listener = (event: Seen, fold: Fold) => void

/** Facets by what they read, so that a line calls only those that listen to it. */
export function listeners(facets: readonly Facet[], types: readonly string[]): readonly (readonly Listener[])[] {
  return types.map((type) =>
    facets.flatMap((facet) => {
      const listener = (facet.on as Readonly<Record<string, Listener>> | undefined)?.[type]
      return listener === undefined ? [] : [listener]
    }),
  )
}
