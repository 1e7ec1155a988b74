import type { Seen } from '../model/facet.ts'
import type { FacetName } from '../model/facet-names.ts'
import type { Evidence, Source } from '../model/source.ts'
import { type Claim, type Cluster, type Member, MOST_TIMES, type Said } from '../model/state.ts'
import { type Echo, STAMP_FLOATS, writeStamp } from './echoes.ts'
import { complete, type Observation, type Origin, takeOver, type Words } from './observation.ts'

/** Makes strings of bytes; names are interned, so that a name seen before costs no allocation. */
export interface Texts {
  name(bytes: Uint8Array, from: number, to: number): string
  text(bytes: Uint8Array, from: number, to: number): string
}

/** Longer holes are texts, not names. */
const LONGEST_NAME = 80

/** The cursor that facets see; one object, moved from line to line. */
export class SeenLine implements Seen {
  time = 0
  type = ''
  program = ''
  member!: Member
  cluster!: Cluster
  private observation!: Observation
  private readonly texts: Texts

  constructor(texts: Texts) {
    this.texts = texts
  }

  move(observation: Observation, member: Member): void {
    complete(observation)
    this.observation = observation
    this.time = observation.time
    this.type = observation.entry?.type ?? ''
    this.program = observation.program
    this.member = member
    this.cluster = observation.cluster
  }

  param(name: string): string | null {
    const entry = this.observation.entry
    if (entry === null) return null
    if (name === 'paused') return this.observation.paused ? 'yes' : null
    const hole = entry.holes.indexOf(name)
    if (hole < 0) return entry.params?.[name] ?? null
    return this.hole(hole)
  }

  /** Text of the n-th hole; `None` is Python's way to say nobody. */
  hole(index: number): string | null {
    const { bytes, holes } = this.observation
    const from = holes[2 * index] as number
    const to = holes[2 * index + 1] as number
    const value = to - from <= LONGEST_NAME ? this.texts.name(bytes, from, to) : this.texts.text(bytes, from, to)
    return value === 'None' ? null : value
  }

  params(): Record<string, string | null> {
    const entry = this.observation.entry
    const all: Record<string, string | null> = { ...entry?.params }
    entry?.holes.forEach((name, index) => {
      all[name] = this.hole(index)
    })
    if (this.observation.paused) all.paused = 'yes'
    return all
  }

  text(): string {
    const { bytes, from, to } = this.observation
    return this.texts.text(bytes, from, to)
  }

  evidence(): Evidence {
    const { origin, line, index } = this.observation
    return { source: origin.at(line, index), time: this.time, text: this.text() }
  }
}

const NOTHING = new Uint8Array(0)
const NO_HOLES = new Int32Array(0)

/** A `SaidLine` as plain data. */
export interface SaidState {
  readonly at: number
  readonly watched: boolean
  readonly count: number
  readonly previous: number
  readonly times: readonly number[]
  readonly params: Readonly<Record<string, string | null>>
  /** The line stands at `from` to `to` in these; its holes may lie outside of it. */
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
  readonly holes: readonly number[]
  readonly source: Source
  /** Key of the entry it matched. */
  readonly entry: string | null
  readonly paused: boolean
  readonly claims: readonly FacetName[]
  readonly changes: number
}

/** What a member said of one type last. Keeps the bytes of the line, not its string. */
export class SaidLine implements Said {
  at = Number.NEGATIVE_INFINITY
  watched = false
  count = 0
  previous = Number.NEGATIVE_INFINITY
  readonly times: number[] = []
  params: Readonly<Record<string, string | null>> = {}
  bytes: Uint8Array = NOTHING
  from = 0
  to = 0
  entryId = -1
  paused = false
  /** Bounds of the holes of a line that is repeated; of others none. */
  holes = NO_HOLES
  /** What this line, as a heartbeat, confirmed, and the cluster's count of changes then (see beats.ts). */
  claims: readonly Claim[] = []
  changes = -1
  /** Of the latest line, if it is one that is repeated; `sparse` while only its stamp is in `bytes`. */
  words: Words | null = null
  private sparse = false
  /** Stamp of the latest line when that was an echo: `bytes` have it when somebody asks. */
  private readonly stamp = new Float64Array(STAMP_FLOATS)
  private stamped = false
  private origin!: Origin
  private line = 0
  private index = 0
  private readonly texts: Texts

