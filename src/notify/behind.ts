import { alertsOf } from './incident.ts'
import type { NotifyState, Talk } from './state.ts'
import { goesOn } from './talk.ts'

/** What alerts come from is a part of the input: one that is far behind is decided late, and what it says may be over. */
export interface Origin {
  readonly epoch: number
  readonly part: string
  /** How far we were behind, ms, when the record was decided and read; lateness of the shippers does not count. */
  readonly lag: number
}

/** The reading of the alerts: while it is behind, so is everything. */
export const READING = 'reading'
/** Alerts of our own, which nothing holds back. */
export const OWN: Origin = { epoch: 0, part: 'own', lag: 0 }

/** What came and went waits so long, ms, for all parts to catch up, to be told in one digest. */
const PATIENCE = 3_600_000

/** Notes how far a part is behind, ms. Says whether that changes what may be sent. */
export function lags(state: NotifyState, part: string, lag: number, now: number): boolean {
  const was = state.behind.has(part)
  const is = lag > state.settings.staleAfter
  if (is && !was) state.behind.set(part, now)
  else if (!is) state.behind.delete(part)
  return is !== was
}

/** Since when what is said of a part is held back; undefined when it is not. */
export function behindSince({ behind }: NotifyState, part: string): number | undefined {
  return part === OWN.part ? undefined : (behind.get(READING) ?? behind.get(part))
}

/** What a part waits for, in words. */
export function waitsFor({ behind }: NotifyState, part: string): string {
  return behind.has(READING) ? 'the reading of the alerts' : part
}

/** Whether a conversation has to wait until we have caught up. */
export function held(state: NotifyState, talk: Talk, now: number): boolean {
  if (state.behind.size === 0) return false
  if (talk.late && !talk.posted && !goesOn(state, talk) && now - talk.openedAt < PATIENCE) return true
  return talk.incidents.some((id) => {
    const incident = state.incidents.get(id)
    return (
      incident !== undefined && alertsOf(state, incident).some(({ part }) => behindSince(state, part) !== undefined)
    )
  })
}
