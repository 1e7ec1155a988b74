import type { Severity } from '../model/effect.ts'
import type { RuleMeta } from '../model/rule.ts'
import type { KafkaSettings, LiveSettings, SourceSettings } from './sections/live.ts'
import type { MetricsSettings } from './sections/metrics.ts'
import type { NotifySection } from './sections/notify.ts'

/** What configuration needs to know of a rule. */
export type KnownRule = Pick<RuleMeta, 'id' | 'params' | 'scope'>

/** Settings of one rule; what is absent stays as the rule has it. Durations are ms, sizes bytes. */
export interface RuleSettings {
  readonly enabled?: boolean
  readonly severity?: Severity
  /** How long a verdict must hold, ms. */
  readonly for?: number
  /** Parameters by name, in the unit of their default: ms, bytes, or a plain number. */
  readonly params?: Readonly<Record<string, number>>
}

/** Settings of rules by rule id; each id is that of a known rule. */
export type RuleOverrides = Readonly<Record<string, RuleSettings>>

/** What an operator knows of a member and no log line says. */
export interface MemberSettings {
  readonly archiveOnly?: boolean
  /** `recovery_min_apply_delay`, ms. */
  readonly delayed?: number
  /** Name of the member it replicates from. */
  readonly replicatefrom?: string
  readonly nofailover?: boolean
  readonly nosync?: boolean
  /** Settings of rules that judge each member, over the cluster's. */
  readonly rules?: RuleOverrides
}

/** Timings of a cluster in ms and bytes, kinds of its members, and rules of its own. */
export interface ClusterSettings {
  readonly ttl?: number
  readonly loopWait?: number
  readonly retryTimeout?: number
  readonly primaryStartTimeout?: number
  readonly maximumLagOnFailover?: number
  readonly failsafeMode?: boolean
  readonly synchronousMode?: boolean
  readonly standbyCluster?: boolean
  /** As the general setting, for this cluster. */
  readonly forgetAfter?: number
  readonly members?: Readonly<Record<string, MemberSettings>>
  readonly rules?: RuleOverrides
}

/** A configuration as read. What a file does not say is absent; the defaults stand where they are used. */
export interface Config {
  readonly rules: RuleOverrides
  readonly clusters: Readonly<Record<string, ClusterSettings>>
  /** Zone of log lines that do not name theirs: an IANA name, `UTC`, or `UTC+2`. */
  readonly timezone?: string
  /** How late a line may come against its own stream, ms. */
  readonly lateness?: number
  /** A member of which nothing was heard for so long is gone, ms; its alerts end then. */
  readonly forgetAfter?: number
  /** Folder of the operator's own rules. */
  readonly rulesDir?: string
  /** Where samples are fetched. */
  readonly metrics?: MetricsSettings
  readonly notify?: NotifySection
  readonly kafka?: KafkaSettings
  readonly sources?: readonly SourceSettings[]
  readonly live?: LiveSettings
}

export const EMPTY_CONFIG: Config = { rules: {}, clusters: {} }