  constructor(texts: Texts) {
    this.texts = texts
  }

  /** Notes another occurrence. */
  note(observation: Observation): void {
    this.times.push(observation.time)
    if (this.times.length > MOST_TIMES) this.times.shift()
    this.repeat(observation)
  }

  /** Notes an occurrence that repeats the one before, of a type whose times nobody asks for. */
  repeat(observation: Observation): void {
    this.previous = this.at
    this.at = observation.time
    this.count++
    this.bytes = takeOver(observation, this.bytes)
    this.stamped = false
    this.from = observation.from
    this.to = observation.to
    // Only words that were just said are taken sparse: their holes are where they were.
    if (!observation.sparse)
      for (let at = 0; at < this.holes.length; at++) this.holes[at] = observation.holes[at] as number
    this.origin = observation.origin
    this.line = observation.line
    this.index = observation.index
    this.words = observation.words
    this.sparse = observation.sparse
  }

  /** As `repeat`, for an echo of the words that were said last. */
  echo({ time, origin, line, index, stamps, stampAt }: Echo): void {
    this.previous = this.at
    this.at = time
    this.count++
    for (let at = 0; at < STAMP_FLOATS; at++) this.stamp[at] = stamps[stampAt + at] as number
    this.stamped = true
    this.origin = origin
    this.line = line
    this.index = index
  }

  /** Brings in what of a repeated line was left out. */
  private complete(): void {
    if (this.stamped) writeStamp(this.stamp, 0, this.bytes)
    this.stamped = false
    if (!this.sparse || this.words === null) return
    this.sparse = false
    this.bytes.set(this.words.text.subarray(this.words.stamp), this.words.stamp)
  }

  /** Whether a line of the same entry fills its holes with the same bytes. */
  saysTheSame(observation: Observation): boolean {
    const { holes } = this
    if (this.words !== null && this.words === observation.words) return true
    this.complete()
    complete(observation)
    for (let at = 0; at < holes.length; at += 2) {
      const length = (holes[at + 1] as number) - (holes[at] as number)
      const from = observation.holes[at] as number
      if ((observation.holes[at + 1] as number) - from !== length) return false
      if (!sameBytes(this.bytes, holes[at] as number, observation.bytes, from, length)) return false
    }
    return true
  }

  state(facetOf: (claim: Claim) => FacetName, keyOf: (entryId: number) => string | null): SaidState {
    this.complete()
    const { at, watched, count, previous, times, params, from, to, paused, changes } = this
    const holes = [...this.holes]
    return {
      at,
      watched,
      count,
      previous,
      times,
      params,
      bytes: this.bytes.slice(0, Math.max(to, ...holes)),
      from,
      to,
      holes,
      source: this.origin.at(this.line, this.index),
      entry: keyOf(this.entryId),
      paused,
      claims: this.claims.map(facetOf),
      changes,
    }
  }

  static restored(
    state: SaidState,
    texts: Texts,
    claimOf: (facet: FacetName) => Claim,
    idOf: (key: string | null) => number,
  ): SaidLine {
    const { holes, source, entry, claims, times, ...fields } = state
    const said = new SaidLine(texts)
    Object.assign(said, fields)
    said.times.push(...times)
    said.holes = Int32Array.from(holes)
    said.entryId = idOf(entry)
    said.claims = claims.map(claimOf)
    said.origin = { at: () => source }
    return said
  }

  evidence(): Evidence {
    this.complete()
    return {
      source: this.origin.at(this.line, this.index),
      time: this.at,
      text: this.texts.text(this.bytes, this.from, this.to),
    }
  }
}

function sameBytes(a: Uint8Array, at: number, b: Uint8Array, from: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (a[at + index] !== b[from + index]) return false
  return true
}
