import { GRID, type Moment } from './clock.ts'
import type { Alert, Severity } from './effect.ts'
import type { Basis, FacetName } from './facet-names.ts'
import type { Lsn } from './lsn.ts'
import type { Measure } from './measure.ts'
import type { ClusterMemberView, Tags } from './sample.ts'
import type { Evidence } from './source.ts'

/** The time of what did not happen: earlier than any. */
export const NEVER = Number.NEGATIVE_INFINITY

/** A moment that has not come. */
export function moment(): Moment {
  return { at: NEVER, watched: false }
}

/** Refreshes a date; a date that a check saw as past asks for a new check. */
export function touch(moment: Moment, time: number, member: Member): void {
  if (time <= moment.at) return
  moment.at = time
  if (moment.watched) {
    moment.watched = false
    member.cluster.dirty = true
  }
}

/** One facet of a member: its value, since when, when last confirmed, and why. */
export interface Claim {
  value: string
  since: number
  /** Event time of the latest word for this value: older news cannot change it. */
  at: number
  basis: Basis
  because: string
  evidence: readonly Evidence[]
}

/**
 * When lines without a meaning came, by slots of the grid: they are noted as they are read, ahead of the watermark, and
 * a check asks only for those up to its own time.
 */
export interface Heard {
  /** Latest event time in each slot. */
  readonly slots: Float64Array
  first: number
}

export const HEARD_SLOTS = 16

/** Notes a time, epoch ms; the slots go round, so that only the latest HEARD_SLOTS points of the grid are known. */
export function hear(heard: Heard, time: number): void {
  const slot = Math.floor(time / GRID) & (HEARD_SLOTS - 1)
  if (time > (heard.slots[slot] as number)) heard.slots[slot] = time
  if (time < heard.first) heard.first = time
}

/** Latest time at or before `now`; NEVER if there is none. */
export function heardUpTo(heard: Heard, now: number): number {
  let latest = NEVER
  const { slots } = heard
  for (let at = 0; at < HEARD_SLOTS; at++) {
    const time = slots[at] as number
    if (time <= now && time > latest) latest = time
  }
  return latest
}

/** Times kept of each type of event. */
export const MOST_TIMES = 16

/** The latest occurrence of one type of event of one member. */
export interface Said extends Moment {
  /** Occurrences so far. */
  count: number
  /** Event time of the occurrence before the latest. */
  previous: number
  /** The latest times, oldest first, at most MOST_TIMES. */
  readonly times: number[]
  params: Readonly<Record<string, string | null>>
  /** The latest line, as evidence. Made when asked for. */
  evidence(): Evidence
}

/** Kinds of a member, from tags, configuration or learning; they change what a rule may conclude. */
export interface MemberKind {
  archiveOnly: boolean
  /** Delay of replay, ms; 0 none. */
  delayed: number
  replicatefrom: string | null
  nofailover: boolean
  nosync: boolean
}

/** When a member's PostgreSQL was proven to be a running primary. */
export interface PrimarySpan {
  /** Start of the present or last span, or NEVER. */
  since: number
  /** Latest proof. */
  readonly proven: Moment
  /** First sample of the span that read primary and running, on the scraper's clock; NEVER without one. */
  measuredSince: number
  /** End of the span, or NaN while it lasts. */
  ended: number
  /** End of the span before it, or NEVER. */
  before: number
  endedBy: string
  /** Latest line that took the primary role away (demotion, shutdown, crash). */
  readonly lost: Moment
  evidence: readonly Evidence[]
}

/** A time in which a member was proven to stream: since when, and its latest word. */
export type Streamed = Pick<Claim, 'since' | 'at' | 'evidence'>

/** What befell a member, for the rules that count. Epoch ms, oldest first, the latest 16 of each. */
export interface History {
  /** Promotions after a demotion of its own that nobody had asked for. */
  readonly comebacks: number[]
  /** Starts of PostgreSQL after a crash, a failed start, or an exit that nobody had asked for. */
  readonly restarts: number[]
  /** Overruns of its HA loop while it reached the DCS and no work was planned. */
  readonly overruns: number[]
  /** Rounds of copying or bootstrapping it that failed since the last one that did not. */
  readonly failedRounds: number[]
  /** Since when its PostgreSQL does not run, in however many attempts to start it; NaN while it runs or was never seen to. */
  downSince: number
  /** When Patroni last went by the role that it remembered, as its PostgreSQL did not answer; NEVER if it did not. */
  rememberedAt: number
  /** Since when Patroni gets no answer from its PostgreSQL in any cycle; NEVER while it does. */
  unansweredSince: number
  /** When PostgreSQL said last that the new timeline forked off before its own position; NEVER if it did not. */
  forkedAt: number
  /** Where its timeline ends by the primary's history, when Patroni compared the two last. */
  fork: { readonly at: number; readonly timeline: number; readonly lsn: Lsn } | null
}

/** What is known of a replication slot by the lines of one member. Epoch ms; NEVER when it was not said. */
export interface SlotState {
  /** First and latest line of the present series that says it does not exist. */
  missingSince: number
  missingAt: number
  lostAt: number
  /** When Patroni dropped it, to make it anew. */
  droppedAt: number
  evidence: Evidence
}

