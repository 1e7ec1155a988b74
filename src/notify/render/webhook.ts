import type { AlertState } from '../state.ts'
import { annotationsOf, type Labels, labelsOf, type Setting } from './alertmanager.ts'

/** While an alert fires, its end is this. */
const NO_END = '0001-01-01T00:00:00Z'
const MOST_ALERTS = 100

/** The payload of Alertmanager's webhook, version 4. Times are RFC 3339. */
export function webhookPayload(
  receiver: string,
  thread: string,
  entries: readonly AlertState[],
  setting: Setting,
): object {
  const alerts = entries.slice(0, MOST_ALERTS).map((entry) => ({
    status: entry.active ? 'firing' : 'resolved',
    labels: labelsOf(entry.firing),
    annotations: annotationsOf(entry, setting),
    startsAt: new Date(entry.firing.startsAt).toISOString(),
    endsAt: entry.active ? NO_END : new Date(entry.alert.endsAt ?? entry.alert.time).toISOString(),
    generatorURL: setting.settings.externalUrl,
    fingerprint: entry.alert.fingerprint,
  }))
  const commonLabels = common(alerts.map(({ labels }) => labels))
  return {
    version: '4',
    groupKey: thread,
    truncatedAlerts: Math.max(0, entries.length - alerts.length),
    status: entries.some(({ active }) => active) ? 'firing' : 'resolved',
    receiver,
    groupLabels: commonLabels.cluster === undefined ? {} : { cluster: commonLabels.cluster },
    commonLabels,
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: setting.settings.externalUrl,
    alerts,
  }
}

/** Names on which all agree. */
function common(all: readonly Labels[]): Labels {
  const [first = {}, ...rest] = all
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => labels[name] === value)),
  )
}
