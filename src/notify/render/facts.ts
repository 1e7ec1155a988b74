import { duration } from '../../report/layout.ts'
import { type ZoneTimes, zoneTimes } from '../../report/zone.ts'
import type { Fact } from '../state.ts'
import type { AlertView, IncidentView } from '../view.ts'
import type { Doc, Mark, Part } from './doc.ts'
import { quote, type Setting, statement } from './quoted.ts'
import { clip, shown } from './text.ts'

const WORD: Readonly<Record<Fact['kind'], string>> = {
  fired: 'fires',
  graver: 'is graver now',
  milder: 'is milder now',
  changed: 'changed',
  resolved: 'is over',
  event: 'happened',
  reminder: 'reminder',
  silenced: 'is silenced',
  unsilenced: 'still fires, no longer silenced',
}

const LOUD: ReadonlySet<Fact['kind']> = new Set(['fired', 'graver', 'unsilenced'])

/** `04:26:20 CRITICAL replica-without-upstream of orders-1 fires: orders-1 has no upstream …` */
export function factLine(fact: Fact, times: ZoneTimes): string {
  const severity = fact.kind === 'fired' || fact.kind === 'graver' ? `${fact.severity.toUpperCase()} ` : ''
  const of = fact.of === '' ? '' : `${shown(fact.of, 120)} `
  return `${times.clock(fact.time)} ${severity}${of}${WORD[fact.kind]}: ${shown(fact.text, 240)}`
}

/** What is new in a conversation: one change with what proves it, or several as a list. */
export function factsDoc(view: IncidentView, facts: readonly Fact[], setting: Setting): Doc {
  const times = zoneTimes(setting.zone)
  const [only] = facts
  const last = facts.at(-1) as Fact
  const heading = facts.length === 1 && only !== undefined ? headingOf(only) : `${facts.length} changes`
  const end = last.last && view.closedAt !== null ? `; all over after ${duration(view.closedAt - view.openedAt)}` : ''
  return {
    title: `${heading}${end}`,
    mark: markOf(facts, view),
    brief: clip(`${shown(view.cluster, 80)}: ${factLine(last, times)}`, 300),
    parts: facts.length === 1 && only !== undefined ? one(only, view, times) : [list(facts, times)],
  }
}

function headingOf({ kind, of, severity, text }: Fact): string {
  if (kind === 'reminder') return `Reminder: ${shown(text, 100)}`
  return kind === 'fired' ? `${severity.toUpperCase()} ${shown(of, 120)}` : `${shown(of, 120)} ${WORD[kind]}`
}

/** Green is what ended by proof. */
function markOf(facts: readonly Fact[], view: IncidentView): Mark {
  const last = facts.at(-1) as Fact
  if (last.last) return view.state === 'resolved' ? 'good' : 'neutral'
  if (facts.every(({ kind }) => kind === 'resolved'))
    return facts.every((fact) => proven(fact, view)) ? 'good' : 'neutral'
  if (facts.some(({ kind, severity }) => severity === 'critical' && LOUD.has(kind))) return 'critical'
  return last.kind === 'event' || last.kind === 'silenced' ? 'info' : last.severity
}

function proven({ fingerprint }: Fact, { alerts }: IncidentView): boolean {
  return alerts.every(({ alert }) => alert.fingerprint !== fingerprint || alert.endReason === 'proof')
}

function list(facts: readonly Fact[], times: ZoneTimes): Part {
  return { part: 'list', rank: 0, label: 'Changes', items: facts.map((fact) => factLine(fact, times)) }
}

function one(fact: Fact, view: IncidentView, times: ZoneTimes): Part[] {
  const about = view.alerts.find(({ alert }) => alert.fingerprint === fact.fingerprint)
  const line: Part = { part: 'paragraph', rank: 0, text: `${times.clock(fact.time)} ${shown(fact.text, 400)}` }
  if (about === undefined) return [line]
  return LOUD.has(fact.kind) ? [line, ...details(about, times)] : [line, ...proof(about, fact, times)]
}

function details({ firing }: AlertView, times: ZoneTimes): Part[] {
  const says = firing.claims.slice(0, 3).map((each) => statement(each, times))
  const does = firing.measures.slice(0, 3).map((each) => statement(each, times))
  const parts: Part[] = says.length + does.length === 0 ? [] : [{ part: 'pair', rank: 1, says, does }]
  if (firing.evidence.length > 0)
    parts.push({ part: 'quotes', rank: 2, quotes: firing.evidence.slice(0, 3).map((each) => quote(each, times)) })
  return parts
}

function proof({ alert }: AlertView, fact: Fact, times: ZoneTimes): Part[] {
  if (fact.kind !== 'resolved') return []
  const parts: Part[] = [
    { part: 'paragraph', rank: 1, text: `It fired for ${duration((alert.endsAt ?? alert.time) - alert.startsAt)}.` },
  ]
  if (alert.evidence.length > 0)
    parts.push({ part: 'quotes', rank: 2, quotes: alert.evidence.slice(0, 3).map((each) => quote(each, times)) })
  return parts
}
