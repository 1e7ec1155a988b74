import { type Alert, GRAVITY } from '../model/effect.ts'
import { sameTopic } from '../model/epoch.ts'
import { behindSince, lags, type Origin, OWN, waitsFor } from './behind.ts'
import { add, changed, closeIfOver, current, incidentAbove, join } from './incident.ts'
import { muteOf } from './mute.ts'
import {
  type AlertState,
  decide,
  type Fact,
  type FactKind,
  type Incident,
  type Mute,
  type NotifyState,
  touch,
} from './state.ts'
import { renew, tell } from './talk.ts'

/** Takes one alert record; one that was taken before is ignored. */
export function take(state: NotifyState, alert: Alert, seq: number, now: number, origin: Origin = OWN): void {
  const { epoch, part, lag } = origin
  const known = state.alerts.get(alert.fingerprint)
  if (known !== undefined && isTaken(known, epoch, seq)) return
  if (lag > state.settings.staleAfter) lags(state, part, lag, now)
  const before = known?.active === true ? known.alert : null
  if (known !== undefined && forgottenSince(known, alert)) {
    decide(state, known, now, 'ignored: decided before it was forgotten')
    return
  }
  const entry = known ?? newEntry(alert)
  state.alerts.set(alert.fingerprint, entry)
  touch(state, 'alert', alert.fingerprint)
  entry.seq = seq
  entry.epoch = epoch
  entry.part = part
  if (alert.status === 'resolved') end(state, entry, alert, now)
  else fired(state, entry, alert, before, now)
  if (behindSince(state, part) !== undefined) decide(state, entry, now, `waits: ${waitsFor(state, part)} is far behind`)
}

/** Whether this record, or one after it, was taken. Those of a topic that was made anew come after all of the one before. */
function isTaken(known: AlertState, epoch: number, seq: number): boolean {
  if (epoch === known.epoch) return seq <= known.seq
  return sameTopic(epoch, known.epoch) && epoch < known.epoch
}

/** Ends an alert by its last record; what it mutes is looked at again. */
export function end(state: NotifyState, entry: AlertState, alert: Alert, now: number): void {
  entry.alert = alert
  entry.takenAt = now
  resolved(state, entry, now)
  for (const other of mutedBy(state, alert.fingerprint)) reconsider(state, other, now)
}

/** Whether it was decided before its alert was forgotten here: who decides hears of that a little later. */
function forgottenSince({ active, alert: { endReason, time } }: AlertState, alert: Alert): boolean {
  return !active && endReason === 'forgotten' && alert.status === 'firing' && alert.time <= time
}

function newEntry(alert: Alert): AlertState {
  return {
    seq: Number.NEGATIVE_INFINITY,
    epoch: 0,
    part: OWN.part,
    alert,
    firing: alert,
    active: false,
    takenAt: 0,
    incident: null,
    mute: null,
    toldAs: null,
    decisions: [],
  }
}

const once = (alert: Alert): boolean => alert.status === 'firing' && alert.endsAt !== null

function fired(state: NotifyState, entry: AlertState, alert: Alert, before: Alert | null, now: number): void {
  entry.alert = alert
  entry.takenAt = now
  entry.firing = alert
  entry.active = !once(alert)
  if (before === null || outlived(state, entry)) entry.incident = null
  entry.mute = muteOf(state, entry, now)
  const incident = incidentOf(state, entry)
  if (incident === undefined || before === null) begins(state, entry, now)
  else goesOn(state, entry, incident, before, now)
}

/** Whether the incident that it was shown in as information is over, now that it is more than that. */
function outlived(state: NotifyState, entry: AlertState): boolean {
  return entry.alert.severity !== 'info' && incidentOf(state, entry)?.closedAt !== null
}

function incidentOf(state: NotifyState, { incident }: AlertState): Incident | undefined {
  return incident === null ? undefined : state.incidents.get(incident)
}

/** An alert that no incident has yet: it joins or opens one, or the reason why not is kept. */
function begins(state: NotifyState, entry: AlertState, now: number): void {
  const { alert, mute } = entry
  if (mute !== null) {
    decide(state, entry, now, `not sent: ${mute.text}`)
    renew(state, incidentAbove(state, entry), now)
    noteAside(state, entry, now)
    return
  }
  const incident = join(state, entry, now)
  const over = closeIfOver(state, incident, alert.time)
  const kind = once(alert) ? 'event' : 'fired'
  tell(state, entry, incident, fact(kind, entry, incident, alert.severity === 'critical', over), now)
}

