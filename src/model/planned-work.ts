import type { Clock } from './clock.ts'
import { SAME_MOMENT } from './stamps.ts'
import type { Member, PlannedAction, PlannedKind } from './state.ts'

/** Questions about work that somebody asked for: whom it excuses, and when. */

/** Whether the work is about the member of this name, or its whole cluster. */
export function concerns({ member }: PlannedAction, name: string): boolean {
  return member === null || member === name
}

/** Whether the work is of these kinds (any, if none is named) and about the member, or its whole cluster. */
function covers(action: PlannedAction, member: Member, kinds: readonly PlannedKind[]): boolean {
  return concerns(action, member.name) && (kinds.length === 0 || kinds.includes(action.kind))
}

/** Planned work of these kinds (any, if none is named) that covers the member now. */
export function plannedFor(member: Member, clock: Clock, ...kinds: readonly PlannedKind[]): PlannedAction | undefined {
  return member.cluster.planned.find((action) => covers(action, member, kinds) && !clock.past(action.until, 0))
}

/** Whether the work was still under way at `time`: what was lost then was lost to it. */
export function underWay(action: PlannedAction, time: number): boolean {
  return action.since <= time + SAME_MOMENT && action.until >= time && (action.done ?? time) >= time
}

/** Planned work of these kinds (any, if none is named) that covers the member at the event time of a line. */
export function busyAt(member: Member, time: number, ...kinds: readonly PlannedKind[]): boolean {
  return member.cluster.planned.some(
    (action) => covers(action, member, kinds) && action.since <= time && action.until >= time,
  )
}
