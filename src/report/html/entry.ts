import type { Alert, Statement } from '../../model/effect.ts'
import type { Evidence, Source } from '../../model/source.ts'
import { place } from '../alert-text.ts'
import { againText, consequenceText, lastedText, sinceText } from '../alert-words.ts'
import { changeText, type Entry, lineText } from '../entries.ts'
import { duration } from '../layout.ts'
import type { ZoneTimes } from '../zone.ts'
import type { Placed } from './collect.ts'
import { data, html } from './escape.ts'

/** Renders an entry of the timeline; `who` names a member, with its cluster where there are several. */
export interface EntryPage {
  readonly times: ZoneTimes
  who(entry: { readonly cluster: string; readonly member: string | null }): string
}

const EVIDENCE = 20

/** When an entry happened, epoch ms: a gap begins then, what is repeated was said last. */
export function timeOf(entry: Entry): number {
  if (entry.kind === 'gap') return entry.from
  return entry.kind === 'repeated' ? entry.until : entry.effect.time
}

export function entryHtml({ id, entry }: Placed, page: EntryPage): string {
  const { times } = page
  const { cluster, member } = 'effect' in entry ? entry.effect : entry
  const of = data(member === null ? '' : `${cluster}/${member}`)
  const what = entry.kind === 'change' ? entry.effect.facet : entry.kind === 'repeated' ? 'line' : entry.kind
  const severity = entry.kind === 'alert' ? ` data-severity="${entry.effect.severity}"` : ''
  const tone =
    entry.kind === 'alert' ? ` ${entry.effect.status === 'resolved' ? 'resolved' : entry.effect.severity}` : ''
  const time = timeOf(entry)
  const iso = Number.isFinite(time) ? new Date(time).toISOString() : ''
  return `<li id="${html(id)}" class="entry ${entry.kind}${tone}" data-member="${of}" data-what="${html(what)}"${severity}><a class="at" href="#${html(id)}"><time datetime="${iso}">${times.clock(time)}</time></a><div>${body(entry, page)}</div></li>\n`
}

function body(entry: Entry, page: EntryPage): string {
  const { times } = page
  switch (entry.kind) {
    case 'gap':
      return `… ${who(entry, page)}: no event for ${duration(entry.to - entry.from)}`
    case 'line':
      return `${who(entry.effect, page)}: ${data(lineText(entry.effect))}${source(entry.effect.source)}`
    case 'repeated':
      return `${who(entry, page)}: ${entry.count} × ${html(entry.type)} until ${times.clock(entry.until)}`
    case 'change': {
      const { evidence, basis } = entry.effect
      const last = evidence[0]
      const from = last !== undefined && 'source' in last && basis !== 'measured' ? source(last.source) : ''
      return `${who(entry.effect, page)} ${data(changeText(entry.effect, times))}${from}`
    }
    case 'alert':
      return entry.effect.status === 'resolved' ? resolved(entry.effect, page) : firing(entry, page)
    case 'reject':
      return `rejected, ${data(entry.effect.reason)}${source(entry.effect.source)}`
  }
}

function who(of: { readonly cluster: string | null; readonly member: string | null }, page: EntryPage): string {
  const { cluster, member } = of
  return `<b>${data(page.who({ cluster: cluster ?? '', member }))}</b>`
}

/** Where a line stands: in short in the timeline, in full under the pointer. */
function source(of: Source): string {
  const full = place(of)
  const short = full.split('/').slice(-2).join('/')
  return ` <span class="source" title="${data(full)}">${data(short)}</span>`
}

function firing({ effect: alert, cause }: Entry & { kind: 'alert' }, page: EntryPage): string {
  const { times } = page
  const again = againText(alert, times)
  const head = `${title(alert, alert.severity, page)}${again === '' ? '' : ` <span class="basis">${html(again)}</span>`}<p>${data(alert.summary)}`
  if (alert.inhibitedBy !== null) return `${head} <span class="basis">${data(consequenceText(cause))}</span></p>`
  const rows = [
    statements('says', alert.claims, times),
    statements('does', alert.measures, times),
    fact('since', html(sinceText(alert, times))),
    alert.remedy.length === 0 ? '' : fact('check', `<pre>${alert.remedy.map(data).join('\n')}</pre>`),
    fact('more', html(alert.runbook)),
  ]
  return `${head}</p><dl>${rows.join('')}</dl>${evidence(alert.evidence, times)}`
}

function resolved(alert: Alert, page: EntryPage): string {
  return `${title(alert, 'resolved', page)} ${html(lastedText(alert))}<p>${data(alert.summary)}</p>`
}

function title(alert: Alert, word: string, page: EntryPage): string {
  return `<span class="severity">${word}</span> <b>${html(alert.rule)}</b> ${data(page.who(alert).replace(/^\*$/, alert.cluster))}`
}

function statements(label: string, all: readonly Statement[], times: ZoneTimes): string {
  return all
    .map(({ member, time, text }) => fact(label, `${data(member)} ${times.clock(time)}: ${data(text)}`))
    .join('')
}

function fact(label: string, of: string): string {
  return `<dt>${label}</dt><dd>${of}</dd>`
}

function evidence(all: readonly Evidence[], times: ZoneTimes): string {
  if (all.length === 0) return ''
  const shown = all.slice(0, EVIDENCE).map((each) => `<li>${quoted(each, times)}</li>`)
  return `<details><summary>evidence (${all.length})</summary><ul class="evidence">${shown.join('')}</ul></details>`
}

function quoted(of: Evidence, times: ZoneTimes): string {
  if (!('source' in of)) return data(`${of.metric} = ${of.value} at ${times.clock(of.time)}`)
  return `<code>${data(of.text)}</code><span class="source">${data(place(of.source))}</span>`
}
