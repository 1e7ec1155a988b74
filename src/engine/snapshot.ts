import type { Facet } from '../model/facet.ts'
import type { FacetName } from '../model/facet-names.ts'
import type { Entry } from '../model/record.ts'
import type { Reading } from '../model/sample.ts'
import type { Source } from '../model/source.ts'
import type { Claim, Cluster, Member, MemberKind } from '../model/state.ts'
import { complete, type Observation, type Origin } from './observation.ts'
import { SaidLine, type SaidState, type Texts } from './seen.ts'
import { type ClusterDefaults, newCluster, newMember } from './state.ts'

/** The state of an engine as plain data, which `pack` takes; good for engines of the same program version and later ones. */
export interface EngineState {
  readonly version: 1
  readonly grid: number
  readonly decided: number
  readonly counts: Readonly<Record<string, number>>
  readonly clusters: readonly ClusterState[]
  /** Members that were named and have not had their turn yet: cluster and name. */
  readonly announced: readonly (readonly [cluster: string, member: string])[]
  readonly held: readonly HeldState[]
}

type ClusterState = Omit<Cluster, 'members'> & { readonly members: readonly MemberState[] }
type MemberState = Omit<Member, 'cluster' | 'said'> & { readonly said: ReadonlyMap<string, SaidState> }

/** A line or reading that waits for its turn. */
interface HeldState {
  readonly time: number
  readonly cluster: string
  readonly member: string | null
  /** Key of the entry that it matched. */
  readonly entry: string | null
  readonly program: Observation['program']
  readonly level: Observation['level']
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
  readonly holes: readonly number[]
  readonly paused: boolean
  readonly source: Source
  readonly reading: Reading | null
  readonly late: number
  readonly due: number
}

/** Names an entry across versions of the program, in which its number changes. */
export function entryKey(entry: Pick<Entry, 'program' | 'text'>): string {
  return `${entry.program}\n${entry.text}`
}

/** Entries by their keys. */
export function entriesByKey(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.map((entry) => [entryKey(entry), entry]))
}

/** A source that is known already, as an origin. */
export function fixed(source: Source): Origin {
  return { at: () => source }
}

/** A cluster as plain data; it refers to what lives on. */
export function clusterState(cluster: Cluster, entries: readonly Entry[]): ClusterState {
  return { ...cluster, members: [...cluster.members.values()].map((member) => memberState(member, entries)) }
}

function memberState({ cluster: _, said, ...member }: Member, entries: readonly Entry[]): MemberState {
  const facets = Object.keys(member.claim) as FacetName[]
  const facetOf = (claim: Claim): FacetName => facets.find((facet) => member.claim[facet] === claim) as FacetName
  const lines = [...said].map(([type, line]) => [type, (line as SaidLine).state(facetOf, keyOf(entries))] as const)
  return { ...member, said: new Map(lines) }
}

function keyOf(entries: readonly Entry[]): (id: number) => string | null {
  return (id) => {
    const entry = entries[id]
    return entry === undefined ? null : entryKey(entry)
  }
}

/**
 * What a snapshot does not say, since its release did not know it, is as in a new cluster, member or memory of a facet; what
 * the configuration says now counts.
 */
export function restoredCluster(
  state: ClusterState,
  facets: readonly Facet[],
  defaults: ClusterDefaults | undefined,
  texts: Texts,
  entries: ReadonlyMap<string, Entry>,
): Cluster {
  const { members, timings, ...fields } = state
  const cluster = takenOver(newCluster(state.name, defaults), fields)
  const { forgetAfter } = cluster.timings
  if (timings.source.startsWith('/config')) Object.assign(cluster.timings, timings, { forgetAfter })
  for (const member of members) {
    const kind = defaults?.members[member.name]
    cluster.members.set(member.name, restoredMember(cluster, member, facets, kind, texts, entries))
  }
  return cluster
}

function restoredMember(
  cluster: Cluster,
  { said, ...fields }: MemberState,
  facets: readonly Facet[],
  configured: Partial<MemberKind> | undefined,
  texts: Texts,
  entries: ReadonlyMap<string, Entry>,
): Member {
  const member = takenOver(newMember(cluster, fields.name), fields)
  Object.assign(member.kind, configured)
  for (const { id, memory } of facets) {
    const remembered = member.memo[id]
    if (memory !== undefined && isFields(remembered)) member.memo[id] = takenOver(memory(), remembered)
  }
  const idOf = (key: string | null): number => (key === null ? -1 : (entries.get(key)?.id ?? -1))
  for (const [type, line] of said)
    member.said.set(
      type,
      SaidLine.restored(line, texts, (facet) => member.claim[facet], idOf),
    )
  return member
}

/** `fresh` with all that `state` says, field by field. */
function takenOver<T extends object>(fresh: T, state: object): T {
  const fields = fresh as { [name: string]: unknown }
  for (const [name, value] of Object.entries(state)) {
    const known = fields[name]
    if (isFields(known) && isFields(value)) takenOver(known, value)
    else fields[name] = value
  }
  return fresh
}

function isFields(value: unknown): value is object {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
}

/** A line or reading that waits, as plain data of its own. */
export function heldState(observation: Observation): HeldState {
  complete(observation)
  const { time, cluster, member, entry, program, level, bytes, from, to, paused, origin, line, index } = observation
  const holes = entry === null ? [] : [...observation.holes.subarray(0, 2 * entry.holes.length)]
  return {
    time,
    cluster: cluster.name,
    member: member?.name ?? null,
    entry: entry === null ? null : entryKey(entry),
    program,
    level,
    bytes: observation.reading === null ? bytes.slice(0, Math.max(to, ...holes)) : bytes.slice(0, 0),
    from,
    to,
    holes,
    paused,
    source: origin.at(line, index),
    reading: observation.reading,
    late: observation.late,
    due: observation.due,
  }
}
