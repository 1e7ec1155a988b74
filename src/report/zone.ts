import { DateTime } from 'luxon'

/** Times as a reader of one zone wants them. */
export interface ZoneTimes {
  /** `2026-11-23`, `day not known` */
  day(time: number): string
  /** `04:26:05` */
  clock(time: number): string
  /** `2026-11-23 04:26:05 UTC` */
  full(time: number): string
}

/** Times of lines that name no day are counted from the epoch on. */
const UNDATED = 300 * 86_400_000

/** Times in an IANA zone or `UTC+2`. */
export function zoneTimes(zone: string): ZoneTimes {
  const at = (time: number): DateTime => DateTime.fromMillis(time, { zone })
  const undated = (time: number): boolean => Math.abs(time) < UNDATED
  return {
    day: (time) => (undated(time) ? 'day not known' : at(time).toFormat('yyyy-MM-dd')),
    clock: (time) => at(time).toFormat('HH:mm:ss'),
    full: (time) => at(time).toFormat(undated(time) ? 'HH:mm:ss ZZZZ' : 'yyyy-MM-dd HH:mm:ss ZZZZ'),
  }
}
