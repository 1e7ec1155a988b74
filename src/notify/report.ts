import type { Lane } from './lane.ts'
import type { Decision, NotifyState } from './state.ts'

/** What fires, worst first. Times epoch ms. */
export function firing(state: NotifyState) {
  return [...state.alerts.values()]
    .filter(({ active }) => active)
    .map(({ alert, mute }) => ({
      fingerprint: alert.fingerprint,
      rule: alert.rule,
      cluster: alert.cluster,
      subject: alert.subject,
      severity: alert.severity as string,
      since: alert.since,
      summary: alert.summary,
      muted: mute?.text ?? null,
    }))
    .sort((a, b) => (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : a.since - b.since))
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
  const found = [...state.alerts.values()].filter(({ alert }) => alert.fingerprint.startsWith(fingerprint))
  const [entry] = found
  if (entry === undefined || found.length > 1) return undefined
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
