import { type Alert, GRAVITY, graverFirst, type Severity } from '../model/effect.ts'
import { unconfirmedSince } from './behind.ts'
import { alertsOf, consequencesOf } from './incident.ts'
import type { AlertState, Fact, Incident, NotifyState, Talk } from './state.ts'

/** An incident as it is to be shown: what fires, what has ended, what is muted under its cause. Times epoch ms. */
export interface IncidentView {
  readonly id: string
  readonly cluster: string
  /** `event`: nothing but things that happened and were over at once. `ended`: over, but not all of it by proof. */
  readonly state: 'firing' | 'resolved' | 'ended' | 'event'
  readonly severity: Severity
  readonly openedAt: number
  readonly closedAt: number | null
  /** The alert that says best what is wrong. */
  readonly lead: AlertView
  /** The alert that opened it: it names the incident for good. */
  readonly first: AlertView
  /** Still firing first, graver first, older first; the lead among them. */
  readonly alerts: readonly AlertView[]
  readonly members: readonly MemberView[]
  readonly history: readonly Fact[]
  /** How long after its begin it was noticed, ms, when that is too long; else 0. */
  readonly late: number
  /** Since when nobody confirms what fires, since nobody decides; null when somebody does. */
  readonly unconfirmed: number | null
}

export interface AlertView {
  readonly active: boolean
  /** Newest record; of one that ended, `firing` says what was claimed and measured. */
  readonly alert: Alert
  readonly firing: Alert
  /** Why it is not sent, or null. */
  readonly muted: string | null
  readonly consequences: readonly AlertView[]
}

export interface MemberView {
  readonly name: string
  /** Role and what else is known, such as `replica, receives no WAL`. */
  readonly state: string
  readonly says: string
  readonly does: string
  readonly didAt: number
}

/** Undefined when nothing is known of the incident any more. */
export function viewOf(state: NotifyState, talk: Talk, id: string): IncidentView | undefined {
  const incident = state.incidents.get(id)
  const alerts = incident === undefined ? [] : alertViews(state, incident)
  const lead = alerts.find(({ alert }) => alert.severity !== 'info') ?? alerts[0]
  if (incident === undefined || lead === undefined) return undefined
  return {
    id,
    cluster: incident.cluster,
    state: stateOf(incident, alerts),
    severity: gravest(alerts),
    openedAt: Math.min(...alerts.map(({ alert }) => alert.since), incident.openedAt),
    closedAt: incident.closedAt,
    lead,
    first: alerts.find(({ alert }) => alert.fingerprint === incident.alerts[0]) ?? lead,
    alerts,
    members: membersOf(state, incident.cluster, alerts),
    history: [...talk.told, ...talk.facts].filter((fact) => fact.incident === id),
    late: talk.late ? talk.openedAt - incident.openedAt : 0,
    unconfirmed: unconfirmedSince(state, incident),
  }
}

function alertViews(state: NotifyState, incident: Incident): readonly AlertView[] {
  const muted = consequencesOf(state, incident)
  const views = alertsOf(state, incident).map((entry) => ({
    ...viewOfAlert(entry),
    consequences: muted.filter(({ firing }) => root(state, firing) === entry.alert.fingerprint).map(viewOfAlert),
  }))
  return views.sort(byWeight)
}

function viewOfAlert({ active, alert, firing, mute }: AlertState): AlertView {
  return { active, alert, firing, muted: mute?.text ?? null, consequences: [] }
}

/** The cause that has no shown cause of its own. */
function root(state: NotifyState, alert: Alert): string | null {
  let cause = alert.inhibitedBy
  for (let steps = 0; cause !== null && steps < 8; steps++) {
    const entry = state.alerts.get(cause)
    if (entry === undefined || entry.incident !== null) return cause
    cause = entry.firing.inhibitedBy
  }
  return cause
}

function byWeight(a: AlertView, b: AlertView): number {
  return (
    Number(b.active) - Number(a.active) ||
    graverFirst(a.alert, b.alert) ||
    a.alert.startsAt - b.alert.startsAt ||
    (a.alert.fingerprint < b.alert.fingerprint ? -1 : 1)
  )
}

function stateOf({ closedAt }: Incident, alerts: readonly AlertView[]): IncidentView['state'] {
  if (closedAt === null) return 'firing'
  const paged = alerts.filter(({ firing }) => firing.severity !== 'info')
  if (paged.length === 0) return 'ended'
  if (paged.every(({ alert }) => alert.endReason === 'once')) return 'event'
  return paged.every(({ alert }) => alert.endReason === 'proof' || alert.endReason === 'once') ? 'resolved' : 'ended'
}

function gravest(alerts: readonly AlertView[]): Severity {
  const counted = alerts.some(({ active }) => active) ? alerts.filter(({ active }) => active) : alerts
  return counted.reduce<Severity>(
    (gravest, { alert }) => (GRAVITY[alert.severity] > GRAVITY[gravest] ? alert.severity : gravest),
    'info',
  )
}

/** Members that an alert quotes, with the newest thing each said and did. */
function membersOf(state: NotifyState, cluster: string, alerts: readonly AlertView[]): readonly MemberView[] {
  const rows = new Map<string, { says: string; saidAt: number; does: string; didAt: number }>()
  const row = (name: string) => {
    const known = rows.get(name) ?? {
      says: '',
      saidAt: Number.NEGATIVE_INFINITY,
      does: '',
      didAt: Number.NEGATIVE_INFINITY,
    }
    rows.set(name, known)
    return known
  }
  for (const { firing } of alerts) {
    for (const { member, time, text } of firing.claims)
      if (time > row(member).saidAt) Object.assign(row(member), { says: text, saidAt: time })
    for (const { member, time, text } of firing.measures)
      if (time > row(member).didAt) Object.assign(row(member), { does: text, didAt: time })
  }
  const facets = state.members.get(cluster) ?? {}
  for (const name of Object.keys(facets)) row(name)
  return [...rows]
    .map(([name, { says, does, didAt }]) => ({ name, state: facetWords(facets[name] ?? {}), says, does, didAt }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function facetWords(facets: Readonly<Record<string, { readonly value: string }>>): string {
  const { role, replication, postgres } = facets
  const words = [role?.value, replication?.value, postgres?.value === 'running' ? undefined : postgres?.value]
  return words.filter((word) => word !== undefined && word !== 'unknown' && word !== 'none').join(', ')
}