/** Information is shown in an incident that is going on anyway; it neither opens nor prolongs one. */
function noteAside(state: NotifyState, entry: AlertState, now: number): void {
  const going = current(state, entry.alert.cluster)
  if (entry.mute?.kind !== 'info' || going === undefined) return
  add(state, going, entry)
  tell(state, entry, going, fact(once(entry.alert) ? 'event' : 'fired', entry, going, false, false), now)
}

function goesOn(state: NotifyState, entry: AlertState, incident: Incident, before: Alert, now: number): void {
  const { alert, mute } = entry
  changed(state, incident, alert)
  const step = GRAVITY[alert.severity] - GRAVITY[before.severity]
  const kind = step > 0 ? 'graver' : step < 0 ? 'milder' : 'changed'
  const over = closeIfOver(state, incident, alert.time)
  if (mute !== null && mute.kind !== 'info' && !over) {
    decide(state, entry, now, `${kind}, not sent: ${mute.text}`)
    return
  }
  tell(state, entry, incident, fact(kind, entry, incident, step > 0 && alert.severity === 'critical', over), now)
}

function resolved(state: NotifyState, entry: AlertState, now: number): void {
  const { alert, mute } = entry
  const wasActive = entry.active
  entry.active = false
  entry.mute = null
  const incident = incidentOf(state, entry)
  if (!wasActive && incident !== undefined) return
  if (incident === undefined) {
    decide(state, entry, now, mute === null ? 'ended, was not told' : `ended, never sent: ${mute.text}`)
    return
  }
  changed(state, incident, alert)
  const over = closeIfOver(state, incident, alert.time)
  tell(state, entry, incident, fact('resolved', entry, incident, false, over), now)
}

/** What is told of an alert. `loud`: to be posted to the channel again; `last`: nothing of its incident fires any more. */
export function fact(kind: FactKind, entry: AlertState, incident: Incident, loud: boolean, last: boolean): Fact {
  const { fingerprint, rule, subject, time, severity, summary } = entry.alert
  const of = `${rule} of ${subject}`
  return { kind, incident: incident.id, fingerprint, of, time, severity, text: summary, loud, last }
}

function mutedBy(state: NotifyState, cause: string): readonly AlertState[] {
  return [...state.alerts.values()].filter(
    ({ active, mute, alert }) => active && mute?.kind === 'inhibited' && alert.inhibitedBy === cause,
  )
}

/** Looks again at why an active alert is or is not sent: silences come and go, causes end. */
export function reconsider(state: NotifyState, entry: AlertState, now: number): void {
  const before = entry.mute
  const mute = muteOf(state, entry, now)
  entry.mute = mute
  if (mute?.text !== before?.text || mute?.until !== before?.until) touch(state, 'alert', entry.alert.fingerprint)
  if (mute !== null && mute.text !== before?.text) decide(state, entry, now, `not sent: ${mute.text}`)
  if (mute === null && before !== null) unmuted(state, entry, before, now)
  else if (mute !== null && before === null) muted(state, entry, mute, now)
}

function unmuted(state: NotifyState, entry: AlertState, { kind, text: why }: Mute, now: number): void {
  decide(state, entry, now, `no longer muted (${why})`)
  const incident = incidentOf(state, entry)
  const { alert, toldAs } = entry
  if (incident === undefined) begins(state, entry, now)
  else if (kind !== 'inhibited' || toldAs === null) again(state, entry, incident, now)
  else if (GRAVITY[alert.severity] > GRAVITY[toldAs])
    tell(state, entry, incident, fact('graver', entry, incident, alert.severity === 'critical', false), now)
}

/** What was told before it was silenced, and still fires. */
function again(state: NotifyState, entry: AlertState, incident: Incident, now: number): void {
  const loud = entry.alert.severity === 'critical'
  tell(state, entry, incident, { ...fact('unsilenced', entry, incident, loud, false), time: now }, now)
}

/** What was told is said to be silenced; a consequence whose cause came late is shown under it and no more. */
function muted(state: NotifyState, entry: AlertState, { kind, text }: Mute, now: number): void {
  const incident = incidentOf(state, entry)
  if (incident === undefined) return
  if (kind === 'inhibited') {
    renew(state, incident.id, now)
    return
  }
  tell(state, entry, incident, { ...fact('silenced', entry, incident, false, false), text }, now)
  entry.toldAs = null
}
