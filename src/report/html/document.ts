import type { Summary } from '../../model/summary.ts'
import { type ZoneTimes, zoneTimes } from '../zone.ts'
import type { Bar } from './bars.ts'
import { chartHtml, chartLines } from './chart.ts'
import type { ClusterRecord, Collected, Placed } from './collect.ts'
import { alertRows, type Canvas, memberLanes } from './draw.ts'
import { data, embedded } from './escape.ts'
import { filterHtml } from './filter.ts'
import { footHtml, headHtml } from './head.ts'
import type { Span } from './scale.ts'
import { placed, timelineHtml } from './timeline.ts'

/** A script or style of the page, with its hash as a Content-Security-Policy names it: `sha256-…`. */
export interface Inline {
  readonly text: string
  readonly hash: string
}

export interface PageAssets {
  readonly style: Inline
  readonly script: Inline
}

export interface PageOptions {
  readonly zone: string
  /** Time asked for, epoch ms; null where the input decides. */
  readonly from: number | null
  readonly to: number | null
  readonly assets: PageAssets
}

/** The whole report as one page that needs nothing beside itself. */
export function documentHtml(collected: Collected, summary: Summary, options: PageOptions): string {
  const { zone, assets } = options
  const times = zoneTimes(zone)
  const span = spanOf(summary, options)
  const clusters = [...collected.clusters].filter(([, of]) => isDrawn(of)).sort(([a], [b]) => (a < b ? -1 : 1))
  const entries = placed(collected)
  const title = titleOf(clusters.map(([name]) => name))
  const drawn = clusters.map(([name, { alerts }], at) => ({ name, id: sectionId(at), alerts }))
  const who = ({ cluster, member }: { cluster: string; member: string | null }): string =>
    clusters.length > 1 ? `${cluster}/${member ?? '*'}` : (member ?? '*')
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${assets.script.hash}'; style-src '${assets.style.hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${data(title)}${span === null ? '' : `, ${times.day(span.from)}`} · patrolog</title>
<style>${assets.style.text}</style></head>
<body>
${PATTERN}
<main>${headHtml(summary, title, drawn, times)}
${span === null ? '' : drawings(collected, entries, clusters, span, times)}
<section id="timeline"><h2>Timeline</h2>${filterHtml(entries)}${timelineHtml(collected, entries, zone, { times, who })}</section>
${footHtml(summary, times)}</main>
<script type="application/json" id="data">${embedded(scriptData(clusters, span, zone))}</script>
<script>${assets.script.text}</script>
</body></html>
`
}

/** Whether there is anything to draw of a cluster: readings may come of one of which nothing else is known. */
function isDrawn({ members, behind, alerts }: ClusterRecord): boolean {
  return alerts || members.size + behind.replicas.size > 0
}

/** What unknown looks like: hatched. */
const PATTERN =
  '<svg class="defs" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="ground"/><rect width="1.5" height="6" class="stripe"/></pattern></defs></svg>'

function titleOf(clusters: readonly string[]): string {
  if (clusters.length === 0) return 'patrolog'
  return clusters.length <= 3 ? clusters.join(', ') : `${clusters.length} clusters`
}

/** The time that is drawn: what was asked for of what was read; null when nothing had a time. */
function spanOf(summary: Summary, { from, to }: PageOptions): Span | null {
  if (summary.from === null || summary.to === null) return null
  const span = { from: Math.max(summary.from, from ?? summary.from), to: Math.min(summary.to, to ?? summary.to) }
  return span.to > span.from ? span : { from: span.from, to: span.from + 1_000 }
}

function drawings(
  collected: Collected,
  entries: readonly Placed[],
  clusters: readonly (readonly [string, ClusterRecord])[],
  span: Span,
  times: ZoneTimes,
): string {
  const linked = new Set(entries.map(({ id }) => id))
  const canvas: Canvas = { span, times, linked }
  const { first, left, last } = collected.bars.kept()
  const bars = Map.groupBy([...first, ...last], ({ cluster }) => cluster)
  const note = left === 0 ? '' : `<p class="note">${left} alerts in between are not drawn.</p>`
  return clusters.map(([name, record], at) => drawing(name, record, bars.get(name) ?? [], at, canvas)).join('\n') + note
}

/** What links to the drawing of a cluster name; clusters are counted from 0. */
const sectionId = (at: number): string => `cluster-${at}`

function drawing(name: string, record: ClusterRecord, bars: readonly Bar[], at: number, canvas: Canvas): string {
  const { span, times } = canvas
  const axis = `<div class="row axis"><div class="label"></div><svg class="track" aria-hidden="true"><text x="0" y="12">${times.full(span.from)}</text><text x="100%" y="12" text-anchor="end">${times.full(span.to)}</text></svg></div>`
  return `<section class="cluster" id="${sectionId(at)}"><h2>${data(name)}</h2><div class="drawing">${axis}${alertRows(bars, canvas)}${memberLanes(record, canvas)}${chartHtml(record.behind, at, times)}</div></section>`
}

function scriptData(clusters: readonly (readonly [string, ClusterRecord])[], span: Span | null, zone: string): object {
  return { zone, span, charts: span === null ? [] : clusters.map(([, { behind }]) => chartLines(behind)) }
}
