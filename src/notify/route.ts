import type { Alert } from '../model/effect.ts'
import { matches } from '../model/matcher.ts'
import type { NotifySettings, Receiver, Route } from '../model/receiver.ts'

/** A receiver that an alert goes to, and how. */
export interface Routed {
  readonly receiver: Receiver
  readonly groupWait: number
  readonly repeatInterval: number
}

/** Rule of the alerts that patrolog raises about its own receivers. Their subject is the receiver that failed. */
export const UNDELIVERED = 'notification-failed'

/** The receivers of an alert: of its first route, and of later ones where a route says so. Each receiver once. */
export function routesOf(settings: NotifySettings, alert: Alert): readonly Routed[] {
  if (alert.rule === UNDELIVERED) return others(settings, alert.subject)
  if (settings.routes.length === 0) return settings.receivers.filter(speaks).map((each) => routed(settings, each, null))
  const found = new Map<string, Routed>()
  for (const route of settings.routes) {
    if (!matches(route.matchers, alert)) continue
    for (const receiver of named(settings, route.receivers))
      if (!found.has(receiver.name)) found.set(receiver.name, routed(settings, receiver, route))
    if (!route.continue) break
  }
  return [...found.values()]
}

function others(settings: NotifySettings, failed: string): readonly Routed[] {
  return settings.receivers
    .filter((receiver) => speaks(receiver) && receiver.name !== failed)
    .map((receiver) => routed(settings, receiver, null))
}

const speaks = ({ type }: Receiver): boolean => type !== 'heartbeat'

function named(settings: NotifySettings, names: readonly string[]): readonly Receiver[] {
  return settings.receivers.filter((receiver) => speaks(receiver) && names.includes(receiver.name))
}

function routed(settings: NotifySettings, receiver: Receiver, route: Route | null): Routed {
  return {
    receiver,
    groupWait: route?.groupWait ?? settings.groupWait,
    repeatInterval: route?.repeatInterval ?? settings.repeatInterval,
  }
}
