import { GRID } from '../model/clock.ts'
import type { Alert, Effect, Severity } from '../model/effect.ts'
import type { Fire, Params, Rule, Verdict } from '../model/rule.ts'
import type { AlertLife, Cluster, Member } from '../model/state.ts'
import type { CheckClock } from './clock.ts'
import { fingerprint } from './fingerprint.ts'
import { type Cause, inhibitor } from './inhibition.ts'
import { muted } from './muting.ts'

/** A rule with the parameters and severity in force for one cluster. */
export interface ActiveRule {
  readonly rule: Rule
  readonly params: Params<string>
  readonly severity: Severity | null
  /** Whether it judges this subject; a member with settings of its own is judged apart from the others. Null: all. */
  readonly judges: ((subject: string) => boolean) | null
  /** Rules that mute this one. */
  readonly causes: readonly Cause[]
}

/**
 * pending → firing → resolved: takes the verdicts of a check into the lives of a cluster's alerts. True when a life began,
 * ended or changed: rules that it mutes may decide otherwise then.
 */
export function advance(
  cluster: Cluster,
  active: ActiveRule,
  verdicts: Iterable<Verdict>,
  clock: CheckClock,
  emit: (effect: Effect) => void,
): boolean {
  let changed = false
  for (const verdict of verdicts) {
    // Nearly all say nothing, or that nothing is wrong where nothing was.
    if (verdict.verdict === 'unknown' || (verdict.verdict === 'clear' && cluster.alerts.size === 0)) continue
    if (active.judges !== null && !active.judges(verdict.subject)) continue
    const key = `${active.rule.meta.id}\n${verdict.subject}`
    const life = cluster.alerts.get(key)
    if (verdict.verdict === 'fire') {
      if (goneMember(cluster, verdict.member) !== undefined) continue
      if (fired(cluster, active, verdict, key, life, clock, emit)) changed = true
    } else if (life !== undefined) {
      changed = true
      cluster.alerts.delete(key)
      end(life, clock.now, verdict.reason ?? 'proof', verdict.proof, verdict.evidence ?? [], emit)
    }
  }
  return cluster.alerts.size > 0 && release(cluster, active.rule.meta.id, clock.now) ? true : changed
}

/** What was not said again in this check was true up to the point of the grid before it. */
function release(cluster: Cluster, rule: string, now: number): boolean {
  let changed = false
  for (const life of cluster.alerts.values()) {
    if (life.rule !== rule || !life.holds || life.confirmed === now) continue
    life.holds = false
    life.confirmed = Math.max(life.confirmed, now - GRID)
    changed = true
  }
  return changed
}

/** Alerts of a member that is gone, and those of a cluster whose members all are, end with it: not green, and not for ever. */
export function endOfGone(cluster: Cluster, clock: CheckClock, emit: (effect: Effect) => void): boolean {
  const before = cluster.alerts.size
  for (const [key, life] of cluster.alerts) {
    const gone = goneMember(cluster, aboutWhom(life))
    if (gone === undefined) continue
    cluster.alerts.delete(key)
    end(life, clock.now, 'member gone', gone.claim.membership.because, [], emit)
  }
  return cluster.alerts.size < before
}

/** Alerts of a member that was forgotten, or all of the cluster when `name` is null, end with it. */
export function endOfForgotten(
  cluster: Cluster,
  name: string | null,
  now: number,
  because: string,
  emit: (effect: Effect) => void,
): void {
  for (const [key, life] of cluster.alerts) {
    if (name !== null && aboutWhom(life) !== name) continue
    cluster.alerts.delete(key)
    end(life, now, 'forgotten', because, [], emit)
  }
}

/** The member an alert is about; until it was told, its subject may be one. */
function aboutWhom({ last, subject }: AlertLife): string | null {
  return last === null ? subject : last.member
}

/** The member of this name, if it is gone; where none bears it, the last of the cluster, if all are. */
function goneMember(cluster: Cluster, name: string | null): Member | undefined {
  const member = cluster.members.get(name ?? '')
  if (member !== undefined) return isGone(member) ? member : undefined
  let last: Member | undefined
  for (const each of cluster.members.values()) {
    if (!isGone(each)) return undefined
    last = each
  }
  return last
}

function isGone({ claim: { membership } }: Member): boolean {
  return membership.value === 'gone'
}

