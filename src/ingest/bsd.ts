import type { LooseClock } from './time.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const STAMP = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))? */
const HALF_YEAR = 183 * 86_400_000

/**
 * Reads `Nov 22 19:16:44`, the time of RFC 3164 and of journald, as epoch ms: of the year that brings it nearest to the
 * time of the stream, or to the day that is known. NaN when it is none.
 */
export function readBsd(text: string, of: LooseClock): number {
  return bsdAlone(text, of)?.time ?? Number.NaN
}

/** The same with the length of the stamp and the blanks behind it; null when it is none. */
export function bsdAlone(
  text: string,
  { clock, latest, day }: LooseClock,
): { readonly time: number; readonly length: number } | null {
  const found = STAMP.exec(text)
  const month = MONTHS.indexOf(found?.[1] ?? '')
  if (found === null || month < 0) return null
  const [date, hour, minute, second] = found.slice(2, 6).map(Number) as [number, number, number, number]
  const ms = found[6] === undefined ? 0 : Math.floor(Number(`0.${found[6]}`) * 1000)
  const near = Number.isNaN(latest) ? day : latest
  const year = new Date(near).getUTCFullYear()
  const years = [year - 1, year, year + 1].map((each) => Date.UTC(each, month, date, hour, minute, second))
  const local = years.find((time) => Math.abs(time - near) <= HALF_YEAR) ?? (years[1] as number)
  return { time: clock.toUtc(local, latest) + ms, length: found[0].length }
}
