import { GRAVITY } from '../../model/effect.ts'
import { duration } from '../layout.ts'
import type { ZoneTimes } from '../zone.ts'
import type { Bar } from './bars.ts'
import type { ClusterRecord, MemberRecord } from './collect.ts'
import { data, html } from './escape.ts'
import { LANES } from './lanes.ts'
import { percent, place, type Span } from './scale.ts'
import { type Mark, merged } from './track.ts'

/** What drawing needs beside what it draws. `linked`: ids of entries that are on the page. */
export interface Canvas {
  readonly span: Span
  readonly times: ZoneTimes
  readonly linked: ReadonlySet<string>
}

/** More marks than these in a lane are finer than a screen. */
const SLICES = 400
const MOST_ROWS = 40

/** Alerts of a cluster, one row for each rule and subject, the gravest first. */
export function alertRows(bars: readonly Bar[], canvas: Canvas): string {
  const rows = [...Map.groupBy(bars, ({ fingerprint }) => fingerprint).values()].sort(
    (a, b) => gravest(b) - gravest(a) || (a[0] as Bar).from - (b[0] as Bar).from,
  )
  const more = rows.length - MOST_ROWS
  const note = more > 0 ? `<p class="note">${more} more alerts are in the timeline only.</p>` : ''
  return (
    rows
      .slice(0, MOST_ROWS)
      .map((row) => alertRow(row, canvas))
      .join('') + note
  )
}

function gravest(bars: readonly Bar[]): number {
  return Math.max(...bars.flatMap(({ steps }) => steps.map(({ severity }) => GRAVITY[severity])))
}

function alertRow(bars: readonly Bar[], canvas: Canvas): string {
  const { rule, subject } = bars[0] as Bar
  const drawn = bars.map((bar) => alertBar(bar, canvas)).join('')
  const times = bars.length === 1 ? '' : ` × ${bars.length}`
  return row(
    `<bdi>${data(subject)}</bdi>`,
    `${drawn}${beside(bars, `${rule}${times}`, canvas.span)}`,
    `${rule} of ${subject}`,
    'alerts',
  )
}

function alertBar(bar: Bar, { span, times, linked }: Canvas): string {
  const to = bar.to ?? span.to
  if (to < span.from) return ''
  const length = bar.to === null ? ', still firing at the end' : to > bar.from ? `, ${duration(to - bar.from)}` : ''
  const title = `${bar.severity} ${bar.rule} ${bar.subject}, ${times.clock(bar.from)}${length}`
  const parts = bar.steps.map(({ from, severity }, step) => {
    const until = bar.steps[step + 1]?.from ?? to
    return `<rect class="bar ${severity}${bar.inhibited ? ' inhibited' : ''}" ${until > from ? place(span, from, until) : at(span, from)} y="2" height="14" rx="2"/>`
  })
  const shape = `<title>${data(title)}</title>${parts.join('')}`
  return linked.has(bar.id) ? `<a href="#${html(bar.id)}">${shape}</a>` : `<g>${shape}</g>`
}

/** What ends as it begins is a mark, whatever the scale. */
function at(span: Span, time: number): string {
  return `x="${percent(span, time)}%" width="5"`
}

/** Less room than this is too little for a name, percent. */
const ROOM = 35

/** The name of a rule stands where there is most room beside its bars; where there is little, on the longest. */
function beside(bars: readonly Bar[], name: string, span: Span): string {
  const places = bars.map((bar) => ({ bar, from: percent(span, bar.from), to: percent(span, bar.to ?? span.to) }))
  const free = places.map(({ to }, index) => ({ from: to, to: places[index + 1]?.from ?? 100 }))
  const before = (places[0] as { from: number }).from
  const text = (x: number, dx: number, anchor: string, kind = 'name') =>
    `<text class="${kind}" x="${x}%" dx="${dx}" y="13" text-anchor="${anchor}">${data(name)}</text>`
  const widest = longest(free)
  if (Math.max(before, widest.to - widest.from) >= ROOM)
    return before > widest.to - widest.from ? text(before, -6, 'end') : text(widest.from, 8, 'start')
  const { bar, from } = longest(places)
  return text(from, 6, 'start', `name on-${bar.inhibited ? 'pale' : bar.severity}`)
}

function longest<T extends { readonly from: number; readonly to: number }>(of: readonly T[]): T {
  return of.reduce((most, each) => (each.to - each.from > most.to - most.from ? each : most))
}

/** The lanes of each member of a cluster. */
export function memberLanes({ members }: ClusterRecord, canvas: Canvas): string {
  const names = [...members.keys()].sort()
  return names.map((name) => `<h3>${data(name)}</h3>${lanesOf(members.get(name) as MemberRecord, canvas)}`).join('')
}

function lanesOf(member: MemberRecord, canvas: Canvas): string {
  const lanes = LANES.map(({ label }, at) => {
    const marks = member.tracks[at]?.marks() ?? []
    return row(label, segments(marks, canvas), label)
  })
  return lanes.join('') + row('log lines', heard(member, canvas), 'log lines', 'thin')
}

function segments(all: readonly Mark[], canvas: Canvas): string {
  const { span } = canvas
  const marks = merged(all, SLICES)
  const start: Mark = { tone: 'unknown', words: 'unknown', from: span.from, id: null, changes: 0 }
  return [start, ...marks].map((mark, at) => segment(mark, marks[at]?.from ?? span.to, canvas)).join('')
}

function segment({ tone, words, from, id, changes }: Mark, to: number, { span, times, linked }: Canvas): string {
  if (to <= span.from || from >= span.to || (from === to && id === null)) return ''
  const begin = Math.max(from, span.from)
  const title = `${times.clock(begin)} to ${times.clock(to)}: ${words === '' ? 'does not apply' : words}`
  const shape = `<svg ${place(span, begin, to)} height="100%"><title>${data(title)}</title><rect class="${tone}${changes > 1 ? ' mixed' : ''}" width="100%" height="100%"/><text class="state" x="6" y="13">${data(words)}</text></svg>`
  return id !== null && linked.has(id) ? `<a href="#${id}" tabindex="-1">${shape}</a>` : shape
}

/** When lines came. Where they did not for a minute and more, nothing is drawn. */
function heard(member: MemberRecord, { span, times }: Canvas): string {
  const { first, last } = member.heard.kept()
  return [...first, ...last]
    .filter(({ from, to }) => to >= span.from && from <= span.to)
    .map(
      ({ from, to }) =>
        `<rect class="heard" ${place(span, from, to)} y="5" height="3"><title>lines from ${times.clock(from)} to ${times.clock(to)}</title></rect>`,
    )
    .join('')
}

function row(label: string, drawn: string, what: string, kind = ''): string {
  return `<div class="row ${kind}"><div class="label">${label}</div><svg class="track" role="group" aria-label="${data(what)}"><svg class="stage" width="100%" height="100%">${drawn}</svg></svg></div>\n`
}
