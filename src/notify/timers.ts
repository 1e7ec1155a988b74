import { alertsOf } from './incident.ts'
import { routesOf } from './route.ts'
import { type AlertState, homeKey, type NotifyState, remove, type Talk, touch } from './state.ts'
import { fact, reconsider } from './take.ts'
import { goesOn, renew, tellOne } from './talk.ts'

/** Silences and planned work are looked at on this grid, ms. */
const LOOK = 60_000
/** What has ended is kept so long, ms: incidents and their talks; alerts with their decisions. */
const KEEP_TALKS = 24 * 3_600_000
const KEEP_ALERTS = 7 * 24 * 3_600_000
/** What is kept too long is looked for on this grid, ms. */
const SWEEP = 6 * 3_600_000

/** When time alone changes a decision, epoch ms; Infinity when it does not. What is to be sent is not asked here. */
export function decisionDue(state: NotifyState, now: number): number {
  const { alerts, incidents, talks, silences, dead } = state
  const keeps = [alerts, incidents, talks, silences, dead].some(({ size }) => size > 0)
  let due = keeps ? after(now, SWEEP) : Number.POSITIVE_INFINITY
  for (const entry of alerts.values()) due = Math.min(due, alertDue(state, entry, now))
  for (const talk of talks.values()) if (goesOn(state, talk)) due = Math.min(due, talk.repeatAt)
  return due
}

function alertDue({ settings, silences }: NotifyState, { active, mute }: AlertState, now: number): number {
  if (!active) return Number.POSITIVE_INFINITY
  const looks = settings.silences.length + settings.windows.length + silences.size > 0
  const next = looks ? after(now, LOOK) : Number.POSITIVE_INFINITY
  return Math.min(next, mute?.until ?? Number.POSITIVE_INFINITY)
}

/** The next point of a grid. */
function after(now: number, grid: number): number {
  return (Math.floor(now / grid) + 1) * grid
}

/** Lets time pass: mutes end or begin, what still fires is told again, what is long over is forgotten. */
export function pass(state: NotifyState, now: number): void {
  for (const entry of state.alerts.values()) if (entry.active) reconsider(state, entry, now)
  for (const talk of [...state.talks.values()])
    if (talk.repeatAt <= now && goesOn(state, talk)) remind(state, talk, now)
  prune(state, now)
}

/** Tells again what still fires and is not muted; what is muted by now may be told the next time. */
function remind(state: NotifyState, talk: Talk, now: number): void {
  talk.repeatAt = now + state.settings.repeatInterval
  touch(state, 'talk', talk.key)
  const receiver = state.settings.receivers.find(({ name }) => name === talk.receiver)
  if (receiver === undefined) return
  for (const id of talk.incidents) {
    const incident = state.incidents.get(id)
    const open =
      incident === undefined ? [] : alertsOf(state, incident).filter(({ active, mute }) => active && mute === null)
    const [first] = open
    if (incident === undefined || first === undefined) continue
    const repeat = routesOf(state.settings, first.alert).find((route) => route.receiver.name === talk.receiver)
    const text = open.length === 1 ? 'still firing' : `${open.length} alerts are still firing`
    const reminder = { ...fact('reminder', first, incident, true, false), time: now, text, fingerprint: null, of: '' }
    tellOne(state, receiver, incident, reminder, now, 0, repeat?.repeatInterval ?? state.settings.repeatInterval)
    renew(state, id, now)
  }
}

function prune(state: NotifyState, now: number): void {
  for (const [id, silence] of state.silences) if (silence.endsAt < now - KEEP_TALKS) remove(state, 'silence', id)
  for (const talk of state.talks.values())
    if (hasNothingToSay(state, talk) && overSince(state, talk) < now - KEEP_TALKS) forgetTalk(state, talk)
  for (const incident of state.incidents.values())
    if (incident.closedAt !== null && incident.closedAt < now - KEEP_ALERTS) remove(state, 'incident', incident.id)
  for (const [fingerprint, { active, takenAt }] of state.alerts)
    if (!active && takenAt < now - KEEP_ALERTS) remove(state, 'alert', fingerprint)
  for (const [id, letter] of state.dead) if (letter.time < now - KEEP_ALERTS) remove(state, 'dead', id)
}

/** All is told, or nobody of that name is left to tell. */
function hasNothingToSay({ settings }: NotifyState, { facts, op, receiver }: Talk): boolean {
  return (facts.length === 0 && op === null) || !settings.receivers.some(({ name }) => name === receiver)
}

function overSince(state: NotifyState, talk: Talk): number {
  const ends = talk.incidents.map((id) => {
    const incident = state.incidents.get(id)
    return incident === undefined ? talk.openedAt : (incident.closedAt ?? Number.POSITIVE_INFINITY)
  })
  return Math.max(talk.openedAt, ...ends)
}

function forgetTalk(state: NotifyState, talk: Talk): void {
  for (const id of talk.incidents) state.homes.delete(homeKey(talk.receiver, id))
  remove(state, 'talk', talk.key)
}
