/** A recorded time as it is written in lines and bodies: `2026-11-23 04:24:23,422`, `2026-11-23T04:24:23.4Z`, UTC. */
const WRITTEN = /\b(\d{4})-(\d\d)-(\d\d)([ T])(\d\d):(\d\d):(\d\d)(?:([.,])(\d{1,9}))?/g
/** Seconds since the epoch, as readings and metrics have them. */
const EPOCH = /(?<![\d.])(\d{10})(\.\d+)?(?![\d.])/g

const two = (value: number): string => String(value).padStart(2, '0')

/**
 * Moves recorded lines and readings to another time: every UTC time written in a text, and every number of seconds since
 * the epoch that lies in the recording (`from` to `to`, epoch ms, an hour of grace on each side), goes by `by` ms. Numbers
 * outside, such as WAL positions, stay.
 */
export function restamper(from: number, to: number, by: number): (text: string) => string {
  const grace = 3_600_000
  const within = (time: number) => time >= from - grace && time <= to + grace
  return (text) =>
    text
      .replace(WRITTEN, (whole, year, month, day, between, hour, minute, second, point = '', fraction = '') => {
        const time = Date.UTC(
          Number(year),
          Number(month) - 1,
          Number(day),
          Number(hour),
          Number(minute),
          Number(second),
        )
        if (!within(time)) return whole
        return written(time + Number(fraction.padEnd(3, '0').slice(0, 3)) + by, between, point, fraction.length)
      })
      .replace(EPOCH, (whole, seconds, fraction = '') => {
        const time = Number(`${seconds}${fraction}`) * 1000
        if (!within(time)) return whole
        return ((time + by) / 1000).toFixed(Math.max(0, fraction.length - 1))
      })
}

function written(time: number, between: string, point: string, digits: number): string {
  const at = new Date(time)
  const date = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  const fraction = String(at.getUTCMilliseconds()).padStart(3, '0').padEnd(digits, '0').slice(0, digits)
  return `${date}${between}${clock}${point}${fraction}`
}
