import type { HeartbeatReceiver, Receiver } from '../model/receiver.ts'
import type { Sending } from '../model/sending.ts'
import { behindSince } from './behind.ts'
import type { Lane } from './lane.ts'
import { heartbeatAlert, postedAlerts } from './render/alertmanager.ts'
import { routesOf } from './route.ts'
import { type AlertState, FOREVER, type NotifyState } from './state.ts'
import type { Step } from './step.ts'

/** An Alertmanager is given the alerts each so often, ms, each time with an end so far ahead. */
const RESEND = 60_000
const AHEAD = 5 * 60_000
/** What has ended is given this long, ms, in case an earlier push was lost. */
const TELL_END = 15 * 60_000

/** Receivers without conversations are given the state: of all alerts, or that we are alive. */
export function push(state: NotifyState, receiver: Receiver, lane: Lane, alive: number, now: number): Step | undefined {
  if (now < pushDue(state, receiver, lane, alive)) return undefined
  if (receiver.type === 'heartbeat') return beat(state, receiver, lane, alive, now)
  const body = postedAlerts(
    [...state.alerts.values()].filter((entry) => isPushed(state, entry, receiver, now)),
    state,
    now + AHEAD,
  )
  lane.pushAt = now + RESEND
  state.pushes.delete(receiver.name)
  return body.length === 0 ? undefined : { step: 'push', sending: sendingOf(receiver, body) }
}

/** When the next push is due, epoch ms. A heartbeat rests while nothing proves that we are alive. */
export function pushDue(state: NotifyState, receiver: Receiver, lane: Lane, alive: number): number {
  if (receiver.type !== 'heartbeat') return Math.min(lane.pushAt, state.pushes.get(receiver.name) ?? FOREVER)
  return lane.pushAt < alive + 2 * receiver.every ? lane.pushAt : Number.POSITIVE_INFINITY
}

function beat(
  state: NotifyState,
  receiver: HeartbeatReceiver,
  lane: Lane,
  alive: number,
  now: number,
): Step | undefined {
  if (now >= alive + 2 * receiver.every) return undefined
  lane.pushAt = now + receiver.every
  const body = heartbeatAlert(now, now + 3 * receiver.every, state.settings.externalUrl)
  return { step: 'push', sending: sendingOf(receiver, body) }
}

function sendingOf({ name }: Receiver, body: object): Sending {
  return { dedup: name, kind: 'push', thread: name, ref: null, loud: false, body }
}

/** Whether a receiver of states is given an alert. */
export function isPushed(state: NotifyState, entry: AlertState, receiver: Receiver, now: number): boolean {
  const { active, incident, takenAt, mute, alert, part } = entry
  if (incident === null || takenAt >= (behindSince(state, part) ?? Number.POSITIVE_INFINITY)) return false
  if (active ? mute !== null : now - takenAt > TELL_END) return false
  return routesOf(state.settings, alert).some((route) => route.receiver.name === receiver.name)
}
