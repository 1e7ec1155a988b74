import type { Alert, Effect, EventEffect, RejectEffect, Statement, Transition } from '../model/effect.ts'
import type { Evidence } from '../model/source.ts'
import type { Summary } from '../model/summary.ts'
import { mask } from './mask.ts'

/** One object a line, keys in the order of the contract. */
export function jsonLine(effect: Effect | Summary): string {
  return JSON.stringify(shape(effect))
}

function shape(effect: Effect | Summary): object {
  switch (effect.kind) {
    case 'event':
      return event(effect)
    case 'transition':
      return transition(effect)
    case 'alert':
      return alert(effect)
    case 'reject':
      return reject(effect)
    case 'summary':
      return summary(effect)
    default:
      return {
        kind: effect.kind,
        time: iso(effect.time),
        cluster: effect.cluster,
        member: effect.member,
        source: effect.source,
        by: effect.by,
        folded: effect.folded,
      }
  }
}

function event(effect: EventEffect): object {
  const { kind, cluster, member, type, level, source, program } = effect
  const params = Object.fromEntries(
    Object.entries(effect.params).map(([name, value]) => [name, value === null ? null : mask(value)]),
  )
  return {
    kind,
    time: iso(effect.time),
    cluster,
    member,
    type,
    level,
    text: mask(effect.text),
    params,
    source,
    program,
  }
}

function transition(effect: Transition): object {
  const { kind, cluster, member, facet, from, to, basis, because } = effect
  return {
    kind,
    time: iso(effect.time),
    cluster,
    member,
    facet,
    from,
    to,
    since: iso(effect.since),
    basis,
    because,
    evidence: effect.evidence.map(evidence),
  }
}

function alert(effect: Alert): object {
  const {
    kind,
    cluster,
    member,
    rule,
    severity,
    status,
    fingerprint,
    subject,
    endReason,
    was,
    remedy,
    runbook,
    inhibitedBy,
  } = effect
  return {
    kind,
    time: iso(effect.time),
    cluster,
    member,
    rule,
    severity,
    status,
    fingerprint,
    subject,
    since: iso(effect.since),
    startsAt: iso(effect.startsAt),
    endsAt: effect.endsAt === null ? null : iso(effect.endsAt),
    endReason,
    was,
    summary: mask(effect.summary),
    claims: effect.claims.map(statement),
    measures: effect.measures.map(statement),
    evidence: effect.evidence.map(evidence),
    remedy,
    runbook,
    inhibitedBy,
  }
}

function statement({ member, time, text, source }: Statement): object {
  return { member, time: iso(time), text: mask(text), source }
}

function evidence(of: Evidence): object {
  if ('source' in of) return { source: of.source, time: iso(of.time), text: mask(of.text) }
  return { metric: of.metric, time: iso(of.time), value: of.value }
}

function reject({ kind, time, cluster, member, reason, source, text }: RejectEffect): object {
  return { kind, time: iso(time), cluster, member, reason, source, text: mask(text) }
}

function summary(effect: Summary): object {
  const { kind, time, from, to, zone, records, transitions, alerts, inputs, problems } = effect
  return {
    kind,
    time: iso(time),
    cluster: null,
    member: null,
    from: iso(from),
    to: iso(to),
    zone,
    records,
    unrecognised: effect.unrecognised.map(({ program, count, samples }) => ({
      program,
      count,
      samples: samples.map(mask),
    })),
    transitions,
    alerts,
    open: effect.open.map((open) => ({ ...open, since: iso(open.since), confirmed: iso(open.confirmed) })),
    inputs,
    problems,
    members: effect.members.map(({ cluster, member, state }) => ({
      cluster,
      member,
      state: Object.fromEntries(
        Object.entries(state).map(([facet, { value, since }]) => [facet, { value, since: iso(since) }]),
      ),
    })),
  }
}

/** ISO 8601 UTC with ms; null for a time that is not known. */
export function iso(time: number | null): string | null {
  return time === null || !Number.isFinite(time) || Math.abs(time) > 8.64e15 ? null : new Date(time).toISOString()
}
