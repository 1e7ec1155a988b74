import type { Alert } from '../model/effect.ts'
import { duration } from './layout.ts'
import type { ZoneTimes } from './zone.ts'

/** Sentences about an alert that the text and the page have in common. */

/** `2026-11-23 04:26:05 UTC, 15 s before this was decided` */
export function sinceText({ since, time }: Alert, times: ZoneTimes): string {
  return `${times.full(since)}, ${duration(time - since)} before this was decided`
}

/** What is new of an alert that fired before: `was warning`, else `firing since 04:26:25`. Empty when it has just begun. */
export function againText({ was, time, startsAt }: Alert, times: ZoneTimes): string {
  if (was !== null) return `was ${was}`
  return time === startsAt ? '' : `firing since ${times.clock(startsAt)}`
}

/** `after 50 s`, and why it ended unless that is proven: `after 50 s [member gone]`. */
export function lastedText({ startsAt, endsAt, time, endReason }: Alert): string {
  const reason = endReason === 'proof' || endReason === null ? '' : ` [${endReason}]`
  return `after ${duration((endsAt ?? time) - startsAt)}${reason}`
}

/** `a consequence of replica-without-upstream of pg-1`; the cause may have been left out of what is shown. */
export function consequenceText(cause: Alert | null): string {
  return `a consequence of ${cause === null ? 'another alert' : `${cause.rule} of ${cause.subject}`}`
}

/** Where a subject belongs: `shop/orders/pg-1`, or the cluster when the alert is about that. */
export function subjectText({ cluster, subject }: { readonly cluster: string; readonly subject: string }): string {
  return subject === cluster ? cluster : `${cluster}/${subject}`
}
