import { alertsOf } from './incident.ts'
import { type AlertState, decide, type Incident, type NotifyState, type Talk } from './state.ts'
import { goesOn, renew } from './talk.ts'

/** What alerts come from is a part of the input: one that is far behind is decided late, and what it says may be over. */
export interface Origin {
  readonly epoch: number
  readonly part: string
  /** How far we were behind, ms, when the record was decided and read; lateness of the shippers does not count. */
  readonly lag: number
}

/** The reading of the alerts: while it is behind, so is everything. */
export const READING = 'reading'
/** Alerts of our own, which nothing holds back. */
export const OWN: Origin = { epoch: 0, part: 'own', lag: 0 }

/** What came and went waits so long, ms, for all parts to catch up, to be told in one digest. */
const PATIENCE = 3_600_000

/** Notes how far a part is behind, ms. Says whether that changes what may be sent. */
export function lags(state: NotifyState, part: string, lag: number, now: number): boolean {
  const was = state.behind.has(part)
  const is = lag > state.settings.staleAfter
  if (is && !was) state.behind.set(part, now)
  else if (!is) state.behind.delete(part)
  const back = state.unattended.delete(part)
  if (back) for (const { incident } of firingOf(state, part)) renew(state, incident, now)
  return is !== was || back
}

/**
 * Notes that nobody has decided about a part since then: there is nothing to wait for, what still fires by the last word is
 * told, and that it may be over. Says whether that is new.
 */
export function unattended(state: NotifyState, part: string, since: number, now: number): boolean {
  if (state.unattended.has(part)) return false
  state.unattended.set(part, since)
  for (const entry of firingOf(state, part)) {
    if (state.behind.has(part))
      decide(state, entry, now, `waits no longer: nobody decides about ${part}; it may be over`)
    renew(state, entry.incident, now)
  }
  state.behind.delete(part)
  return true
}

/** Since when what is known of an incident rests on a word that nobody confirms any more; null when it does not. */
export function unconfirmedSince(state: NotifyState, incident: Incident): number | null {
  if (state.unattended.size === 0) return null
  const since = alertsOf(state, incident).flatMap((entry) => lastWordOf(state.unattended, entry) ?? [])
  return since.length === 0 ? null : Math.min(...since)
}

/** When the last word on an alert that fires was decided, when nobody decides about it any more; else null. Epoch ms. */
export function lastWordOf(unattended: NotifyState['unattended'], { active, part }: AlertState): number | null {
  return active ? (unattended.get(part) ?? null) : null
}

function firingOf(state: NotifyState, part: string): readonly AlertState[] {
  return [...state.alerts.values()].filter((entry) => entry.active && entry.part === part)
}

/** Since when what is said of a part is held back; undefined when it is not. */
export function behindSince({ behind }: NotifyState, part: string): number | undefined {
  return part === OWN.part ? undefined : (behind.get(READING) ?? behind.get(part))
}

/** What a part waits for, in words. */
export function waitsFor({ behind }: NotifyState, part: string): string {
  return behind.has(READING) ? 'the reading of the alerts' : part
}

/** How long a conversation waits for us to catch up, epoch ms: Infinity while what it tells is itself held back. */
export function heldUntil(state: NotifyState, talk: Talk): number {
  if (state.behind.size === 0) return Number.NEGATIVE_INFINITY
  const incidents = talk.incidents.flatMap((id) => state.incidents.get(id) ?? [])
  const entries = incidents.flatMap((incident) => alertsOf(state, incident))
  if (entries.some(({ part }) => behindSince(state, part) !== undefined)) return Number.POSITIVE_INFINITY
  const missed = talk.kind === 'incident' && talk.late && !talk.posted && !goesOn(state, talk)
  return missed ? talk.openedAt + PATIENCE : Number.NEGATIVE_INFINITY
}
