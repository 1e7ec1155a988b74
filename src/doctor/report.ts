import { mask } from '../report/mask.ts'
import type { Input } from './needs.ts'

/** How often something came, and what it looks like. */
export interface Counted {
  readonly name: string
  readonly count: number
  /** Heads of one or a few. */
  readonly samples: readonly string[]
}

/** Whose the lines or readings of a topic are. */
export interface IdentityReport {
  /** Lines with a time of their own, or readings. */
  readonly total: number
  readonly withCluster: number
  readonly withMember: number
  /** Writers that were found, the busiest first; null where a name is not known. */
  readonly writers: readonly WriterReport[]
}

export interface WriterReport {
  readonly cluster: string | null
  readonly member: string | null
  /** How that is known: `metadata`, `header`, `host`, … */
  readonly basis: string
  readonly count: number
}

/** What the newest records of one topic look like, or the newest lines of a file. */
export interface TopicReport {
  /** Its name; of a file its path. */
  readonly topic: string
  readonly file: boolean
  readonly kind: 'logs' | 'metrics'
  readonly partitions: number
  /** Records that the topic holds, and how many of them were looked at. */
  readonly held: number
  readonly read: number
  /** None of a file, which nobody shipped. */
  readonly shippers: readonly Counted[]
  readonly identity: IdentityReport
  /** Lines by what became of them: `event`, `noise`, `continuation`, … */
  readonly understood: Readonly<Record<string, number>>
  /** By program. */
  readonly unrecognised: readonly Counted[]
  /** By reason. */
  readonly rejected: readonly Counted[]
  /** What is wrong or doubtful, each with the setting that mends it. */
  readonly findings: readonly string[]
  /** Inputs that came, by cluster (`''`: nobody's) and member. */
  readonly seen: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<Input>>>
}

/** Counts things by name and keeps a few samples of each, their secrets hidden. */
export class Counter {
  readonly #all = new Map<string, { count: number; samples: string[] }>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  add(name: string, sample: () => string): void {
    let of = this.#all.get(name)
    if (of === undefined) {
      of = { count: 0, samples: [] }
      this.#all.set(name, of)
    }
    of.count++
    if (of.samples.length < this.#most) of.samples.push(mask(sample()))
  }

  /** The most frequent first. */
  all(): readonly Counted[] {
    return [...this.#all].map(([name, of]) => ({ name, ...of })).sort((a, b) => b.count - a.count)
  }
}
