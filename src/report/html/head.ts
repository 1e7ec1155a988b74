import type { Summary } from '../../model/summary.ts'
import { subjectText } from '../alert-words.ts'
import { duration } from '../layout.ts'
import { atTheEnd, doubtsOf, firedText, openText, recordsText, saidNothing } from '../summary-text.ts'
import type { ZoneTimes } from '../zone.ts'
import { data, html } from './escape.ts'

const MOST = 200
const SEVERITIES = ['critical', 'warning', 'info']

/** A cluster that is drawn below, in the element with this id. `alerts`: whether any fired. */
export interface Drawn {
  readonly name: string
  readonly id: string
  readonly alerts: boolean
}

/** What a reader wants to know first: is it over, what was it and where, what was read. */
export function headHtml(summary: Summary, title: string, drawn: readonly Drawn[], times: ZoneTimes): string {
  return `<header><h1>${data(title)}</h1>${verdict(summary, times)}<dl class="facts">${facts(summary, drawn, times)}</dl></header>`
}

function verdict(summary: Summary, times: ZoneTimes): string {
  const { alerts, open } = summary
  const count = Object.values(alerts).reduce((sum, each) => sum + each, 0)
  if (count === 0 && saidNothing(summary))
    return '<p class="verdict">No alert fired, since nothing that was read tells of a cluster.</p>'
  if (count === 0) return '<p class="verdict quiet">No alert fired.</p>'
  const fired = `${count === 1 ? 'One alert' : `${count} alerts`} fired`
  if (open.length === 0) return `<p class="verdict quiet">${fired}; none is firing at the end.</p>`
  const still = [...open]
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    .slice(0, MOST)
    .map(
      (one) =>
        `<li><span class="severity ${html(one.severity)}">${html(one.severity)}</span> <b>${html(one.rule)}</b> ${data(subjectText(one))} ${openText(one, times)}</li>`,
    )
  return `<p class="verdict">${fired}; ${open.length} still firing at the end:</p><ul class="open">${still.join('')}</ul>`
}

function facts(summary: Summary, drawn: readonly Drawn[], times: ZoneTimes): string {
  const { from, to, zone, inputs, members } = summary
  const fired = html(firedText(summary))
  const where = drawn.length > 1 && fired !== '' ? `, in ${links(drawn.filter(({ alerts }) => alerts))}` : ''
  return [
    fact(
      'time',
      from === null || to === null
        ? 'nothing with a time of its own was read'
        : html(`${times.full(from)} to ${times.full(to)}, ${duration(to - from)}`),
    ),
    fact('zone', html(zone)),
    fact('clusters', `${links(drawn) || 'none'}, ${members.length} members`),
    fact('alerts', fired === '' ? 'none' : `${fired}${where}`),
    fact('read', html(recordsText(summary))),
    fact(
      'from',
      list(
        inputs.map(({ file }) => data(file)),
        'inputs',
      ),
    ),
  ].join('')
}

function links(of: readonly Drawn[]): string {
  return of
    .slice(0, MOST)
    .map(({ name, id }) => `<a href="#${id}">${data(name)}</a>`)
    .join(', ')
}

function fact(name: string, value: string): string {
  return `<dt>${name}</dt><dd>${value}</dd>`
}

function list(items: readonly string[], what: string): string {
  if (items.length <= 3) return items.join('<br>')
  const more = items.length > MOST ? `<br>${items.length - MOST} more` : ''
  return `<details><summary>${items.length} ${what}</summary>${items.slice(0, MOST).join('<br>')}${more}</details>`
}

/** What each member was at the end, and what to mistrust. */
export function footHtml(summary: Summary, times: ZoneTimes): string {
  const rows = summary.members
    .slice(0, MOST)
    .map((member) => fact(data(`${member.cluster}/${member.member}`), data(atTheEnd(member, summary, times))))
  const end = rows.length === 0 ? '' : `<h2>At the end</h2><dl class="facts">${rows.join('')}</dl>`
  return `<footer>${end}${doubts(summary)}</footer>`
}

function doubts(summary: Summary): string {
  const lines = doubtsOf(summary)
  if (lines.length === 0) return ''
  const items = lines.slice(0, MOST).map(({ label, text }) => `<li><b>${label}</b> ${data(text)}</li>`)
  const more = lines.length > MOST ? `<li>${lines.length - MOST} more</li>` : ''
  return `<h2>To mistrust</h2><ul class="doubts">${items.join('')}${more}</ul>`
}
