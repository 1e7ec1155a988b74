import type { Placed } from './collect.ts'
import { data, html } from './escape.ts'

const WHAT: Readonly<Record<string, string>> = {
  alert: 'alerts',
  line: 'log lines',
  gap: 'gaps in the logs',
  reject: 'rejected lines',
}
const SEVERITIES = [
  ['', 'any severity'],
  ['critical', 'critical only'],
  ['critical warning', 'critical and warning'],
] as const

/** The form over the timeline; the page's script reads it. Nothing where there is nothing to choose from. */
export function filterHtml(entries: readonly Placed[]): string {
  if (entries.length === 0) return ''
  const members = new Set<string>()
  const kinds = new Set<string>()
  for (const { entry } of entries) {
    const { cluster, member } = 'effect' in entry ? entry.effect : entry
    if (member !== null) members.add(`${cluster}/${member}`)
    kinds.add(entry.kind === 'change' ? entry.effect.facet : entry.kind === 'repeated' ? 'line' : entry.kind)
  }
  const shown = [...kinds].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const facets = shown.map((kind): [string, string] => [kind, WHAT[kind] ?? `changes of ${kind}`])
  return `<form id="filter">
<label><span>search</span><input type="search" name="text" placeholder="a word of it" autocomplete="off"></label>
${select('member', [['', 'all members'], ...[...members].sort().map((name): [string, string] => [name, name])])}
${select('what', [['', 'everything'], ...facets])}
${select('severity', SEVERITIES)}
<output name="shown">${entries.length} entries</output><button type="reset">show all</button></form>`
}

/** Alerts first, then changes, then the rest. */
function rank(kind: string): number {
  return kind === 'alert' ? 0 : WHAT[kind] === undefined ? 1 : 2
}

function select(name: string, options: readonly (readonly [string, string])[]): string {
  const items = options.map(([value, text]) => `<option value="${data(value)}">${data(text)}</option>`)
  return `<label><span>${html(name)}</span><select name="${html(name)}">${items.join('')}</select></label>`
}
