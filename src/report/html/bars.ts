import type { Alert, Severity } from '../../model/effect.ts'
import { type Bounded, bounded } from './bounded.ts'

/** One firing of an alert, to be drawn. Times are epoch ms; `to` is null while it fires. */
export interface Bar {
  readonly cluster: string
  readonly member: string | null
  readonly subject: string
  readonly rule: string
  readonly fingerprint: string
  /** Id of the entry that tells its beginning. */
  readonly id: string
  readonly from: number
  to: number | null
  severity: Severity
  /** Each severity from when on. */
  readonly steps: { readonly from: number; readonly severity: Severity }[]
  /** Whether it was only ever shown as the consequence of another. */
  inhibited: boolean
  records: number
}

/** Follows alerts from firing to resolved. */
export interface Bars {
  /** Takes a record; gives the id that its entry in the timeline has. */
  take(alert: Alert): string
  readonly bars: Bounded<Bar>
}

const MOST = 2_000

export function bars(): Bars {
  const open = new Map<string, Bar>()
  const all = bounded<Bar>(MOST)

  function begin(alert: Alert): Bar {
    const { cluster, member, subject, rule, fingerprint, severity, startsAt } = alert
    const bar: Bar = {
      ...{ cluster, member, subject, rule, fingerprint, severity },
      id: `alert-${fingerprint}-${stamp(startsAt)}`,
      from: startsAt,
      to: null,
      steps: [],
      inhibited: true,
      records: 0,
    }
    open.set(fingerprint, bar)
    all.add(bar)
    return bar
  }

  return {
    bars: all,
    take(alert) {
      const bar = open.get(alert.fingerprint) ?? begin(alert)
      bar.records++
      if (alert.status === 'resolved' || alert.endsAt !== null) {
        bar.to = alert.endsAt ?? alert.time
        open.delete(alert.fingerprint)
      }
      if (alert.status === 'resolved') return `${bar.id}-end`
      if (bar.steps.at(-1)?.severity !== alert.severity) bar.steps.push({ from: alert.time, severity: alert.severity })
      bar.severity = alert.severity
      if (alert.inhibitedBy === null) bar.inhibited = false
      return bar.records === 1 ? bar.id : `${bar.id}-${bar.records}`
    },
  }
}

/** A time as a part of an id that stays the same from replay to replay: `20261123T042620Z`. */
function stamp(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')
}
