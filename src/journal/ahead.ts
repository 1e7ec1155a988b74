/** A line further ahead of the time its record was appended is no line of today: nothing may wait for it, ms. */
const AHEAD = 3_600_000

/** Whether a line stamped `time` cannot be of its record, appended at `appended`; NaN or -1 when that is not known. */
export function isAhead(time: number, appended: number): boolean {
  return appended >= 0 && time > appended + AHEAD
}

/** Why such a line is rejected. */
export function aheadText(time: number): string {
  return `time ${new Date(time).toISOString()} is more than an hour ahead of its record`
}
