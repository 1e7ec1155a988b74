import type { Alert } from '../model/effect.ts'
import type { Receiver } from '../model/receiver.ts'
import type { Found, Outcome } from '../model/sending.ts'
import { backoff, type Lane } from './lane.ts'
import { isPushed } from './push.ts'
import { UNDELIVERED } from './route.ts'
import { type AlertState, decide, type NotifyState, type Operation, type Talk, touch } from './state.ts'
import type { Step } from './step.ts'
import { take } from './take.ts'
import { told } from './talk.ts'

/** What could not be sent for so long, ms, is given up. */
const GIVE_UP = 24 * 3_600_000
/** A receiver that fails for so long, ms, is told of through the others. */
const TROUBLE = 10 * 60_000

type TalkStep = Extract<Step, { talk: Talk }>

/** Takes in what became of a step. `began`: when it was started. */
export function settle(
  state: NotifyState,
  receiver: Receiver,
  lane: Lane,
  step: Step,
  outcome: Outcome,
  now: number,
): void {
  lane.notBefore = gapEnd(state, receiver, now)
  if (step.step !== 'push') settleTalk(state, lane, step, outcome, now)
  else if (outcome.result === 'sent') notePushed(state, receiver, lane, now)
  if (outcome.result === 'sent') recovered(state, lane, now)
  else if (outcome.result !== 'gone') failed(state, lane, step, outcome, now)
}

/** The intent of a step could not be stored: it is not sent now, and treated as if it might have been. */
export function doubt({ settings }: NotifyState, step: Step, now: number): void {
  if (step.step !== 'push') Object.assign(step.op, { unknown: true, next: now + settings.pace.lookUpAfter })
}

/** Takes in the answer to a look-up. */
export function settleFound(state: NotifyState, lane: Lane, step: TalkStep, found: Found, now: number): void {
  const { talk, op } = step
  touch(state, 'talk', talk.key)
  if (found.found === 'yes') {
    sent(state, lane, talk, op, found.ref, now)
    recovered(state, lane, now)
  } else if (found.found === 'no') talk.op = null
  else if (found.found === 'cannot') Object.assign(op, { unknown: false, next: now })
  else {
    lane.notBefore = now + (found.after ?? backoff(state.settings.pace.firstRetry, lane.failures))
    lane.failures++
  }
}

function gapEnd({ settings }: NotifyState, { type }: Receiver, now: number): number {
  return type === 'slack' || type === 'slack-webhook' ? now + settings.pace.slackGap : now
}

function settleTalk(state: NotifyState, lane: Lane, { talk, op }: TalkStep, outcome: Outcome, now: number): void {
  touch(state, 'talk', talk.key)
  if (outcome.result === 'sent') sent(state, lane, talk, op, outcome.ref, now)
  else if (outcome.result === 'gone') Object.assign(talk, { posted: false, ref: null, op: null })
  else if (outcome.result === 'refused') giveUp(state, lane, talk, op, outcome.why, now)
  else if (now - talk.dueAt >= GIVE_UP) giveUp(state, lane, talk, op, `given up after 24 h: ${outcome.why}`, now)
  else {
    note(state, talk, op, again(talk, outcome.why), now)
    if (outcome.result === 'unknown') Object.assign(op, { unknown: true, next: now + state.settings.pace.lookUpAfter })
    // Planned anew when its time comes: what has changed by then is folded into it.
    else talk.op = null
  }
}

const again = ({ receiver }: Talk, why: string): string => `${receiver} did not take it: ${why}; it is tried again`

function sent(state: NotifyState, lane: Lane, talk: Talk, op: Operation, ref: string | null, now: number): void {
  lane.sent++
  if (op.kind === 'open') {
    talk.posted = true
    talk.ref = ref
    lane.opens.push(now)
  }
  if (op.kind !== 'reply') talk.shown = op.version
  note(state, talk, op, `told to ${talk.receiver} (${op.kind})`, now)
  finish(talk, op)
}

function finish(talk: Talk, op: Operation): void {
  told(talk, op.facts)
  talk.count++
  talk.op = null
}

function giveUp(state: NotifyState, lane: Lane, talk: Talk, op: Operation, why: string, now: number): void {
  lane.dead++
  const id = `${op.dedup}@${now}`
  state.dead.set(id, { receiver: talk.receiver, time: now, why, talk: talk.key, facts: talk.facts.slice(0, op.facts) })
  touch(state, 'dead', id)
  note(state, talk, op, `${talk.receiver} refused it: ${why}`, now)
  if (op.kind !== 'reply') talk.shown = op.version
  // What came meanwhile has a day of its own.
  talk.dueAt = Math.max(talk.dueAt, now)
  finish(talk, op)
}

