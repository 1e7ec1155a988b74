import { DateTime } from 'luxon'

/** Times as a reader of one zone wants them. */
export interface ZoneTimes {
  /** `2026-11-23` */
  day(time: number): string
  /** `04:26:05` */
  clock(time: number): string
  /** `2026-11-23 04:26:05 UTC` */
  full(time: number): string
}

export function zoneTimes(zone: string): ZoneTimes {
  const at = (time: number): DateTime => DateTime.fromMillis(time, { zone })
  return {
    day: (time) => at(time).toFormat('yyyy-MM-dd'),
    clock: (time) => at(time).toFormat('HH:mm:ss'),
    full: (time) => at(time).toFormat('yyyy-MM-dd HH:mm:ss ZZZZ'),
  }
}
