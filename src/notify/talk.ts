import type { Receiver } from '../model/receiver.ts'
import { type Routed, routesOf } from './route.ts'
import {
  type AlertState,
  decide,
  type Fact,
  FOREVER,
  homeKey,
  type Incident,
  type NotifyState,
  type Talk,
  touch,
} from './state.ts'

/** Mail tells small changes together: nobody wants ten mails of one incident. ms. */
const MAIL_PATIENCE = 5 * 60_000
/** A storm is told in pieces of this length, ms. */
export const STORM_PATIENCE = 15_000
const MOST_TOLD = 40

/** Lets every receiver of the alert's routes know of a fact. */
export function tell(state: NotifyState, entry: AlertState, incident: Incident, fact: Fact, now: number): void {
  const named = routesOf(state.settings, entry.alert)
  const routes = [...named, ...listening(state, entry, incident, fact, named)]
  for (const { receiver, groupWait, repeatInterval } of routes)
    if (converses(receiver)) tellOne(state, receiver, incident, fact, now, groupWait, repeatInterval)
    else state.pushes.set(receiver.name, Math.min(state.pushes.get(receiver.name) ?? FOREVER, now + groupWait))
  const names = routes.map(({ receiver }) => receiver.name)
  decide(
    state,
    entry,
    now,
    names.length === 0 ? `${fact.kind}: no route takes it` : `${fact.kind}: to be told to ${names.join(', ')}`,
  )
  entry.toldAs = fact.severity
  renew(state, incident.id, now)
}

/**
 * Whom the routes of an alert no longer name, as it is graver or milder now, and who were told of it: they are told what
 * becomes of it, and whoever was told of the incident is told of its end.
 */
function listening(
  state: NotifyState,
  { alert }: AlertState,
  incident: Incident,
  { last }: Fact,
  routes: readonly Routed[],
): Routed[] {
  const named = new Set(routes.map(({ receiver }) => receiver.name))
  const { receivers, groupWait, repeatInterval } = state.settings
  return receivers.flatMap((receiver) => {
    const talk = state.talks.get(state.homes.get(homeKey(receiver.name, incident.id)) ?? '')
    if (talk === undefined || named.has(receiver.name)) return []
    const knows = [...talk.told, ...talk.facts].some(({ fingerprint }) => fingerprint === alert.fingerprint)
    return last || knows ? [{ receiver, groupWait, repeatInterval }] : []
  })
}

/** What is shown of an incident has changed, and is not worth a message of its own. */
export function renew(state: NotifyState, incident: string | null, now: number): void {
  for (const talk of state.talks.values()) {
    if (incident === null || !talk.incidents.includes(incident)) continue
    talk.version++
    if (talk.facts.length === 0) talk.dueAt = now
    touch(state, 'talk', talk.key)
  }
}

/** Receivers where every reply is a message of its own. */
const calm = ({ type }: Receiver): boolean => type === 'email' || type === 'slack-webhook'

/** An Alertmanager is given the state of all alerts; it has no conversations. */
export const converses = ({ type }: Receiver): boolean => type !== 'alertmanager' && type !== 'heartbeat'

/** Adds a fact to what one receiver is to be told of an incident, now or when it is due. */
export function tellOne(
  state: NotifyState,
  receiver: Receiver,
  incident: Incident,
  fact: Fact,
  now: number,
  groupWait: number,
  repeatInterval: number,
): void {
  const talk = talkOf(state, receiver.name, incident, now)
  talk.dueAt = Math.min(talk.facts.length === 0 ? Number.POSITIVE_INFINITY : talk.dueAt, now + patience())
  talk.facts.push(fact)
  talk.repeatAt = now + repeatInterval
  touch(state, 'talk', talk.key)

  function patience(): number {
    if (talk.kind === 'storm' && talk.posted) return STORM_PATIENCE
    const small = talk.posted && !fact.loud && !fact.last
    return calm(receiver) && small ? Math.max(MAIL_PATIENCE, groupWait) : groupWait
  }
}

/** The conversation of a receiver that an incident is told in; begun when there is none. */
function talkOf(state: NotifyState, receiver: string, incident: Incident, now: number): Talk {
  const known = state.talks.get(state.homes.get(homeKey(receiver, incident.id)) ?? '')
  if (known !== undefined) return known
  const late = now - incident.openedAt > state.settings.staleAfter
  return begin(state, receiver, 'incident', incident.id, now, late)
}

/** The conversation of this kind about an incident, begun if there is none. */
export function begin(
  state: NotifyState,
  receiver: string,
  kind: Talk['kind'],
  incident: string,
  now: number,
  late: boolean,
): Talk {
  const key = kind === 'incident' ? `${receiver}|${incident}` : `${receiver}|${kind}|${incident}`
  const talk: Talk = {
    key,
    receiver,
    kind,
    incidents: [],
    openedAt: now,
    facts: [],
    told: [],
    dueAt: now,
    posted: false,
    ref: null,
    version: 0,
    shown: 0,
    count: 0,
    op: null,
    repeatAt: FOREVER,
    late,
  }
  state.talks.set(key, talk)
  if (kind === 'incident') house(state, talk, incident)
  return talk
}

function house(state: NotifyState, talk: Talk, incident: string): void {
  talk.incidents.push(incident)
  state.homes.set(homeKey(talk.receiver, incident), talk.key)
  touch(state, 'talk', talk.key)
}

/** Moves what was to be told in one conversation into another; the first is no more. */
export function merge(state: NotifyState, from: Talk, into: Talk): void {
  for (const incident of from.incidents) house(state, into, incident)
  into.facts.push(...from.facts)
  into.version++
  state.talks.delete(from.key)
  touch(state, 'talk', from.key)
}

/** Takes facts as told. */
export function told(talk: Talk, count: number): void {
  talk.told.push(...talk.facts.slice(0, count))
  if (talk.told.length > MOST_TOLD) talk.told = talk.told.slice(-MOST_TOLD)
  talk.facts = talk.facts.slice(count)
}

/** Whether anything of what the conversation tells still goes on. */
export function goesOn(state: NotifyState, talk: Talk): boolean {
  return talk.incidents.some((id) => state.incidents.get(id)?.closedAt === null)
}
