import type { Writer } from '../ingest/envelopes/writers.ts'
import type { Stamp } from './delay.ts'
import type { Input } from './needs.ts'
import type { WriterReport } from './report.ts'

/** Whoever the records name as one writer, in all partitions. */
export interface Voice {
  readonly cluster: string | null
  /** As the records name it. */
  readonly named: string | null
  readonly basis: string
  /** Members that its own lines name. */
  readonly selves: Set<string>
  /** Partitions of each of its streams: stdout, a file. */
  readonly streams: Map<string, Set<number>>
  /** Times of its lines, by program. */
  readonly stamps: Map<Input, Stamp[]>
  readonly inputs: Set<Input>
  count: number
}

/** The writers of a topic. */
export interface Voices {
  /** The one that wrote what stands at the reader's cursor. */
  of(writer: Writer, partition: number): Voice
  all(): readonly Voice[]
}

export function voices(): Voices {
  const known = new Map<string, Voice>()
  return {
    of({ cluster, member, basis, name }, partition) {
      const key = `${cluster}\n${member}`
      let voice = known.get(key)
      if (voice === undefined) {
        const nothing = { selves: new Set<string>(), streams: new Map(), stamps: new Map(), inputs: new Set<Input>() }
        voice = { cluster, named: member, basis, count: 0, ...nothing }
        known.set(key, voice)
      }
      const partitions = voice.streams.get(name)
      if (partitions === undefined) voice.streams.set(name, new Set([partition]))
      else partitions.add(partition)
      return voice
    },
    all: () => [...known.values()].sort((a, b) => b.count - a.count),
  }
}

/** Whose its lines are: the one member that they name stands before what the records say. */
export function writerOf({ cluster, named, basis, selves, count }: Voice): WriterReport {
  const [self] = selves
  const own = selves.size === 1 && self !== undefined && self !== named
  return { cluster, member: own ? self : named, basis: own ? 'its own lines' : basis, count }
}

/** A writer as texts name it. */
export function nameOf({ cluster, member }: Pick<WriterReport, 'cluster' | 'member'>): string {
  if (cluster === null && member === null) return 'nobody known'
  return `${cluster ?? '(no cluster)'}/${member ?? '(no member)'}`
}
