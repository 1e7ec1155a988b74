import type { Alert, Severity } from '../model/effect.ts'
import type { NotifySettings, Silence } from '../model/receiver.ts'
import type { StoreChange } from '../model/sending.ts'

/**
 * All that notifications know, as plain records: what is decided and what was told to whom. Changed in place; what changed
 * is noted in `touched`, by the key it is stored under. Times are epoch ms; `now` is the wall clock of the caller.
 */
export interface NotifyState {
  readonly settings: NotifySettings
  readonly alerts: Map<string, AlertState>
  readonly incidents: Map<string, Incident>
  readonly talks: Map<string, Talk>
  /** Silences made at run time; those of the configuration stand in the settings. */
  readonly silences: Map<string, Silence>
  readonly members: Map<string, MemberFacets>
  readonly dead: Map<string, DeadLetter>
  readonly touched: Set<string>
  /** The conversation that tells of an incident, by receiver and incident. Not stored: follows from the talks. */
  readonly homes: Map<string, string>
  /** When an Alertmanager is to be given the state before its turn, by receiver. Not stored. */
  readonly pushes: Map<string, number>
  /** Parts of the input that are far behind, and since when: what they say is held back. Not stored: said anew. */
  readonly behind: Map<string, number>
  /** Parts of the input that nobody decides about any more, and since when. Not stored: found out anew. */
  readonly unattended: Map<string, number>
}

export interface Decision {
  readonly time: number
  readonly text: string
}

/** A time that never comes, and is still a number in JSON. */
export const FOREVER = 8_640_000_000_000_000

/** Why an alert is not sent. */
export interface Mute {
  readonly kind: 'info' | 'inhibited' | 'silence' | 'window'
  readonly text: string
  /** Looked at again then; FOREVER when only a new record changes it. */
  readonly until: number
}

export interface AlertState {
  seq: number
  epoch: number
  /** Part of the input that it comes from. */
  part: string
  /** The newest record. */
  alert: Alert
  /** The newest firing record: what was claimed and measured. */
  firing: Alert
  active: boolean
  /** When the newest record was taken. */
  takenAt: number
  incident: string | null
  mute: Mute | null
  /** As how severe it was last told; null when it was not, or as silenced. */
  toldAs: Severity | null
  decisions: Decision[]
}

/** The alerts of one cluster that overlap. `changedAt` and `closedAt` are event times. */
export interface Incident {
  readonly id: string
  readonly cluster: string
  readonly openedAt: number
  changedAt: number
  closedAt: number | null
  readonly alerts: string[]
}

export type FactKind =
  | 'fired'
  | 'graver'
  | 'milder'
  | 'changed'
  | 'resolved'
  | 'event'
  | 'reminder'
  | 'silenced'
  | 'unsilenced'

/** One thing to tell. `time` is event time. */
export interface Fact {
  readonly kind: FactKind
  readonly incident: string
  readonly fingerprint: string | null
  /** What it is about: `rule of subject`; empty when it is the incident. */
  readonly of: string
  readonly time: number
  readonly severity: Severity
  readonly text: string
  /** Shown in the channel, not only in the thread. */
  readonly loud: boolean
  /** Nothing fires any more after it. */
  readonly last: boolean
}

/** What is being sent for a talk: stored before it is sent. */
export interface Operation {
  readonly kind: 'open' | 'update' | 'reply'
  readonly dedup: string
  /** How many of the pending facts it tells. */
  readonly facts: number
  readonly version: number
  /** First attempt. */
  readonly at: number
  /** It may have arrived: looked up, not before `next`, before it is sent again. */
  unknown: boolean
  next: number
}

/** A conversation: what one receiver is told of one incident, or of many (a storm, a digest). */
export interface Talk {
  readonly key: string
  readonly receiver: string
  readonly kind: 'incident' | 'storm' | 'digest'
  readonly incidents: string[]
  readonly openedAt: number
  /** Not told yet, oldest first. */
  facts: Fact[]
  /** Told, the latest of them. */
  told: Fact[]
  /** When the facts are to be told. */
  dueAt: number
  posted: boolean
  ref: string | null
  version: number
  shown: number
  count: number
  op: Operation | null
  repeatAt: number
  /** Tells of what began long before. */
  readonly late: boolean
}

