import type { Alert } from '../../model/effect.ts'
import { duration } from '../../report/layout.ts'
import { type ZoneTimes, zoneTimes } from '../../report/zone.ts'
import type { AlertView, IncidentView } from '../view.ts'
import type { Doc, Mark, Part } from './doc.ts'
import { factLine } from './facts.ts'
import { quote, type Setting, statement } from './quoted.ts'
import { clip, firstOf, quotedForShell, shown } from './text.ts'

const SUMMARY = 400
const COMMAND = 400
const MOST_EVIDENCE = 5
const MOST_ALERTS = 12
const MOST_MEMBERS = 12
const MOST_HISTORY = 10

/** An incident whole: the state of it now, what contradicts what, the lines, what to do. */
export function incidentDoc(view: IncidentView, { zone, runbookUrl }: Setting, now: number): Doc {
  const times = zoneTimes(zone)
  const { lead } = view
  return {
    title: title(view),
    mark: markOf(view),
    brief: clip(`${title(view)}: ${claim(lead)}`, 300),
    parts: [
      { part: 'paragraph', rank: 0, text: claim(lead) },
      { part: 'paragraph', rank: 1, text: since(view, times, now) },
      ...contradiction(lead, times),
      ...consequences(lead),
      ...others(view, times),
      ...members(view, times),
      ...evidence(lead.firing, times),
      ...checks(view),
      { part: 'link', rank: 2, label: `Runbook ${lead.alert.rule}`, url: runbook(lead.alert, runbookUrl) },
      { part: 'commands', rank: 6, label: 'Replay', lines: [replayCommand(view)] },
      ...history(view, times),
      ...zoneNote(zone),
    ],
  }
}

/** `CRITICAL shop/orders · 2 alerts`, `RESOLVED shop/orders after 50 s`. */
export function title(view: IncidentView): string {
  const cluster = shown(view.cluster, 80)
  if (view.state === 'event') return `EVENT ${cluster}`
  if (view.state === 'firing') {
    const firing = view.alerts.filter(({ active }) => active).length
    return `${view.severity.toUpperCase()} ${cluster}${firing > 1 ? ` · ${firing} alerts` : ''}`
  }
  const word = view.state === 'resolved' ? 'RESOLVED' : 'ENDED'
  return `${word} ${cluster} after ${duration((view.closedAt ?? view.openedAt) - view.openedAt)}`
}

/** The colour an incident is shown in: green when resolved, grey when it ended without a proof. */
export function markOf(view: IncidentView): Mark {
  if (view.state === 'resolved') return 'good'
  if (view.state === 'ended') return 'neutral'
  return view.state === 'event' ? 'info' : view.severity
}

/** What is claimed; of what is over, what was claimed and how it ended. */
export function claim({ active, alert, firing }: AlertView): string {
  const was = shown(firing.summary, SUMMARY)
  if (active || alert.status === 'firing') return was
  const why = alert.endReason === 'proof' ? '' : ` (${shown(alert.endReason ?? 'ended', 60)})`
  return `${was} — now: ${shown(alert.summary, SUMMARY)}${why}`
}

function since(view: IncidentView, times: ZoneTimes, now: number): string {
  const late = view.late > 0 ? `, noticed ${duration(view.late)} late` : ''
  const begin = times.full(view.openedAt)
  if (view.state === 'event') return `At ${begin}${late}`
  if (view.closedAt === null) {
    const doubt =
      view.unconfirmed === null ? '' : `; not confirmed since ${times.full(view.unconfirmed)}, it may be over`
    return `Since ${begin}, for ${duration(Math.max(0, now - view.openedAt))}${late}${doubt}`
  }
  return `From ${begin} to ${times.full(view.closedAt)}${late}`
}

function contradiction({ firing }: AlertView, times: ZoneTimes): Part[] {
  if (firing.claims.length + firing.measures.length === 0) return []
  return [
    {
      part: 'pair',
      rank: 1,
      says: firing.claims.slice(0, 4).map((each) => statement(each, times)),
      does: firing.measures.slice(0, 4).map((each) => statement(each, times)),
    },
  ]
}

function consequences({ consequences }: AlertView): Part[] {
  if (consequences.length === 0) return []
  const items = firstOf(consequences, MOST_ALERTS, consequence)
  return [{ part: 'list', rank: 4, label: 'Follows from it, not sent apart', items }]
}

