import type { Alert } from '../model/effect.ts'
import { type AlertState, decide, type Incident, type NotifyState, touch } from './state.ts'

/** A new critical that comes after so long without change, ms, is not told at the end of an old conversation. */
const QUIET = 3_600_000
/** An incident that ended so short ago, ms, goes on when its cluster fires again. */
const REOPEN = 5 * 60_000

/** The incident that a paging alert belongs to: the newest that takes it, else a new one. */
export function join(state: NotifyState, entry: AlertState, now: number): Incident {
  const incident = newest(state, entry.alert.cluster, (each) => takes(each, entry)) ?? open(state, entry)
  if (incident.closedAt !== null) decide(state, entry, now, `the incident ${incident.id} goes on`)
  incident.closedAt = null
  add(state, incident, entry)
  return incident
}

/** The incident of a cluster that is going on; of several the one that began last. */
export function current(state: NotifyState, cluster: string): Incident | undefined {
  return newest(state, cluster, ({ closedAt }) => closedAt === null)
}

function newest({ incidents }: NotifyState, cluster: string, fits: (each: Incident) => boolean): Incident | undefined {
  let last: Incident | undefined
  for (const each of incidents.values())
    if (each.cluster === cluster && fits(each) && (last === undefined || each.openedAt >= last.openedAt)) last = each
  return last
}

function takes(incident: Incident, { alert }: AlertState): boolean {
  if (incident.closedAt !== null) return alert.time - incident.closedAt <= REOPEN
  return alert.severity !== 'critical' || alert.time - incident.changedAt <= QUIET
}

function open(state: NotifyState, { alert }: AlertState): Incident {
  const base = `${alert.cluster}@${new Date(alert.time).toISOString()}`
  const id = state.incidents.has(base) ? `${base}-${alert.fingerprint}` : base
  const incident: Incident = {
    id,
    cluster: alert.cluster,
    openedAt: alert.time,
    changedAt: alert.time,
    closedAt: null,
    alerts: [],
  }
  state.incidents.set(id, incident)
  return incident
}

/** Puts an alert among those of an incident. */
export function add(state: NotifyState, incident: Incident, entry: AlertState): void {
  if (!incident.alerts.includes(entry.alert.fingerprint)) incident.alerts.push(entry.alert.fingerprint)
  entry.incident = incident.id
  touch(state, 'incident', incident.id)
  changed(state, incident, entry.alert)
}

/** Notes a change of an incident. Information does not keep it young. */
export function changed(state: NotifyState, incident: Incident, { severity, time }: Alert): void {
  if (severity === 'info') return
  incident.changedAt = Math.max(incident.changedAt, time)
  touch(state, 'incident', incident.id)
}

/** Ends the incident when none of its paging alerts is active any more. Says whether it has ended now. */
export function closeIfOver(state: NotifyState, incident: Incident, time: number): boolean {
  if (incident.closedAt !== null || alertsOf(state, incident).some(pages)) return false
  incident.closedAt = time
  touch(state, 'incident', incident.id)
  return true
}

const pages = ({ active, alert }: AlertState): boolean => active && alert.severity !== 'info'

/** Its alerts in the order in which they came; those that have gone over to another incident are left out. */
export function alertsOf(state: NotifyState, incident: Incident): readonly AlertState[] {
  return incident.alerts.flatMap((fingerprint) => {
    const entry = state.alerts.get(fingerprint)
    return entry !== undefined && entry.incident === incident.id ? [entry] : []
  })
}

/** Alerts muted by a cause of the incident, directly or through others; also those that have ended since. */
export function consequencesOf(state: NotifyState, incident: Incident): readonly AlertState[] {
  return [...state.alerts.values()].filter(
    (entry) =>
      entry.incident === null && entry.firing.time >= incident.openedAt && incidentAbove(state, entry) === incident.id,
  )
}

/** The incident of the cause of an alert that is no part of one itself; null when there is none. */
export function incidentAbove(state: NotifyState, entry: AlertState): string | null {
  let at: AlertState | undefined = entry
  for (let steps = 0; at !== undefined && at.incident === null && steps < 8; steps++)
    at = at.firing.inhibitedBy === null ? undefined : state.alerts.get(at.firing.inhibitedBy)
  return at?.incident ?? null
}
