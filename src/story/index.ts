/**
 * Stories: how a rule is tested. A story is a cluster to which things happen at seconds of virtual time, told to the
 * real engine with real log lines and real REST bodies; then it is asked what the rule said, and when.
 *
 *     const { silent, fires, missing } = stories('replica-stalled')
 *
 *     silent('the primary is idle', () => cluster('demo').replica('pg-1').primaryIdle(0).freeze('pg-1', 100))
 *
 *     fires(
 *       'nothing arrives at the replica',
 *       () => cluster('demo').replica('pg-1').freeze('pg-1', 100).metricsVanish(200).metricsReturn(300).stream('pg-1', 400),
 *       (told) => told.firesBy(160).stillFiringAt(300).resolvedBy(460),
 *     )
 *
 * Silence comes first: every rule has stories of good days and planned work in which it must say nothing, one in which
 * it fires and ends on proof only, and one in which its input is missing, so that it neither fires nor resolves.
 * What can happen to a cluster: the verbs of `cluster.ts`. An operator's own rules are tested in the same way:
 * `stories(rule)` takes a rule as well as the id of a shipped one.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Alert, Transition } from '../model/effect.ts'
import type { FacetName } from '../model/facet-names.ts'
import type { Rule } from '../model/rule.ts'
import type { ClusterStory } from './cluster.ts'
import { EPOCH } from './node.ts'
import { rules, type Telling, type Told, tell } from './tell.ts'

export { type ClusterStory, cluster, demo } from './cluster.ts'
export { tell } from './tell.ts'

/** What a rule said in a story. Times are seconds from its begin. */
export interface Story {
  /** A first alert by this second. */
  firesBy(t: number): Story
  /** No alert before this second. */
  notBefore(t: number): Story
  /** An alert is open at this second. */
  stillFiringAt(t: number): Story
  /** No alert is open at this second. */
  quietAt(t: number): Story
  /** No alert is open by this second, because of a proof. */
  resolvedBy(t: number): Story
  /** Nothing at all. */
  neverFires(): Story
  /** Nothing above info. */
  neverPages(): Story
  /** No record after this second: neither news nor an end. */
  unchangedAfter(t: number): Story
  /** The alert open at this second has this severity. */
  severityAt(t: number, severity: Alert['severity']): Story
  /** The summary of a firing record matches. */
  says(text: RegExp): Story
  /** Exactly so many alerts began. */
  begins(times: number): Story
  /** The alert is muted by a cause of this rule at its last firing record. */
  inhibitedBy(rule: string): Story
  /** The alert open at this second is not muted by a cause. */
  inhibitedByNobodyAt(t: number): Story
  /** A facet of a member takes a value between two seconds. */
  shows(member: string, facet: FacetName, value: string, from: number, to: number): Story
  /** A facet of a member never takes this value, from second `from` on if it is given. */
  neverShows(member: string, facet: FacetName, value: string, from?: number): Story
  /** The same story, asked about another rule. */
  of(rule: string): Story
  readonly told: Told
}

/** Tells a story and asks about one rule. */
export function story(rule: string | Rule, happens: ClusterStory, telling: Telling = {}): Story {
  const own = typeof rule === 'string' ? {} : { rules: [...rules.filter(({ meta }) => meta.id !== rule.meta.id), rule] }
  return about(typeof rule === 'string' ? rule : rule.meta.id, tell(happens, { ...own, ...telling }))
}