function consequence({ active, firing }: AlertView): string {
  return `${firing.rule}: ${shown(firing.summary, 200)}${active ? '' : ' (over)'}`
}

function others(view: IncidentView, times: ZoneTimes): Part[] {
  const rest = view.alerts.filter((each) => each !== view.lead)
  if (rest.length === 0) return []
  const items = firstOf(rest, MOST_ALERTS, (each) => other(each, times))
  return [{ part: 'list', rank: 4, label: 'Also in this incident', items }]
}

function other(view: AlertView, times: ZoneTimes): string {
  const { active, alert, firing, muted } = view
  const state = active ? alert.severity.toUpperCase() : alert.endReason === 'once' ? 'event' : 'over'
  const hushed = active && muted !== null && alert.severity !== 'info' ? ` [${shown(muted, 80)}]` : ''
  const below = view.consequences.length === 0 ? '' : ` (${view.consequences.length} more follow from it)`
  return `${times.clock(firing.startsAt)} ${state} ${alert.rule}: ${shown(firing.summary, 200)}${hushed}${below}`
}

function members({ members }: IncidentView, times: ZoneTimes): Part[] {
  if (members.length === 0) return []
  const rows = members
    .slice(0, MOST_MEMBERS)
    .map(({ name, state, does, didAt }) => [
      shown(name, 63),
      shown(state, 40) || '?',
      does === '' ? 'not measured' : `${times.clock(didAt)} ${shown(does, 120)}`,
    ])
  if (members.length > MOST_MEMBERS) rows.push([`and ${members.length - MOST_MEMBERS} more`])
  return [{ part: 'table', rank: 4, head: ['member', 'state', 'measured'], rows }]
}

function evidence({ evidence }: Alert, times: ZoneTimes): Part[] {
  if (evidence.length === 0) return []
  return [{ part: 'quotes', rank: 2, quotes: evidence.slice(0, MOST_EVIDENCE).map((each) => quote(each, times)) }]
}

/** What is over by proof needs no checking. */
function checks({ state, lead }: IncidentView): Part[] {
  const lines = commands(lead.firing)
  return state === 'resolved' || lines.length === 0 ? [] : [{ part: 'commands', rank: 3, label: 'Check first', lines }]
}

function commands({ remedy }: Alert): string[] {
  return remedy.slice(0, 5).map((line) => shown(line, COMMAND))
}

/** Address of the runbook; `base` is put in front of its place in the docs. */
export function runbook(alert: Alert, base: string): string {
  return `${base}${alert.runbook}`
}

/** Time before and after an incident that a replay of it takes in, ms. */
const AROUND = 5 * 60_000

/** The command that tells the story of the incident again. Of topics only the configuration knows brokers and whose lines they are. */
export function replayCommand(view: IncidentView): string {
  const inputs = new Set<string>()
  for (const { firing } of view.alerts)
    for (const each of firing.evidence)
      if ('source' in each) inputs.add('file' in each.source ? each.source.file : `kafka:${each.source.topic}`)
  const paths = [...inputs].slice(0, 3).map((input) => quotedForShell(shown(input, 200)))
  const from = new Date(view.openedAt - AROUND).toISOString()
  const to = view.closedAt === null ? '' : ` --to ${new Date(view.closedAt + AROUND).toISOString()}`
  const only = quotedForShell(`cluster=${shown(view.cluster, 120)}`)
  const config = paths.some((path) => /^'?kafka:/.test(path)) ? ' --config patrolog.yaml' : ''
  return `patrolog replay ${paths.join(' ') || 'PATH'}${config} --only ${only} --from ${from}${to}`
}

/** Sentences of rules and lines of logs have times of their own. */
function zoneNote(zone: string): Part[] {
  if (zone === 'UTC') return []
  return [{ part: 'paragraph', rank: 8, text: `Times are ${zone}; within sentences UTC, in quoted lines as written.` }]
}

function history({ history }: IncidentView, times: ZoneTimes): Part[] {
  if (history.length < 2) return []
  const items = history.slice(-MOST_HISTORY).map((fact) => factLine(fact, times))
  return [{ part: 'list', rank: 7, label: 'So far', items }]
}
