import type { Alert } from '../model/effect.ts'
import { LONGEST_INHIBITION } from '../model/rule.ts'
import { consequenceText } from '../report/alert-words.ts'
import { silenceOf, windowOf } from './match.ts'
import { type AlertState, FOREVER, type Mute, type NotifyState } from './state.ts'

/** A consequence may outlive its cause by this before it is sent: both mostly end together. */
const GRACE = 20_000

/** Why the alert is not to be sent now, or null. */
export function muteOf(state: NotifyState, entry: AlertState, now: number): Mute | null {
  const { alert } = entry
  const silence = silenceOf([...state.settings.silences, ...state.silences.values()], alert, now)
  if (silence !== undefined)
    return { kind: 'silence', text: `silenced by ${silence.id}: ${silence.comment}`, until: silence.endsAt }
  const window = windowOf(state.settings.windows, alert, now)
  if (window !== undefined) return { kind: 'window', text: `planned work: ${window.name}`, until: window.endsAt }
  if (alert.severity === 'info') return { kind: 'info', text: 'information opens no incident', until: FOREVER }
  return inhibition(state, entry, now)
}

function inhibition(state: NotifyState, { alert, mute, takenAt }: AlertState, now: number): Mute | null {
  if (alert.inhibitedBy === null) return null
  const latest = takenAt + LONGEST_INHIBITION
  const cause = state.alerts.get(alert.inhibitedBy)
  if (now >= latest) return null
  if (cause?.active) return { kind: 'inhibited', text: consequence(cause.alert), until: latest }
  const before = mute?.kind === 'inhibited' ? mute.until : FOREVER
  const until = Math.min(before, Math.max(takenAt, cause?.takenAt ?? takenAt) + GRACE)
  if (now >= until) return null
  return {
    kind: 'inhibited',
    text: cause === undefined ? 'its cause is not known here yet' : ended(cause.alert),
    until,
  }
}

const consequence = (cause: Alert): string => `${consequenceText(cause)}, which is firing`
const ended = (cause: Alert): string => `its cause ${cause.rule} of ${cause.subject} has just ended`