export interface DeadLetter {
  readonly receiver: string
  readonly time: number
  readonly why: string
  readonly talk: string
  readonly facts: readonly Fact[]
}

/** Latest value of the facets of a cluster's members, and since when. */
export type MemberFacets = Record<string, Record<string, { value: string; since: number }>>

function emptyState(settings: NotifySettings): NotifyState {
  return {
    settings,
    alerts: new Map(),
    incidents: new Map(),
    talks: new Map(),
    silences: new Map(),
    members: new Map(),
    dead: new Map(),
    touched: new Set(),
    homes: new Map(),
    pushes: new Map(),
    behind: new Map(),
    unattended: new Map(),
  }
}

/** The shelves of the state by the first word of their keys in the store. */
function shelves(state: NotifyState): Readonly<Record<Shelf, Map<string, object>>> {
  return {
    alert: state.alerts as Map<string, object>,
    incident: state.incidents as Map<string, object>,
    talk: state.talks as Map<string, object>,
    silence: state.silences as Map<string, object>,
    members: state.members as Map<string, object>,
    dead: state.dead as Map<string, object>,
  }
}

export type Shelf = 'alert' | 'incident' | 'talk' | 'silence' | 'members' | 'dead'

/** The shelf of a key of the store, and the key there. */
function placeOf(state: NotifyState, key: string): [Map<string, object> | undefined, string] {
  const cut = key.indexOf('/')
  const by: Readonly<Record<string, Map<string, object>>> = shelves(state)
  return [by[key.slice(0, cut)], key.slice(cut + 1)]
}

/** Notes that the entry has changed, was made, or was removed. */
export function touch(state: NotifyState, shelf: Shelf, key: string): void {
  state.touched.add(`${shelf}/${key}`)
}

/** Forgets an entry. */
export function remove(state: NotifyState, shelf: Shelf, key: string): void {
  shelves(state)[shelf].delete(key)
  touch(state, shelf, key)
}

/** What has changed since the last call. Alerts come last: who stored that they were taken stored what is to be told of them. */
export function changes(state: NotifyState): StoreChange[] {
  const { alert = [], other = [] } = Object.groupBy(state.touched, (key) =>
    key.startsWith('alert/') ? 'alert' : 'other',
  )
  const list = [...other, ...alert].map((key) => {
    const [shelf, name] = placeOf(state, key)
    return { key, value: shelf?.get(name) ?? null }
  })
  state.touched.clear()
  return list
}

/** The state as it was stored. What was on its way when the process ended may have arrived. */
export function restored(settings: NotifySettings, stored: ReadonlyMap<string, object>): NotifyState {
  const state = emptyState(settings)
  for (const [key, value] of stored) {
    const [shelf, name] = placeOf(state, key)
    shelf?.set(name, value)
  }
  for (const talk of state.talks.values()) {
    if (talk.op !== null) Object.assign(talk.op, { unknown: true, next: talk.op.at + settings.pace.lookUpAfter })
    for (const incident of talk.incidents) state.homes.set(homeKey(talk.receiver, incident), talk.key)
  }
  return state
}

/** Key of the conversation of an incident at a receiver. */
export function homeKey(receiver: string, incident: string): string {
  return `${receiver}|${incident}`
}

const MOST_DECISIONS = 30

/** Keeps the reason, unless it only says again what was decided last. */
export function decide(state: NotifyState, entry: AlertState, time: number, text: string): void {
  if (entry.decisions.at(-1)?.text === text) return
  entry.decisions.push({ time, text })
  if (entry.decisions.length > MOST_DECISIONS) entry.decisions.shift()
  touch(state, 'alert', entry.alert.fingerprint)
}
