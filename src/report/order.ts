import type { Shown } from '../model/effect.ts'

/** Order of the output: time, cluster, member (none first), kind, type or facet or rule, subject; else as it came. */
export function byOutputOrder(a: Shown, b: Shown): number {
  return (
    a.time - b.time ||
    compare(a.cluster ?? '', b.cluster ?? '') ||
    compare(a.member ?? '', b.member ?? '') ||
    compare(kind(a), kind(b)) ||
    compare(what(a), what(b)) ||
    compare(subject(a), subject(b))
  )
}

/** A gap stands before the event that ends it. */
function kind(effect: Shown): string {
  return effect.kind === 'gap' ? 'event' : effect.kind
}

function what(effect: Shown): string {
  if (effect.kind === 'event') return effect.type
  if (effect.kind === 'transition') return effect.facet
  return effect.kind === 'alert' ? effect.rule : ''
}

function subject(effect: Shown): string {
  return effect.kind === 'alert' ? effect.subject : ''
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
