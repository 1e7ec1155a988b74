import type { Facet } from '../model/facet.ts'
import type { Reading } from '../model/sample.ts'
import { type Member, touch } from '../model/state.ts'
import type { Folding } from './fold.ts'
import { measureSample } from './measure.ts'

/** Takes a reading that has its turn into the state. */
export function foldReading(facets: readonly Facet[], member: Member, reading: Reading, folding: Folding): void {
  folding.time = reading.time
  if (member.firstSeen === Number.NEGATIVE_INFINITY) member.firstSeen = reading.time
  if (reading.kind !== 'delivery') {
    member.cluster.dirty = true
    member.cluster.changes++
    touch(member.cluster.heard, reading.time, member)
  }
  if (reading.kind === 'sample' && !measureSample(member, reading)) return
  for (const facet of facets) readBy(facet, member, reading, folding)
}

function readBy(facet: Facet, member: Member, reading: Reading, folding: Folding): void {
  if (reading.kind === 'sample') facet.sample?.(member, reading, folding)
  else if (reading.kind === 'cluster-view') facet.view?.(member, reading, folding)
  else if (reading.kind === 'settings') facet.settings?.(member, reading, folding)
  else if (reading.kind === 'poll-failure') facet.failure?.(member, reading, folding)
  else facet.delivery?.(member, reading, folding)
}