function about(rule: string, told: Told): Story {
  const alerts = told.effects.filter((effect): effect is Alert => effect.kind === 'alert' && effect.rule === rule)
  const firing = alerts.filter((alert) => alert.status === 'firing')
  const begun = firing.filter((alert) => alert.time === alert.startsAt)
  const all = tale(told)
  const openAt = (t: number): readonly Alert[] => {
    const last = new Map<string, Alert>()
    for (const alert of alerts) if (seconds(alert.time) <= t) last.set(alert.fingerprint, alert)
    return [...last.values()].filter((alert) => alert.status === 'firing' && alert.endsAt === null)
  }
  const transitions = told.effects.filter((effect): effect is Transition => effect.kind === 'transition')
  const asked: Story = {
    told,
    firesBy: (t) => check(firing[0] !== undefined && seconds(firing[0].time) <= t, `${rule} fires by ${t}`),
    notBefore: (t) =>
      check(firing[0] === undefined || seconds(firing[0].time) >= t, `${rule} does not fire before ${t}`),
    stillFiringAt: (t) => check(openAt(t).length > 0, `${rule} still fires at ${t}`),
    quietAt: (t) => check(openAt(t).length === 0, `${rule} is quiet at ${t}`),
    resolvedBy(t) {
      check(firing.length > 0, `${rule} fires before it is resolved`)
      check(openAt(t).length === 0, `${rule} is resolved by ${t}`)
      return check(
        alerts.some(({ status, endReason }) => status === 'resolved' && endReason === 'proof'),
        `${rule} is resolved by proof`,
      )
    },
    neverFires: () => check(firing.length === 0, `${rule} never fires`),
    neverPages: () =>
      check(
        firing.every(({ severity }) => severity === 'info'),
        `${rule} never pages`,
      ),
    unchangedAfter: (t) =>
      check(
        alerts.every((alert) => seconds(alert.time) <= t),
        `nothing new of ${rule} after ${t}`,
      ),
    severityAt: (t, severity) =>
      check(
        openAt(t).length > 0 && openAt(t).every((alert) => alert.severity === severity),
        `${rule} is ${severity} at ${t}`,
      ),
    says: (text) =>
      check(
        firing.some(({ summary }) => text.test(summary)),
        `${rule} says ${text}`,
      ),
    begins: (times) => check(begun.length === times, `${rule} begins ${times} times`),
    inhibitedBy(cause) {
      const prints = new Set(
        told.effects.flatMap((effect) =>
          effect.kind === 'alert' && effect.rule === cause ? [effect.fingerprint] : [],
        ),
      )
      return check(
        firing.length > 0 && prints.has(firing.at(-1)?.inhibitedBy ?? ''),
        `${rule} is inhibited by ${cause}`,
      )
    },
    inhibitedByNobodyAt: (t) =>
      check(
        openAt(t).length > 0 && openAt(t).every(({ inhibitedBy }) => inhibitedBy === null),
        `${rule} is inhibited by nobody at ${t}`,
      ),
    shows: (member, facet, value, from, to) =>
      check(
        transitions.some(
          (it) =>
            it.member === member &&
            it.facet === facet &&
            it.to === value &&
            seconds(it.time) >= from &&
            seconds(it.time) <= to,
        ),
        `${member}'s ${facet} becomes ${value} between ${from} and ${to}`,
      ),
    neverShows: (member, facet, value, from = Number.NEGATIVE_INFINITY) =>
      check(
        !transitions.some(
          (it) => it.member === member && it.facet === facet && it.to === value && seconds(it.time) >= from,
        ),
        `${member}'s ${facet} never becomes ${value}`,
      ),
    of: (other) => about(other, told),
  }
  function check(holds: boolean, expectation: string): Story {
    if (!holds) assert.fail(`expected: ${expectation}; but the story went:\n${all}`)
    return asked
  }
  return asked
}

/** A story in lines, for the reader of a failed test. */
export function tale(told: Told): string {
  return told.effects
    .map((effect) => {
      const at = `${seconds(effect.time).toFixed(1).padStart(7)}  `
      if (effect.kind === 'transition')
        return `${at}${effect.member}: ${effect.facet} ${effect.from} → ${effect.to} (${effect.basis}: ${effect.because})`
      if (effect.kind !== 'alert') return `${at}${effect.kind}`
      const muted = effect.inhibitedBy === null ? '' : ' (muted by a cause)'
      return `${at}${effect.status.toUpperCase()} ${effect.rule} ${effect.severity}${muted}: ${effect.summary}`
    })
    .join('\n')
}

function seconds(time: number): number {
  return (time - EPOCH) / 1000
}

/** Stories of a rule, by what they show. */
export interface Shelf {
  /** A good day, planned work: the rule says nothing. */
  silent(name: string, happens: () => ClusterStory, ask?: (told: Story) => void): void
  /** It fires, and ends on proof only. */
  fires(name: string, happens: () => ClusterStory, ask: (told: Story) => void): void
  /** An input is missing: it neither fires nor resolves. Without `ask`: it never fires. */
  missing(name: string, happens: () => ClusterStory, ask?: (told: Story) => void): void
}

export type Kind = keyof Shelf

/** Stories told so far in this process, by rule: how many of each kind. */
export const registered = new Map<string, Readonly<Record<Kind, number>>>()

let registering = false

/** Loads files with stories and only counts them: nothing is told. */
export async function register(files: readonly string[]): Promise<void> {
  registering = true
  for (const file of files) await import(file)
  registering = false
}

/** The stories of a shipped rule, by its id, or of a rule of your own. */
export function stories(rule: string | Rule): Shelf {
  const id = typeof rule === 'string' ? rule : rule.meta.id
  const told = (kind: Kind, name: string, happens: () => ClusterStory, ask: (told: Story) => void): void => {
    const known = registered.get(id) ?? { silent: 0, fires: 0, missing: 0 }
    registered.set(id, { ...known, [kind]: known[kind] + 1 })
    if (!registering) describe(id, () => it(`${kind}: ${name}`, () => ask(story(rule, happens()))))
  }
  return {
    silent: (name, happens, ask = (asked) => asked.neverFires()) => told('silent', name, happens, ask),
    fires: (name, happens, ask) =>
      told('fires', name, happens, (asked) => ask(asked.firesBy(Number.POSITIVE_INFINITY))),
    missing: (name, happens, ask = (asked) => asked.neverFires()) => told('missing', name, happens, ask),
  }
}
