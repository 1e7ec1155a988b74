import { duration } from '../../report/layout.ts'
import { type ZoneTimes, zoneTimes } from '../../report/zone.ts'
import type { Fact } from '../state.ts'
import type { IncidentView } from '../view.ts'
import type { Doc, Part } from './doc.ts'
import { factLine } from './facts.ts'
import type { Setting } from './quoted.ts'
import { clip, firstOf, shown } from './text.ts'

const MOST_LISTED = 40

/** Many clusters failing at once: how many, by which rule, which ones. */
export function stormDoc(views: readonly IncidentView[], { zone }: Setting): Doc {
  const times = zoneTimes(zone)
  const firing = views.filter(({ state }) => state === 'firing')
  const over = views.length - firing.length
  const title =
    firing.length === 0 ? `STORM OVER: ${views.length} more clusters` : `STORM: ${firing.length} more clusters failing`
  return {
    title,
    mark:
      firing.length === 0 ? 'good' : firing.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    brief: `${title}; ${byRule(firing.length === 0 ? views : firing)
      .slice(0, 3)
      .join(', ')}`,
    parts: [
      {
        part: 'paragraph',
        rank: 0,
        text: `So many at once mostly have one cause: first look at what they share (DCS, network, storage). ${over === 0 ? 'None' : over} of the ${views.length} are over.`,
      },
      { part: 'list', rank: 1, label: 'By rule', items: byRule(firing.length === 0 ? views : firing) },
      ...listed(firing, times),
    ],
  }
}

function byRule(views: readonly IncidentView[]): string[] {
  const counts = new Map<string, number>()
  for (const { lead } of views) counts.set(lead.alert.rule, (counts.get(lead.alert.rule) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a).map(([rule, count]) => `${rule} × ${count}`)
}

function listed(views: readonly IncidentView[], times: ZoneTimes): Part[] {
  if (views.length === 0) return []
  const items = firstOf(views, MOST_LISTED, (view) => incidentLine(view, times), ', each named in the replies')
  return [{ part: 'list', rank: 2, label: 'Failing', items }]
}

function incidentLine({ cluster, severity, lead, openedAt }: IncidentView, times: ZoneTimes): string {
  return `${times.clock(openedAt)} ${severity.toUpperCase()} ${shown(cluster, 80)} ${lead.alert.rule}: ${shown(lead.firing.summary, 100)}`
}

/** What is new in a storm: a line for each cluster and change. */
export function stormFactsDoc(clusterOf: (incident: string) => string, facts: readonly Fact[], { zone }: Setting): Doc {
  const times = zoneTimes(zone)
  const loud = facts.filter(({ kind }) => kind === 'fired' || kind === 'graver').length
  const title = `${facts.length === 1 ? '1 change' : `${facts.length} changes`}, ${loud} of them new`
  return {
    title,
    mark: loud > 0 ? 'critical' : 'good',
    brief: title,
    parts: [
      {
        part: 'list',
        rank: 0,
        label: 'Changes',
        items: facts.map((fact) => clip(`${shown(clusterOf(fact.incident), 60)} ${factLine(fact, times)}`, 150)),
      },
    ],
  }
}

/** What came and went before it was told, since it was noticed late or waited. */
export function digestDoc(views: readonly IncidentView[], { zone }: Setting): Doc {
  const times = zoneTimes(zone)
  const before = views.every(({ late }) => late > 0) ? 'noticed' : 'told'
  const title = `MISSED: ${views.length} incidents came and went before they were ${before}`
  const items = views.map(
    (view) =>
      `${times.full(view.openedAt)}, ${duration((view.closedAt ?? view.openedAt) - view.openedAt)}: ${shown(view.cluster, 80)} ${view.lead.alert.rule}: ${shown(view.lead.firing.summary, 120)}`,
  )
  return { title, mark: 'neutral', brief: title, parts: [{ part: 'list', rank: 0, label: 'Over by now', items }] }
}
