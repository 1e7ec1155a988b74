import { mib } from '../../model/lsn.ts'
import { mask } from '../mask.ts'
import { plain } from '../plain.ts'
import type { ZoneTimes } from '../zone.ts'
import type { Behind } from './behind.ts'
import { data } from './escape.ts'

/** One replica's line for the script of the page: epoch ms, and bytes behind, null where not known. */
export interface ChartLine {
  readonly member: string
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
}

/** Replicas whose distance was measured, in the order of their names. */
export function chartLines({ replicas }: Behind): ChartLine[] {
  return [...replicas]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([member, row]) => {
      const points = row.points()
      return {
        member: plain(mask(member)),
        times: points.map(({ time }) => time),
        values: points.map(({ value }) => value),
      }
    })
    .filter(({ values }) => values.some((value) => value !== null))
}

/** The place of a chart, and what it shows at most, in words; nothing where nothing was measured. */
export function chartHtml(of: Behind, number: number, times: ZoneTimes): string {
  const lines = chartLines(of)
  if (lines.length === 0) return ''
  const worst = lines.map(({ member, ...line }) => {
    const { time, value } = peak(line)
    return `${data(member)} at most ${mib(value)} at ${times.clock(time)}`
  })
  return `<h3>WAL behind the primary</h3><div class="chart" data-chart="${number}"></div><p class="note">measured: ${worst.join('; ')}</p>`
}

function peak({ times, values }: Omit<ChartLine, 'member'>): { time: number; value: number } {
  const value = values.reduce<number>((most, each) => Math.max(most, each ?? 0), 0)
  const at = values.indexOf(value)
  return { time: times[at] ?? 0, value }
}
