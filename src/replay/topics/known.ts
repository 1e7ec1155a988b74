import { NO_ZONES } from '../../ingest/learned-zone.ts'
import { aliasesOf, guesses, type Heard, type Known, ofSeveral } from '../identity.ts'
import type { TopicRange } from './range.ts'
import type { Scanned } from './scan.ts'

/** A range that is ready to be replayed. */
export interface KnownRange extends Known {
  readonly range: TopicRange
  readonly lag: number
}

/** Puts together what ranges say of one another: a writer's lines may be spread over partitions and topics. */
export function knownRanges(scanned: readonly Scanned[]): KnownRange[] {
  const aliases = aliasesOf({ writers: allWriters(scanned) })
  return scanned.map(({ range, heard, guessed, lag }) => {
    const named = heard.clusters.size === 0 ? guesses(heard) : heard.clusters
    const self = onlySelf(heard) ?? (heard.selves.size === 0 ? onlySelfOf(scanned, range.topic) : null)
    const cluster = range.source.cluster ?? null
    const basis = basisOf(heard, guessed, self, range)
    return { range, lag, cluster, named, member: self, several: ofSeveral(heard), basis, zones: NO_ZONES, aliases }
  })
}

function basisOf({ wrapped }: Heard, guessed: boolean, self: string | null, { source }: TopicRange): string {
  if (guessed) return 'pod name'
  if (source.cluster !== undefined || source.member !== undefined) return 'configuration'
  if (self !== null) return 'its own lines'
  return wrapped ? 'its records' : 'none'
}

/** Members that each name of a shipper's stood for, in all ranges. */
function allWriters(scanned: readonly Scanned[]): Map<string, Set<string>> {
  const writers = new Map<string, Set<string>>()
  for (const { heard } of scanned)
    for (const [name, selves] of heard.writers) writers.set(name, new Set([...(writers.get(name) ?? []), ...selves]))
  return writers
}

function onlySelf({ selves }: Heard): string | null {
  const [one, ...others] = selves.keys()
  return one === undefined || others.length > 0 ? null : one
}

/** The one member whose lines a topic holds: a partition of it may hold none that say so. */
function onlySelfOf(scanned: readonly Scanned[], topic: string): string | null {
  const all = scanned.filter(({ range }) => range.topic === topic).flatMap(({ heard }) => [...heard.selves.keys()])
  const [one, ...others] = new Set(all)
  return one === undefined || others.length > 0 ? null : one
}
