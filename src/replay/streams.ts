import type { Engine } from '../engine/engine.ts'
import type { Names } from '../ingest/names.ts'
import { hostSet } from '../model/file-names.ts'
import type { Entry, Recogniser, RecordCursor } from '../model/record.ts'
import type { Cluster, Member } from '../model/state.ts'
import type { Clusters } from './clusters.ts'
import type { Ear, Hearing } from './hearing.ts'
import type { LineSource } from './log-source.ts'

/** One writer within a log: whose lines join, and how far its time has come. */
export interface Stream {
  cluster: Cluster
  member: Member | null
  /** Of its member, where somebody asks when it was heard. */
  ear: Ear | null
  /** Latest event time of PostgreSQL's lines, and of all others: their clocks may be hours apart. */
  postgres: number
  others: number
  /** Event time of its latest line. */
  time: number
  /** Who its lines named last as their writer. */
  self: Self | null
}

interface Self {
  /** Its name as it was written. */
  readonly name: Uint8Array
  readonly member: Member
}

export interface StreamsConfig {
  readonly engine: Engine
  readonly recogniser: Recogniser
  readonly names: Names
  /** Told of each event, where gaps between them are wanted. */
  readonly hearing: Hearing | null
  /** Where the lines of a log belong that carry no cluster, member. */
  readonly home: (source: LineSource) => {
    readonly cluster: string | null
    readonly member: string | null
    readonly aliases: ReadonlyMap<string, string>
  }
  readonly clusters: Clusters
}

/** Whose lines are whose. */
export interface Streams {
  /** The writer of the current record of a log. */
  of(source: LineSource): Stream
  /** The member that a line names as its writer, just recognised as `entry`, else that of its stream. */
  named(stream: Stream, entry: Entry, record: RecordCursor): Member | null
  /** Null where nobody asks when it was heard. */
  ear(member: Member | null): Ear | null
}

export function streams({ engine, recogniser, names, hearing, home: homeOf, clusters }: StreamsConfig): Streams {
  /** The hole of each entry that names the writer, or -1. */
  const selves = recogniser.entries.map(({ holes }) => holes.indexOf('self'))

  function newStream(source: LineSource): Stream {
    const { record } = source.reader
    const home = homeOf(source)
    const named = record.member === null ? null : (home.aliases.get(record.member) ?? record.member)
    const member = named ?? home.member
    const cluster = engine.cluster(clusterOf(record.cluster, named, home.cluster))
    const writer = member === null ? null : engine.member(cluster, member)
    return {
      cluster,
      member: writer,
      ear: ear(writer),
      postgres: Number.NEGATIVE_INFINITY,
      others: Number.NEGATIVE_INFINITY,
      time: Number.NaN,
      self: null,
    }
  }

  function ear(member: Member | null): Ear | null {
    return hearing === null || member === null ? null : hearing.ear(member)
  }

  /** By metadata; else by the path; else the pod's name less its ordinal, a guess. */
  function clusterOf(named: string | null, pod: string | null, home: string | null): string {
    if (named !== null) return clusters.named(named)
    const guess = pod === null || home !== null ? null : hostSet(pod)
    return guess === null ? (home ?? clusters.homeless) : clusters.named(guess)
  }

  return {
    of(source) {
      const { stream } = source.reader.record
      const known = source.streams[stream] as Stream | undefined
      if (known !== undefined) return known
      const made = newStream(source)
      source.streams[stream] = made
      return made
    },
    named(stream, entry, { bytes }) {
      const hole = selves[entry.id] as number
      if (hole < 0) return stream.member
      const [from, to] = [recogniser.holes[2 * hole] as number, recogniser.holes[2 * hole + 1] as number]
      if (stream.self === null || !holds(bytes, from, to, stream.self.name)) {
        const name = names.of(bytes, from, to)
        const member = stream.member?.name === name ? stream.member : engine.member(stream.cluster, name)
        stream.self = { name: bytes.slice(from, to), member }
      }
      return stream.self.member
    },
    ear,
  }
}

function holds(bytes: Uint8Array, from: number, to: number, name: Uint8Array): boolean {
  if (to - from !== name.length) return false
  for (let at = 0; at < name.length; at++) if (bytes[from + at] !== name[at]) return false
  return true
}