/** How the records of a member arrive, by the broker's clock. Known live only. */
export interface Delivery {
  /** Learned constant by which its stamps differ from arrival, ms; negative when its clock is ahead. */
  offset: number
  /** Delay beyond the offset at the latest report, ms, and at the one before. */
  delay: number
  delayBefore: number
  /** Since when the delay grows. */
  growingSince: number
  at: number
}

export interface Member {
  readonly name: string
  readonly cluster: Cluster
  readonly claim: Record<FacetName, Claim>
  readonly said: Map<string, Said>
  /** Latest line of its Patroni. */
  readonly heard: Moment
  /** Lines of its PostgreSQL and of its helpers. */
  readonly postgresHeard: Heard
  /** First line or sample of this member. */
  firstSeen: number
  /** Learned spacing of its heartbeats, ms; 0 until known. */
  heartbeat: number
  /** Until when lines of its log are missing: it had a hole up to then. NEVER without one. */
  missingUntil: number
  readonly measure: Measure
  readonly primary: PrimarySpan
  /** When it was last proven to stream, up to the stop that ended it; NEVER if it was not. */
  streamed: Streamed
  readonly kind: MemberKind
  /**
   * How members' `/cluster` show it: the latest view, and since when they show it with this role and state; since when it is absent
   * there (NaN when present). Epoch ms.
   */
  listed: { view: ClusterMemberView; since: number; at: number } | undefined
  unlistedSince: number
  tags: Tags | undefined
  readonly history: History
  /** Slots that its lines speak of, by name. */
  readonly slots: Map<string, SlotState>
  delivery: Delivery | undefined
  /** Private memory of the facets, by facet id. */
  readonly memo: Record<string, unknown>
}

/** Takes the tags that a body shows, which are true-only: one that is missing is not set. Undefined: it shows none at all. */
export function takeTags(member: Member, tags: Tags | undefined): void {
  if (tags === undefined) return
  const { kind } = member
  member.tags = tags
  kind.nofailover = tags.nofailover === true
  kind.nosync = tags.nosync === true
  kind.replicatefrom = tags.replicatefrom ?? null
  if (tags.nostream === true) kind.archiveOnly = true
}

export type PlannedKind = 'switchover' | 'stop' | 'restart' | 'rebuild' | 'rolling-update' | 'pause'

/** Work that somebody asked for: it names its member (null: the cluster) and lasts until its deadline. */
export interface PlannedAction {
  readonly kind: PlannedKind
  readonly member: string | null
  readonly since: number
  /** Latest word of it. */
  at?: number
  /** Epoch ms after which what still holds fires. Infinity: until ended. */
  until: number
  /** When it was done: the member's PostgreSQL up again, the leadership handed over. What is lost later was not asked for. */
  done?: number
  readonly evidence: readonly Evidence[]
}

/** The list of synchronous standbys, by the leader's word. */
export interface SyncList {
  value: 'filled' | 'empty' | 'off'
  since: number
  /** Whether somebody was ever in it. */
  had: boolean
  /** Latest changes, epoch ms, oldest first. */
  readonly changes: number[]
  evidence: readonly Evidence[]
}

/** Timings of a cluster in force, ms and bytes, and where they come from. */
export interface Timings {
  loopWait: number
  ttl: number
  retryTimeout: number
  maximumLagOnFailover: number
  primaryStartTimeout: number
  failsafeMode: boolean | null
  synchronousMode: boolean | null
  synchronousModeStrict: boolean | null
  standbyCluster: boolean | null
  /** A member of which nothing was heard for so long is gone. */
  forgetAfter: number
  source: string
}

export interface LeaderChange {
  readonly from: string
  readonly to: string
  readonly at: number
  /** Whether somebody wanted it, and how, in words. */
  readonly planned: boolean
  readonly how: string
  readonly evidence: readonly Evidence[]
}

export interface Cluster {
  readonly name: string
  /** Members by name. */
  readonly members: Map<string, Member>
  readonly timings: Timings
  planned: PlannedAction[]
  /** The leader last known and since when, by confirmation of the holder itself. */
  leader: { name: string; since: number; evidence: readonly Evidence[] } | null
  /** The change of leader last seen, for the rule that reports it. */
  leaderChange: LeaderChange | null
  sync: SyncList | null
  /** Latest event or reading of any member. */
  readonly heard: Moment
  readonly alerts: Map<string, AlertLife>
  /** Counts what was folded into any member but repeated heartbeats and noise. */
  changes: number
  /** Whether something changed since the last check. */
  dirty: boolean
  /** Earliest grid time at which a date noted by a facet is met. */
  expiry: number
  /** The same for the dates noted by rules. */
  deadline: number
}

/** A rule's hold on one subject. */
export interface AlertLife {
  state: 'pending' | 'firing'
  rule: string
  subject: string
  since: number
  startsAt: number
  severity: Severity
  last: Alert | null
  /** Latest point of the grid at which the rule was asked and found it so; once that is over, the last at which it held. */
  confirmed: number
  /** Whether the rule found it so when it was last asked: it holds as long as there is no need to ask again. */
  holds: boolean
}
