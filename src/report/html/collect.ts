import type { Shown, Transition } from '../../model/effect.ts'
import type { Reading } from '../../model/sample.ts'
import { type Entry, entries } from '../entries.ts'
import { type Bar, type Bars, bars } from './bars.ts'
import { type Behind, behind } from './behind.ts'
import { type Bounded, bounded } from './bounded.ts'
import { LANES } from './lanes.ts'
import { type Track, track } from './track.ts'

/** An entry of the timeline with its place in the order and the id that links lead to. */
export interface Placed {
  readonly order: number
  readonly id: string
  readonly entry: Entry
}

/** What is drawn of one member. `heard`: spans of time in which lines came, epoch ms. */
export interface MemberRecord {
  readonly tracks: readonly Track[]
  readonly values: Map<string, string>
  readonly heard: Bounded<{ from: number; to: number }>
}

export interface ClusterRecord {
  readonly members: Map<string, MemberRecord>
  readonly behind: Behind
  /** Whether an alert is of it. */
  alerts: boolean
}

/** What a replay told, as far as a page shows it: bounded, however long the replay is. */
export interface Collected {
  readonly alerts: Bounded<Placed>
  readonly changes: Bounded<Placed>
  readonly others: Bounded<Placed>
  readonly bars: Bounded<Bar>
  readonly clusters: ReadonlyMap<string, ClusterRecord>
}

/** Gathers a replay for its page. What is told and readings come each in the order of the output. */
export interface Collector extends Collected {
  effect(effect: Shown): void
  /** Events of a member came from one time to another, epoch ms. */
  heard(cluster: string, member: string, span: { from: number; to: number }): void
  /** `shown`: whether its member is to be drawn; the primary's positions are needed all the same. */
  reading(cluster: string, reading: Reading, shown: boolean): void
}

const MOST_ALERTS = 2_000
const MOST_CHANGES = 4_000
const MOST_OTHERS = 2_000
const MOST_SPANS = 1_000

/** What lies before `from` (epoch ms) is known, but not told. */
export function collector(from: number): Collector {
  const entriesOf = entries()
  const alertBars: Bars = bars()
  const clusters = new Map<string, ClusterRecord>()
  const [alerts, changes] = [bounded<Placed>(MOST_ALERTS), bounded<Placed>(MOST_CHANGES)]
  const others = bounded<Placed>(MOST_OTHERS)
  let order = 0

  const clusterOf = (name: string): ClusterRecord => getOr(clusters, name, newCluster)
  const memberOf = (cluster: string, name: string): MemberRecord => getOr(clusterOf(cluster).members, name, newMember)

  function take(entry: Entry, shown: boolean): void {
    order++
    const id = entry.kind === 'alert' ? alertBars.take(entry.effect) : `entry-${order}`
    if (shown) rowOf(entry).add({ order, id, entry })
  }

  function rowOf({ kind }: Entry): Bounded<Placed> {
    return kind === 'alert' ? alerts : kind === 'change' ? changes : others
  }

  return {
    alerts,
    changes,
    others,
    bars: alertBars.bars,
    clusters,
    effect(effect) {
      const added = entriesOf(effect)
      for (const entry of added) take(entry, effect.time >= from)
      if (effect.kind === 'transition')
        changeOf(memberOf(effect.cluster, effect.member), effect, added.length === 0 ? null : `entry-${order}`)
      if (effect.kind === 'alert') clusterOf(effect.cluster).alerts = true
    },
    heard: (cluster, member, span) => memberOf(cluster, member).heard.add(span),
    reading: (cluster, reading, shown) => clusterOf(cluster).behind.take(reading, shown && reading.time >= from),
  }
}

function newCluster(): ClusterRecord {
  return { members: new Map(), behind: behind(), alerts: false }
}

function newMember(): MemberRecord {
  return { tracks: LANES.map(track), values: new Map(), heard: bounded(MOST_SPANS) }
}

function changeOf(member: MemberRecord, { facet, to, since, time }: Transition, id: string | null): void {
  member.values.set(facet, to)
  for (const [at, lane] of LANES.entries())
    if (lane.facets.includes(facet)) member.tracks[at]?.change(lane.look(member.values), since, time, id)
}

function getOr<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