/** Tells the end of what was told and has not ended at once. */
function end(
  { last }: AlertLife,
  now: number,
  reason: string,
  proof: string,
  evidence: Alert['evidence'],
  emit: (effect: Effect) => void,
): void {
  if (last !== null && last.endsAt === null) emit(resolved(last, now, reason, proof, evidence))
}

/** True when the life began, or is not as it was. */
function fired(
  cluster: Cluster,
  active: ActiveRule,
  verdict: Fire,
  key: string,
  known: AlertLife | undefined,
  clock: CheckClock,
  emit: (effect: Effect) => void,
): boolean {
  const severity = active.severity ?? verdict.severity ?? active.rule.meta.severity
  const life = known ?? begin(cluster, active, verdict, key, severity, clock.now)
  const changed = known === undefined || !life.holds
  life.confirmed = clock.now
  life.holds = true
  if (life.state === 'firing' && verdict.once !== true) {
    const same = life.severity === severity && life.last?.summary === verdict.summary
    if (same && !freed(cluster, active, life, clock)) return changed
  } else {
    if (life.state === 'firing' && life.since === verdict.since) return changed
    life.since = verdict.since ?? (verdict.once === true ? clock.now : life.since)
    if (!clock.past(life.since, verdict.for ?? active.rule.meta.for)) return changed
    const silent = muted(cluster, active.rule, verdict, clock)
    // What outlasts the work that mutes it is told then; an event is over with it.
    if (silent && verdict.once !== true) return changed
    life.state = 'firing'
    life.startsAt = clock.now
    if (silent) return changed
  }
  const record = firing(cluster, active, verdict, life, severity, clock)
  life.severity = severity
  life.last = record
  emit(record)
  return true
}

function begin(
  cluster: Cluster,
  active: ActiveRule,
  verdict: Fire,
  key: string,
  severity: Severity,
  now: number,
): AlertLife {
  const life: AlertLife = {
    state: 'pending',
    rule: active.rule.meta.id,
    subject: verdict.subject,
    since: verdict.since ?? now,
    startsAt: now,
    severity,
    last: null,
    confirmed: now,
    holds: true,
  }
  cluster.alerts.set(key, life)
  return life
}

function firing(
  cluster: Cluster,
  active: ActiveRule,
  verdict: Fire,
  life: AlertLife,
  severity: Severity,
  clock: CheckClock,
): Alert {
  const { now } = clock
  const { meta } = active.rule
  const fill = (text: string): string =>
    text
      .replaceAll('{member}', verdict.member ?? '<member>')
      .replaceAll('{cluster}', cluster.name)
      .replaceAll('{scope}', cluster.name.slice(cluster.name.lastIndexOf('/') + 1))
  return {
    kind: 'alert',
    time: now,
    cluster: cluster.name,
    member: verdict.member,
    rule: meta.id,
    severity,
    status: 'firing',
    fingerprint: fingerprint(meta.id, cluster.name, verdict.member ?? '', verdict.subject),
    subject: verdict.subject,
    since: life.since,
    startsAt: life.startsAt,
    endsAt: verdict.once === true ? now : null,
    endReason: verdict.once === true ? 'once' : null,
    was: life.last !== null && life.severity !== severity ? life.severity : null,
    summary: verdict.summary,
    claims: verdict.claims ?? [],
    measures: verdict.measures ?? [],
    evidence: distinct(verdict.evidence ?? []),
    remedy: meta.remedy.map(fill),
    runbook: `docs/rules.md#${meta.id}`,
    inhibitedBy: inhibitor(cluster, active.causes, verdict.member, clock)?.last?.fingerprint ?? null,
  }
}

/** A line that speaks for two things is shown once. */
function distinct(evidence: Alert['evidence']): Alert['evidence'] {
  const keys = evidence.map((each) => ('text' in each ? `${each.time} ${each.text}` : `${each.time} ${each.metric}`))
  return evidence.filter((_, index) => keys.indexOf(keys[index] as string) === index)
}

function resolved(last: Alert, now: number, reason: string, proof: string, evidence: Alert['evidence']): Alert {
  return {
    ...last,
    time: now,
    status: 'resolved',
    endsAt: now,
    endReason: reason,
    was: null,
    summary: proof,
    evidence,
    inhibitedBy: null,
  }
}

/** Whether an alert that was shown under its cause stands alone now: then it is said again. */
function freed(cluster: Cluster, { causes }: ActiveRule, { last }: AlertLife, clock: CheckClock): boolean {
  if (last === null || last.inhibitedBy === null) return false
  return inhibitor(cluster, causes, last.member, clock) === undefined
}