/** The first push of an alert, and of its end, are decisions worth keeping; that they are repeated each minute is not. */
function notePushed(state: NotifyState, receiver: Receiver, lane: Lane, now: number): void {
  lane.sent++
  const text = `told to ${receiver.name} (push)`
  if (receiver.type !== 'alertmanager') return
  for (const entry of state.alerts.values()) {
    const { active, decisions } = entry
    const ended = decisions.findLastIndex((each) => each.text.startsWith('resolved:'))
    const told = decisions.findLastIndex((each) => each.text === text)
    if (active ? told >= 0 && told > ended : ended < 0 || told > ended) continue
    if (isPushed(state, entry, receiver, now)) decide(state, entry, now, text)
  }
}

/** Writes the outcome beside the decisions of the alerts it concerns. */
function note(state: NotifyState, talk: Talk, op: Operation, text: string, now: number): void {
  for (const { fingerprint } of talk.facts.slice(0, op.facts)) {
    const entry = fingerprint === null ? undefined : state.alerts.get(fingerprint)
    if (entry !== undefined) decide(state, entry, now, text)
  }
}

function recovered(state: NotifyState, lane: Lane, now: number): void {
  lane.failures = 0
  lane.trouble = null
  lane.troubleSince = Number.POSITIVE_INFINITY
  const entry = state.alerts.get(troubleId(lane))
  if (entry?.active === true) endTrouble(state, entry, 'proof', `${lane.receiver} takes notifications again`, now)
}

/** At the first tick: no receiver that was taken out of the configuration is in trouble any more. */
export function dismiss(state: NotifyState, now: number): void {
  const names = new Set(state.settings.receivers.map(({ name }) => name))
  for (const entry of state.alerts.values()) {
    const { rule, subject } = entry.alert
    if (!entry.active || rule !== UNDELIVERED || names.has(subject)) continue
    endTrouble(state, entry, 'receiver gone', `${subject} is no receiver any more`, now)
  }
}

function endTrouble(state: NotifyState, { alert, seq }: AlertState, endReason: string, summary: string, now: number) {
  take(state, { ...alert, status: 'resolved', time: now, endsAt: now, endReason, summary }, seq + 1, now)
}

function failed(
  state: NotifyState,
  lane: Lane,
  step: Step,
  outcome: Exclude<Outcome, { result: 'sent' | 'gone' }>,
  now: number,
): void {
  lane.trouble = outcome.why
  lane.troubleSince = Math.min(lane.troubleSince, now)
  if (outcome.result !== 'refused') {
    const after = outcome.result === 'later' ? outcome.after : null
    lane.notBefore = Math.max(lane.notBefore, now + (after ?? backoff(state.settings.pace.firstRetry, lane.failures)))
    if (step.step === 'push') lane.pushAt = lane.notBefore
    lane.failures++
  }
  if (outcome.result === 'refused' || now - lane.troubleSince >= TROUBLE) raise(state, lane, outcome.why, now)
}

const troubleId = ({ receiver }: Lane): string => `receiver-${receiver}`

/** An alert of our own, told through the other receivers. */
function raise(state: NotifyState, lane: Lane, why: string, now: number): void {
  const known = state.alerts.get(troubleId(lane))
  if (known?.active === true) return
  take(state, troubleAlert(lane, why, now), (known?.seq ?? 0) + 1, now)
}

function troubleAlert(lane: Lane, why: string, now: number): Alert {
  return {
    kind: 'alert',
    time: now,
    cluster: 'patrolog',
    member: null,
    rule: UNDELIVERED,
    severity: 'critical',
    status: 'firing',
    fingerprint: troubleId(lane),
    subject: lane.receiver,
    since: Math.min(lane.troubleSince, now),
    startsAt: now,
    endsAt: null,
    endReason: null,
    was: null,
    summary: `notifications do not arrive at ${lane.receiver}: ${why}`,
    claims: [],
    measures: [],
    evidence: [],
    remedy: ['patrolog status', 'patrolog check --config FILE'],
    runbook: 'docs/notifications.md#a-receiver-that-fails',
    inhibitedBy: null,
  }
}
