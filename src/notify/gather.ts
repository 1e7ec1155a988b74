import { heldUntil } from './behind.ts'
import type { Lane } from './lane.ts'
import { type NotifyState, type Talk, touch } from './state.ts'
import { begin, goesOn, merge, STORM_PATIENCE } from './talk.ts'

/** What was over before it could be told, so long ago, ms, is told with others like it. */
const FOLD = 120_000
/** A digest lists no more than fit a message of Slack, however long their lines; more make another one. */
const MOST_DIGESTED = 30

/**
 * Puts conversations together that would be a flood one by one: what came and went before it was told, in a
 * digest; what goes wrong at many clusters at once, in a storm.
 */
export function gather(state: NotifyState, lane: Lane, now: number): void {
  const waiting = [...state.talks.values()].filter((talk) => isWaiting(state, talk, lane, now))
  const missed = waiting.filter((talk) => !goesOn(state, talk) && (talk.late || now - talk.openedAt > FOLD))
  if (missed.length > 1) digest(state, lane, missed, now)
  const rest = missed.length > 1 ? waiting.filter((talk) => !missed.includes(talk)) : waiting
  storm(state, lane, rest, now)
}

function isWaiting(state: NotifyState, talk: Talk, lane: Lane, now: number): boolean {
  const { receiver, kind, posted, op, facts, dueAt } = talk
  if (receiver !== lane.receiver || kind !== 'incident' || posted || op !== null) return false
  return facts.length > 0 && Math.max(dueAt, heldUntil(state, talk)) <= now
}

function digest(state: NotifyState, lane: Lane, missed: readonly Talk[], now: number): void {
  for (let at = 0; at < missed.length; at += MOST_DIGESTED) {
    const part = missed.slice(at, at + MOST_DIGESTED)
    const late = part.every((talk) => talk.late)
    const into = begin(state, lane.receiver, 'digest', (part[0] as Talk).incidents[0] as string, now, late)
    for (const talk of part) merge(state, talk, into)
    into.dueAt = now
  }
}

/**
 * The first few are told one by one; what comes beyond, and everything that comes while it goes on like that, in the
 * storm.
 */
function storm(state: NotifyState, lane: Lane, waiting: readonly Talk[], now: number): void {
  const { incidents, within } = state.settings.storm
  lane.opens = lane.opens.filter((time) => now - time < within)
  const inOrder = [...waiting].sort((a, b) => a.openedAt - b.openedAt)
  const raging = lane.storm !== null && now - lane.storm.at < within ? lane.storm : null
  const room = Math.max(0, incidents - lane.opens.length)
  const excess = raging === null ? inOrder.slice(room) : inOrder.filter(({ openedAt }) => openedAt > raging.kept)
  const [first] = excess
  if (first === undefined) return
  const kept = raging?.kept ?? inOrder[room - 1]?.openedAt ?? first.openedAt - 1
  lane.storm = { at: now, kept }
  const into = goingStorm(state, lane) ?? begin(state, lane.receiver, 'storm', first.incidents[0] as string, now, false)
  const due = now + (into.posted ? STORM_PATIENCE : 0)
  into.dueAt = into.facts.length === 0 ? due : Math.min(into.dueAt, due)
  for (const talk of excess) {
    merge(state, talk, into)
    into.repeatAt = Math.min(into.repeatAt, talk.repeatAt)
  }
  touch(state, 'talk', into.key)
}

function goingStorm(state: NotifyState, lane: Lane): Talk | undefined {
  return [...state.talks.values()].find(
    (talk) => talk.receiver === lane.receiver && talk.kind === 'storm' && (!talk.posted || goesOn(state, talk)),
  )
}
