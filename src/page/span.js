// The time that all drawings show together, and who is told when it changes. All times are epoch ms.

/** @typedef {{ from: number, to: number }} Span */
/** @typedef {{ member: string, times: number[], values: (number | null)[] }} ChartLine */
/** @type {{ zone: string, span: Span | null, charts: ChartLine[][] }} */
export const page = JSON.parse(document.getElementById('data')?.textContent ?? '')
export const whole = page.span ?? { from: 0, to: 1 }
export let shownSpan = whole
/** @type {((span: Span) => void)[]} */
export const onSpan = []

/** Shows another span of time in all drawings. @param {Span} span */
export function showSpan(span) {
  const from = Math.max(whole.from, span.from)
  shownSpan = { from, to: Math.max(from + 1_000, Math.min(whole.to, span.to)) }
  for (const take of onSpan) take(shownSpan)
}

/** A zone that the browser knows: it has other names for a plain offset. */
function zoneName() {
  const [, sign, hours] = /^UTC([+-])(\d{1,2})$/.exec(page.zone) ?? []
  const zone = sign === undefined ? page.zone : `Etc/GMT${sign === '+' ? '-' : '+'}${hours}`
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone })
    return zone
  } catch {
    return 'UTC'
  }
}

const clockOf = new Intl.DateTimeFormat('en-GB', { timeZone: zoneName(), timeStyle: 'medium' })
const dayOf = new Intl.DateTimeFormat('sv-SE', { timeZone: zoneName(), dateStyle: 'short' })

/** `04:26:05`. @param {number} time */
export const clock = (time) => clockOf.format(time)

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [1, 2, 5, 10, 15, 30].map((n) => n * SECOND)
STEPS.push(...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE), ...[1, 2, 3, 6, 12].map((n) => n * HOUR))
STEPS.push(...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY))

/** Room that the words of a tick need, px: less where there is little. */
const room = (/** @type {number} */ width) => (width < 500 ? 68 : 90)

/** Round times of the span, each with its words, as many as that width has room for. @param {Span} span @param {number} width */
export function ticks({ from, to }, width) {
  const most = Math.max(2, Math.floor(width / room(width)))
  const step = STEPS.find((each) => (to - from) / each <= most) ?? 365 * DAY
  const all = []
  const away = offsetAt(from)
  for (let at = Math.ceil((from + away) / step) * step - away; at <= to; at += step) all.push(at)
  return all.map((at) => ({ at, text: tickText(at, step) }))
}

/** @param {number} at @param {number} step */
function tickText(at, step) {
  const text = clock(at)
  if (step >= DAY || text === '00:00:00') return dayOf.format(at).slice(5)
  return step >= MINUTE ? text.slice(0, 5) : text
}

/** How far the zone is ahead of UTC, ms. @param {number} at */
function offsetAt(at) {
  return Date.parse(`${dayOf.format(at)}T${clock(at)}Z`) - Math.floor(at / SECOND) * SECOND
}
