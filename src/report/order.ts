import type { Effect } from '../model/effect.ts'

/** Order of the output: time, cluster, member (none first), kind, type or facet or rule, subject; else as it came. */
export function byOutputOrder(a: Effect, b: Effect): number {
  return (
    a.time - b.time ||
    compare(a.cluster ?? '', b.cluster ?? '') ||
    compare(a.member ?? '', b.member ?? '') ||
    compare(a.kind, b.kind) ||
    compare(what(a), what(b)) ||
    compare(subject(a), subject(b))
  )
}

function what(effect: Effect): string {
  if (effect.kind === 'event') return effect.type
  if (effect.kind === 'transition') return effect.facet
  return effect.kind === 'alert' ? effect.rule : ''
}

function subject(effect: Effect): string {
  return effect.kind === 'alert' ? effect.subject : ''
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
