import type { Receiver } from '../model/receiver.ts'
import type { Sending } from '../model/sending.ts'
import { heldUntil } from './behind.ts'
import { gather } from './gather.ts'
import type { Lane } from './lane.ts'
import { push, pushDue } from './push.ts'
import { bodyOf } from './render/body.ts'
import { FOREVER, type NotifyState, type Operation, type Talk, touch } from './state.ts'
import type { Step } from './step.ts'
import { converses } from './talk.ts'

/** Most facts in one reply: so many fit a message of Slack, however long their lines. */
const MOST_FACTS = 20
const MOST_STORM_FACTS = 40

/** The next step for a receiver that is not busy; undefined when nothing is due. An operation begun is noted in its talk. */
export function plan(state: NotifyState, receiver: Receiver, lane: Lane, alive: number, now: number): Step | undefined {
  if (now < lane.notBefore) return undefined
  if (!converses(receiver)) return push(state, receiver, lane, alive, now)
  const unsure = first(
    talksOf(state, lane).filter(({ op }) => op !== null && op.next <= now),
    (talk) => talk.op?.next ?? 0,
  )
  if (unsure !== undefined) return again(state, unsure, receiver, now)
  gather(state, lane, now)
  const talk = first(
    talksOf(state, lane).filter((talk) => dueOf(state, talk, receiver) <= now),
    ({ dueAt }) => dueAt,
  )
  return talk === undefined ? undefined : begin(state, talk, receiver, now)
}

/** When the next step for a receiver may be due, epoch ms. */
export function planDue(state: NotifyState, receiver: Receiver, lane: Lane, alive: number): number {
  let due = converses(receiver) ? Number.POSITIVE_INFINITY : pushDue(state, receiver, lane, alive)
  for (const talk of talksOf(state, lane)) due = Math.min(due, talk.op?.next ?? dueOf(state, talk, receiver))
  return Math.max(due, lane.notBefore)
}

function talksOf(state: NotifyState, lane: Lane): Talk[] {
  return [...state.talks.values()].filter((talk) => talk.receiver === lane.receiver)
}

function first(talks: readonly Talk[], of: (talk: Talk) => number): Talk | undefined {
  return talks.reduce<Talk | undefined>(
    (best, talk) => (best === undefined || of(talk) < of(best) ? talk : best),
    undefined,
  )
}

/** When a conversation wants its next operation; Infinity when it has nothing to say, or may not yet. */
function dueOf(state: NotifyState, talk: Talk, receiver: Receiver): number {
  if (talk.op !== null || (talk.facts.length === 0 && !outdated(talk, receiver))) return Number.POSITIVE_INFINITY
  return Math.max(talk.dueAt, heldUntil(state, talk))
}

const outdated = ({ posted, ref, shown, version }: Talk, receiver: Receiver): boolean =>
  receiver.type === 'slack' && posted && ref !== null && shown < version

function begin(state: NotifyState, talk: Talk, receiver: Receiver, now: number): Step {
  const kind = !talk.posted ? 'open' : outdated(talk, receiver) ? 'update' : 'reply'
  const op: Operation = {
    kind,
    dedup: `${talk.key}#${talk.count}`,
    facts: Math.min(talk.facts.length, factsIn(kind, talk, receiver)),
    version: talk.version,
    at: now,
    unknown: false,
    next: FOREVER,
  }
  talk.op = op
  touch(state, 'talk', talk.key)
  return { step: 'send', talk, op, sending: sendingOf(state, talk, op, receiver, now) }
}

/** How many facts an operation tells at the most. */
function factsIn(kind: Operation['kind'], talk: Talk, receiver: Receiver): number {
  if (kind === 'update') return 0
  // The first message of a storm counts; who is in it is told in the replies.
  if (kind === 'open' && talk.kind === 'storm') return 0
  // What shows the whole incident tells all there is.
  if (kind === 'open' || receiver.type === 'webhook') return Number.POSITIVE_INFINITY
  return talk.kind === 'storm' ? MOST_STORM_FACTS : MOST_FACTS
}

function again(state: NotifyState, talk: Talk, receiver: Receiver, now: number): Step {
  const op = talk.op as Operation
  const lookedUp = op.unknown && op.kind !== 'update'
  return { step: lookedUp ? 'find' : 'send', talk, op, sending: sendingOf(state, talk, op, receiver, now) }
}

function sendingOf(state: NotifyState, talk: Talk, op: Operation, receiver: Receiver, now: number): Sending {
  return {
    dedup: op.dedup,
    kind: op.kind,
    thread: talk.key,
    ref: talk.ref,
    loud: op.kind === 'reply' && talk.facts.slice(0, op.facts).some(({ loud }) => loud),
    body: bodyOf(state, talk, op, receiver, now),
  }
}
