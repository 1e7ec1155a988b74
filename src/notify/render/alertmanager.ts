import type { Alert } from '../../model/effect.ts'
import type { NotifySettings } from '../../model/receiver.ts'
import { lastWordOf } from '../behind.ts'
import type { AlertState, NotifyState } from '../state.ts'
import { runbook } from './incident.ts'
import { shown } from './text.ts'

export type Labels = Readonly<Record<string, string>>

/** What of the state the payloads need beside the alerts. */
export type Setting = Pick<NotifyState, 'unattended'> & {
  readonly settings: Pick<NotifySettings, 'runbookUrl' | 'externalUrl'>
}

export interface PostedAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
}

/** Labels are the identity of an alert there: with another severity it is another one, and the former ends by itself. */
export function labelsOf(alert: Alert): Labels {
  return {
    alertname: alert.rule,
    cluster: shown(alert.cluster, 200),
    ...(alert.member === null ? {} : { member: shown(alert.member, 200) }),
    subject: shown(alert.subject, 200),
    severity: alert.severity,
  }
}

/**
 * What is shown of an alert. `not_confirmed_since` (RFC 3339) is there while nobody decides about it any more: it fires by the
 * last word and may be over; the description says so too, for templates that show no more than that.
 */
export function annotationsOf(entry: AlertState, { unattended, settings }: Setting): Labels {
  const { firing, alert, active } = entry
  const lastWord = lastWordOf(unattended, entry)
  const since = lastWord === null ? null : new Date(lastWord).toISOString()
  const halves = [
    ...firing.claims.map(({ member, text }) => `says: ${shown(member, 63)}: ${shown(text, 320)}`),
    ...firing.measures.map(({ member, text }) => `does: ${shown(member, 63)}: ${shown(text, 320)}`),
    ...(since === null ? [] : [`not confirmed since ${since}, it may be over`]),
  ]
  return {
    summary: shown(active ? firing.summary : alert.summary, 400),
    description: halves.join('\n'),
    runbook_url: runbook(alert, settings.runbookUrl),
    ...(since === null ? {} : { not_confirmed_since: since }),
  }
}

/** What happened and was over at once is given an end so long after it was taken, ms: else nobody there is told. */
export const EVENT = 5 * 60_000

/** The body of `POST /api/v2/alerts`. What fires is given an end ahead, so that it ends there when we do. */
export function postedAlerts(
  entries: readonly AlertState[],
  setting: Setting,
  firingUntil: number,
): readonly PostedAlert[] {
  return entries.map((entry) => {
    const end = entry.active ? firingUntil : endOf(entry)
    return {
      labels: labelsOf(entry.firing),
      annotations: annotationsOf(entry, setting),
      // Where clocks are wrong, events are ahead of us; what ends before it starts is refused there.
      startsAt: new Date(Math.min(entry.firing.startsAt, end)).toISOString(),
      endsAt: new Date(end).toISOString(),
      generatorURL: setting.settings.externalUrl,
    }
  })
}

function endOf({ alert, takenAt }: AlertState): number {
  return alert.status === 'firing' ? takenAt + EVENT : (alert.endsAt ?? alert.time)
}

/** The alert that always fires while patrolog is alive. */
export function heartbeatAlert(startsAt: number, endsAt: number, externalUrl: string): readonly PostedAlert[] {
  return [
    {
      labels: { alertname: 'PatrologHeartbeat', severity: 'none' },
      annotations: { summary: 'patrolog reads all its input; when this alert ends, nobody watches' },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(endsAt).toISOString(),
      generatorURL: externalUrl,
    },
  ]
}
