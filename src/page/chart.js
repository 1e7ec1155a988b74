// WAL behind the primary, one line a replica, drawn by uPlot under the lanes and with their time.

import { clock, onSpan, page, shownSpan, showSpan, ticks, whole } from './span.js'

/** @typedef {import('./span.js').ChartLine} ChartLine */

const MIB = 1_048_576
/** @type {number[][]} */
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]]

/** @param {number | null | undefined} bytes */
function size(bytes) {
  if (bytes === null || bytes === undefined) return 'not known'
  if (bytes === 0) return '0'
  if (bytes >= 1024 * MIB) return `${(bytes / 1024 / MIB).toFixed(1)} GiB`
  return bytes >= 10 * MIB ? `${Math.round(bytes / MIB)} MiB` : `${(bytes / MIB).toFixed(1)} MiB`
}

/** Round sizes for the axis: powers of two. */
const SIZES = Array.from({ length: 50 }, (_, power) => 2 ** power)

/** The value of a colour as the style has it. @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** uPlot wants one row of times for all lines; a gap (null) stays one. @param {ChartLine[]} lines */
function joined(lines) {
  const tables = lines.map(
    ({ times, values }) => /** @type {[number[], (number | null)[]]} */ ([times.map((time) => time / 1000), values]),
  )
  return uPlot.join(tables)
}

/** @param {HTMLElement} place @param {ChartLine[]} lines */
function draw(place, lines) {
  const label = Number.parseFloat(colour('--label'))
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--rule'), width: 1 }, ticks: { show: false } }
  return new uPlot(
    {
      width: place.clientWidth,
      height: 170,
      padding: [8, 0, 0, 0],
      tzDate: (seconds) => new Date(seconds * 1000),
      cursor: { x: false, y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false, range: () => [shownSpan.from / 1000, shownSpan.to / 1000] },
        y: { range: (_, __, most) => [0, Math.max(MIB, most * 1.08)] },
      },
      axes: [
        {
          ...axis,
          size: 6,
          values: () => [],
          splits: () => ticks(shownSpan, place.clientWidth - label).map(({ at }) => at / 1000),
        },
        { ...axis, size: label, incrs: SIZES, space: 34, values: (_, splits) => splits.map(size) },
      ],
      series: [
        { label: 'time', value: (_, seconds) => (seconds === null ? '' : clock(seconds * 1000)) },
        ...lines.map(({ member }, at) => ({
          label: member,
          stroke: colour(`--line${(at % 4) + 1}`),
          dash: DASHES[Math.floor(at / 4) % 4] ?? [],
          width: 1.75,
          spanGaps: false,
          value: (
            /** @type {unknown} */ _,
            /** @type {number | null} */ bytes,
            /** @type {number} */ __,
            /** @type {number | null} */ at,
          ) => (at === null ? '' : size(bytes)),
        })),
      ],
    },
    joined(lines),
    place,
  )
}

for (const place of document.querySelectorAll('.chart')) {
  if (!(place instanceof HTMLElement)) continue
  const lines = page.charts[Number(place.dataset.chart)] ?? []
  let chart = draw(place, lines)
  const again = () => {
    chart.destroy()
    chart = draw(place, lines)
  }
  onSpan.push(() => chart.redraw(true, true))
  onSpan.push(() => chart.setScale('x', { min: shownSpan.from / 1000, max: shownSpan.to / 1000 }))
  // Colours are the style's: of the screen by night, or of paper.
  for (const look of ['(prefers-color-scheme: dark)', 'print']) matchMedia(look).addEventListener('change', again)
  addEventListener('resize', again)
}

addEventListener('resize', () => showSpan(shownSpan))
showSpan(whole)
