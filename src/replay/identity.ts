import { type LearnedZones, learnedZones, NO_ZONES } from '../ingest/learned-zone.ts'
import type { Names } from '../ingest/names.ts'
import { lineReader } from '../ingest/reader.ts'
import type { InputSequence } from '../io/files/input.ts'
import { hostSet } from '../model/file-names.ts'
import type { Recogniser, RecordCursor } from '../model/record.ts'

/** What is known of a log before it is replayed. */
export interface Known {
  /** Full name of the cluster all lines belong to that do not say otherwise, or null. */
  cluster: string | null
  /** Clusters that the lines name themselves, or their pods' names at a guess. */
  readonly named: ReadonlySet<string>
  /** The member all lines belong to that do not say otherwise, or null. */
  member: string | null
  /** Whether its lines are of several members, or carry theirs. */
  readonly several: boolean
  /** How it was known, for the summary. */
  basis: string
  /** What its stamps tell of those that name no zone. */
  zones: LearnedZones
  /** Names that shippers give (hosts), with the member that their lines name. */
  readonly aliases: ReadonlyMap<string, string>
}

/**
 * Learns who writes a log: the members that its own lines name (`I am (X)`) decide over the path, and the scope in a
 * REST body over a guess. `learnsZone`: whether the zone of its stamps is asked for too.
 */
export async function learn(
  sequence: InputSequence,
  recogniser: Recogniser,
  names: Names,
  zone: string,
  learnsZone: boolean,
): Promise<Known> {
  const { cluster, member, basis } = sequence.identity
  const heard = await listen(sequence, recogniser, names, zone, learnsZone)
  const selves = [...heard.selves.keys()]
  const only = selves.length === 1 ? (selves[0] as string) : null
  return {
    cluster: heard.clusters.size > 0 ? null : cluster,
    named: cluster === null && heard.clusters.size === 0 ? guesses(heard) : heard.clusters,
    member: selves.length > 1 ? null : (only ?? (heard.wrapped ? null : member)),
    several: ofSeveral(heard),
    basis: only !== null ? 'its own lines' : basis,
    zones: heard.zones,
    aliases: aliasesOf(heard),
  }
}

/** Clusters of the members that wrappers name, as their names begin. */
export function guesses({ writers }: Pick<Heard, 'writers'>): ReadonlySet<string> {
  const clusters = [...writers].map(([writer, selves]) => hostSet(memberOf(writer, selves)))
  return new Set(clusters.filter((cluster) => cluster !== null))
}

/** A shipper's name of a writer stands for the member that its lines name, if they name but one. */
export function aliasesOf(heard: Pick<Heard, 'writers'>): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>()
  for (const [name, selves] of heard.writers) {
    const member = memberOf(name, selves)
    if (member !== name) aliases.set(name, member)
  }
  return aliases
}

function memberOf(writer: string, selves: ReadonlySet<string>): string {
  const [self] = selves
  return selves.size === 1 && self !== undefined ? self : writer
}

/** Whether lines are of several members, or carry theirs. */
export function ofSeveral({ selves, wrapped }: Heard): boolean {
  return selves.size > 1 || wrapped
}

/** What lines say of who wrote them. */
export interface Heard {
  readonly selves: Map<string, number>
  /** Members that the lines of each wrapped writer name. */
  readonly writers: Map<string, Set<string>>
  /** Clusters that metadata name. */
  readonly clusters: Set<string>
  /** Whether the lines carry their member in a wrapper. */
  wrapped: boolean
  /** What stamps tell of those that name no zone. */
  zones: LearnedZones
}

async function listen(
  sequence: InputSequence,
  recogniser: Recogniser,
  names: Names,
  zone: string,
  learnsZone: boolean,
): Promise<Heard> {
  const heard = nothingHeard()
  const file = sequence.files[0]
  if (file === undefined) return heard
  const { head, tail } = await (file.around ?? file).peek(false)
  if (learnsZone) heard.zones = learnedZones(new TextDecoder().decode(head).split('\n'))
  const listenTo = (bytes: Uint8Array): void => {
    const reader = lineReader({ zone, names, recogniser })
    reader.push(bytes)
    hear(reader, recogniser, names, heard)
  }
  listenTo(head)
  // A log may begin with what helpers write.
  if (heard.selves.size === 0 && tail !== null) listenTo(tail)
  return heard
}

export function nothingHeard(): Heard {
  return { selves: new Map(), writers: new Map(), clusters: new Set(), wrapped: false, zones: NO_ZONES }
}

function hear(reader: ReturnType<typeof lineReader>, recogniser: Recogniser, names: Names, heard: Heard): void {
  for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next())
    if (outcome === 'line') hearLine(reader.record, recogniser, names, heard)
}

/** Notes what a line says of its writer, and what its wrapper says. */
export function hearLine(record: RecordCursor, recogniser: Recogniser, names: Names, heard: Heard): void {
  if (record.member !== null) heard.wrapped = true
  if (record.cluster !== null && heard.clusters.size < 1000) heard.clusters.add(record.cluster)
  const id = recogniser.match(record.program, record.bytes, record.messageFrom, record.messageTo, record.joined)
  const self = id < 0 ? -1 : (recogniser.entries[id]?.holes.indexOf('self') ?? -1)
  if (self < 0) return
  const name = names.of(record.bytes, recogniser.holes[2 * self] as number, recogniser.holes[2 * self + 1] as number)
  heard.selves.set(name, (heard.selves.get(name) ?? 0) + 1)
  if (record.member !== null) noteWriter(heard, record.member, name)
}

function noteWriter(heard: Heard, writer: string, self: string): void {
  const selves = heard.writers.get(writer)
  if (selves === undefined) heard.writers.set(writer, new Set([self]))
  else if (selves.size < 8) selves.add(self)
}
