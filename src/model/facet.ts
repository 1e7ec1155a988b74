import type { Clock } from './clock.ts'
import type { EventType } from './event-type.ts'
import type { Basis, FacetName } from './facet-names.ts'
import type { ClusterSettings, ClusterView, DeliveryReport, PollFailure, Sample } from './sample.ts'
import type { Evidence } from './source.ts'
import type { Cluster, Member, PlannedAction } from './state.ts'

/** An understood line in event-time order. A cursor: valid during the call only. */
export interface Seen {
  readonly time: number
  readonly type: string
  readonly member: Member
  readonly program: string
  /** A hole or constant parameter of the message; `None` and absent are null. */
  param(name: string): string | null
  /** The line, verbatim, with its source. */
  evidence(): Evidence
}

export interface Change {
  readonly basis: Basis
  readonly because: string
  /** When it began, if not at the event. */
  readonly since?: number
  readonly evidence?: readonly Evidence[]
}

/** What a facet may do while it reads an event, a reading, or the clock. */
export interface Fold {
  /** Event time of what is being read. */
  readonly time: number
  /**
   * Sets a facet. A value that stands is only confirmed; news older than the latest word for the facet is ignored.
   * Returns whether the value changed.
   */
  set(member: Member, facet: FacetName, value: string, change: Change): boolean
  /** Notes planned work, or prolongs the same one. */
  plan(cluster: Cluster, action: PlannedAction): void
  /** A member of the cluster, made when it is not known yet. */
  member(cluster: Cluster, name: string): Member
}

/**
 * One subject of inference: which events and readings it looks at and what it concludes. A file of `src/facets` exports
 * one; the file's name is its id.
 */
export interface Facet {
  readonly id: string
  /** What it remembers of a member (`Member.memo`) before anything was heard of it. */
  readonly memory?: () => object
  readonly on?: Partial<Record<EventType, (event: Seen, fold: Fold) => void>>
  /** A heartbeat that says what the last one said while nothing else happened: instead of `on`. */
  readonly beat?: (member: Member, time: number) => void
  readonly sample?: (member: Member, sample: Sample, fold: Fold) => void
  readonly view?: (member: Member, view: ClusterView, fold: Fold) => void
  readonly settings?: (member: Member, settings: ClusterSettings, fold: Fold) => void
  readonly failure?: (member: Member, failure: PollFailure, fold: Fold) => void
  readonly delivery?: (member: Member, report: DeliveryReport, fold: Fold) => void
  /** A line that belongs to a cluster but to no member: the operator's. */
  readonly clusterLine?: (cluster: Cluster, line: Omit<Seen, 'member'>, fold: Fold) => void
  /** What time alone brings about; asks through `clock.past`, so that it is called again when a date is met. */
  readonly expire?: (member: Member, clock: Clock, fold: Fold) => void
}

/** Types a facet; gives what it was given. */
export function facet(definition: Facet): Facet {
  return definition
}
