import type { Basis } from './facet-names.ts'
import type { Evidence, Source } from './source.ts'

export type Severity = 'critical' | 'warning' | 'info'

export const GRAVITY: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 }

/** Sorts the graver first. */
export function graverFirst(a: { readonly severity: Severity }, b: { readonly severity: Severity }): number {
  return GRAVITY[b.severity] - GRAVITY[a.severity]
}

/** A change of one facet of a member. `time`: decided at (event time); `since`: began, as far as known. Epoch ms. */
export interface Transition {
  readonly kind: 'transition'
  readonly time: number
  readonly cluster: string
  readonly member: string
  readonly facet: string
  readonly from: string
  readonly to: string
  readonly since: number
  readonly basis: Basis
  readonly because: string
  readonly evidence: readonly Evidence[]
}

/** One half of a contradiction: what a member's logs say (claim) or what its WAL positions do (measure). */
export interface Statement {
  readonly member: string
  readonly time: number
  readonly text: string
  readonly source: Source | { readonly metric: string } | null
}

/** A rule holding for a subject: one record per decision. Times epoch ms. Meaning: RULES of the product, section 1. */
export interface Alert {
  readonly kind: 'alert'
  readonly time: number
  readonly cluster: string
  readonly member: string | null
  readonly rule: string
  readonly severity: Severity
  readonly status: 'firing' | 'resolved'
  readonly fingerprint: string
  readonly subject: string
  readonly since: number
  readonly startsAt: number
  readonly endsAt: number | null
  readonly endReason: string | null
  /** Severity before this record, when it changed. */
  readonly was: Severity | null
  readonly summary: string
  readonly claims: readonly Statement[]
  readonly measures: readonly Statement[]
  readonly evidence: readonly Evidence[]
  readonly remedy: readonly string[]
  readonly runbook: string
  /** Fingerprint of the firing cause that mutes this alert, or null. */
  readonly inhibitedBy: string | null
}

/** One understood line, made only when somebody asks for events. */
export interface EventEffect {
  readonly kind: 'event'
  readonly time: number
  readonly cluster: string
  readonly member: string | null
  readonly type: string
  readonly level: string
  readonly text: string
  readonly params: Readonly<Record<string, string | null>>
  readonly source: Source
  readonly program: string
}

/** No event of a member from `from` to `time`, epoch ms. Made for timelines; no record of the JSON lines. */
export interface Gap {
  readonly kind: 'gap'
  readonly time: number
  readonly cluster: string
  readonly member: string
  readonly from: number
}

export interface LateEffect {
  readonly kind: 'late'
  readonly time: number
  readonly cluster: string
  readonly member: string | null
  readonly source: Source
  /** How far behind its own stream, ms. */
  readonly by: number
  /** Whether it was newer than something known and so was used. */
  readonly folded: boolean
}

export interface RejectEffect {
  readonly kind: 'reject'
  readonly time: number
  readonly cluster: string | null
  readonly member: string | null
  readonly reason: string
  readonly source: Source
  /** First 200 bytes, decoded with replacement. */
  readonly text: string
}

export type Effect = Transition | Alert | EventEffect | LateEffect | RejectEffect

/** What a timeline shows, in the order of the output. */
export type Shown = Effect | Gap
