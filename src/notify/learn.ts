import type { Transition } from '../model/effect.ts'
import { decide, type MemberFacets, type NotifyState, touch } from './state.ts'
import { end } from './take.ts'

/** Facets that the table of members shows. */
const SHOWN = new Set(['role', 'replication', 'postgres'])

/** Keeps the latest value of a member's facets. */
export function learn(state: NotifyState, { cluster, member, facet, to, time }: Transition): void {
  if (!SHOWN.has(facet)) return
  // Without a prototype: a member may be called __proto__.
  const members: MemberFacets = Object.assign(Object.create(null), state.members.get(cluster))
  const facets = members[member] ?? {}
  if ((facets[facet]?.since ?? Number.NEGATIVE_INFINITY) > time) return
  facets[facet] = { value: to, since: time }
  members[member] = facets
  state.members.set(cluster, members)
  touch(state, 'members', cluster)
}

/** Whose alerts ended, and how many. `member` is null when it was all of the cluster. */
export interface Forgotten {
  readonly cluster: string
  readonly member: string | null
  readonly forgotten: number
}

const FORGOTTEN = 'forgotten on request'

/** Ends the active alerts of a cluster, or of one of its members, as forgotten. `name`: its full name, with the member's behind. */
export function forget(state: NotifyState, name: string, now: number): Forgotten {
  const { cluster, member } = ownerOf(state, name)
  const entries = [...state.alerts.values()].filter(
    ({ active, alert }) => active && alert.cluster === cluster && (member === null || alert.member === member),
  )
  for (const entry of entries) {
    decide(state, entry, now, FORGOTTEN)
    const words = { endReason: 'forgotten', summary: FORGOTTEN }
    end(state, entry, { ...entry.alert, status: 'resolved', time: now, endsAt: now, ...words }, now)
  }
  const members = state.members.get(cluster)
  if (member === null) state.members.delete(cluster)
  else if (members !== undefined) delete members[member]
  touch(state, 'members', cluster)
  return { cluster, member, forgotten: entries.length }
}

/** Names of clusters have slashes too: what is known decides whether the last part is a member. */
function ownerOf(state: NotifyState, name: string): { cluster: string; member: string | null } {
  const clusters = new Set([...state.members.keys(), ...[...state.alerts.values()].map(({ alert }) => alert.cluster)])
  const slash = name.lastIndexOf('/')
  const before = name.slice(0, Math.max(0, slash))
  const ofMember = !clusters.has(name) && clusters.has(before)
  return ofMember ? { cluster: before, member: name.slice(slash + 1) } : { cluster: name, member: null }
}
