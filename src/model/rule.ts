import type { Clock } from './clock.ts'
import type { Severity, Statement } from './effect.ts'
import type { Evidence } from './source.ts'
import type { Cluster, PlannedKind } from './state.ts'

/** A parameter of a rule with its default. Durations are ms, sizes bytes. */
export interface Param {
  readonly default: number
  readonly unit: 'duration' | 'size' | 'count' | 'ratio'
  readonly means: string
}

/** A cause mutes its consequences no longer than this, ms. */
export const LONGEST_INHIBITION = 15 * 60_000

export interface RuleMeta<P extends string = string> {
  /** Equals the file's name. */
  readonly id: string
  readonly summary: string
  /** What it judges: each member, or the cluster. */
  readonly scope: 'member' | 'cluster'
  /** Severity where a verdict does not say otherwise. */
  readonly severity: Severity
  /** How long a verdict must hold, ms, counted from its `since`; a verdict may say otherwise. */
  readonly for: number
  readonly params: Readonly<Record<P, Param>>
  /** Planned work that mutes it, until its deadline. */
  readonly mutedBy: readonly PlannedKind[]
  /** Rules whose alerts are consequences of this one: of the same member, or of any when this one's scope is the cluster. */
  readonly inhibits: readonly string[]
  /** Inputs without which it says nothing. */
  readonly needs: readonly string[]
  /** When it fires, when it ends, when it stays silent. */
  readonly fires: string
  readonly ends: string
  readonly silent: string
  readonly blindSpots: readonly string[]
  readonly falseAlarms: readonly string[]
  /**
   * What to check first: commands. `{member}`, `{cluster}` (its full name) and `{scope}` (the last part of it, which is what
   * `patronictl` calls a cluster) are filled in.
   */
  readonly remedy: readonly string[]
}

export interface Fire {
  readonly verdict: 'fire'
  /** Member name, slot, or cluster name. */
  readonly subject: string
  readonly member: string | null
  readonly severity?: Severity
  /** When the condition began; left out, it counts from the first check that found it. */
  readonly since?: number
  readonly for?: number
  /** One sentence that is true as it stands; no number that changes while the condition lasts. */
  readonly summary: string
  readonly claims?: readonly Statement[]
  readonly measures?: readonly Statement[]
  readonly evidence?: readonly Evidence[]
  /** An event rather than a state: one record, which ends at once; none, while planned work mutes it. The same `since` is never reported again. */
  readonly once?: boolean
}

export interface Clear {
  readonly verdict: 'clear'
  readonly subject: string
  readonly proof: string
  readonly evidence?: readonly Evidence[]
  /** `proof` unless the rule says otherwise: `member gone`, `superseded by <rule>`. */
  readonly reason?: string
}

/** What a rule does not mention is unknown too; saying so keeps the reason. */
export interface Unknown {
  readonly verdict: 'unknown'
  readonly subject: string
  readonly why: string
}

export type Verdict = Fire | Clear | Unknown

export type Params<P extends string> = Readonly<Record<P, number>>

/** A picture of a cluster that is wrong. A file of `rules/` exports one; the file's name is its id. */
export interface Rule<P extends string = string> {
  readonly meta: RuleMeta<P>
  check(cluster: Cluster, clock: Clock, params: Params<P>): Iterable<Verdict>
}

/** Types a rule by its parameters; gives what it was given. */
export function rule<P extends string>(definition: Rule<P>): Rule<P> {
  return definition
}

/** The picture is wrong for this subject. */
export function fire(verdict: Omit<Fire, 'verdict'>): Fire {
  return { verdict: 'fire', ...verdict }
}

/** The picture is proven right for this subject, and why: one sentence. */
export function clear(
  subject: string,
  proof: string,
  more: { evidence?: readonly Evidence[]; reason?: string } = {},
): Clear {
  return { verdict: 'clear', subject, proof, ...more }
}

/** Neither: nothing begins and nothing ends. */
export function unknown(subject: string, why: string): Unknown {
  return { verdict: 'unknown', subject, why }
}
