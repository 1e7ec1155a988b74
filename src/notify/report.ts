import { graverFirst } from '../model/effect.ts'
import type { Lane } from './lane.ts'
import type { AlertState, Decision, NotifyState } from './state.ts'

/** What fires, worst first. Times epoch ms. */
export function firing(state: NotifyState) {
  return [...state.alerts.values()]
    .filter(({ active }) => active)
    .map(({ alert, mute }) => ({
      fingerprint: alert.fingerprint,
      rule: alert.rule,
      cluster: alert.cluster,
      subject: alert.subject,
      severity: alert.severity,
      since: alert.since,
      summary: alert.summary,
      muted: mute?.text ?? null,
    }))
    .sort((a, b) => graverFirst(a, b) || a.since - b.since)
}

/** How a receiver does. `waiting` counts facts not yet told. */
export function receiverStatus(state: NotifyState, { receiver, sent, dead, trouble }: Lane) {
  let waiting = 0
  for (const talk of state.talks.values()) if (talk.receiver === receiver) waiting += talk.facts.length
  return { name: receiver, waiting, sent, dead, trouble }
}

export interface Explained {
  readonly fingerprint: string
  readonly rule: string
  readonly cluster: string
  readonly subject: string
  readonly status: string
  readonly decisions: readonly Decision[]
}

/** Why an alert was or was not sent; a fingerprint may be shortened to what no other begins with. */
export function explain(state: NotifyState, fingerprint: string): Explained | undefined {
  const entry = state.alerts.get(fingerprint) ?? onlyOne(state, fingerprint)
  if (entry === undefined) return undefined
  const { alert, active, decisions } = entry
  return {
    fingerprint: alert.fingerprint,
    rule: alert.rule,
    cluster: alert.cluster,
    subject: alert.subject,
    status: active ? 'firing' : alert.status === 'firing' ? 'event' : 'resolved',
    decisions,
  }
}

function onlyOne({ alerts }: NotifyState, beginning: string): AlertState | undefined {
  const found = [...alerts.values()].filter(({ alert }) => alert.fingerprint.startsWith(beginning))
  return found.length === 1 ? found[0] : undefined
}
