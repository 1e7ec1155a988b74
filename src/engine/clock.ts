import type { Clock, Moment } from '../model/clock.ts'
import { NEVER } from '../model/state.ts'

/** The clock of one check: remembers the earliest date that was not yet met. */
export class CheckClock implements Clock {
  now = 0
  deadline = Number.POSITIVE_INFINITY

  start(now: number): void {
    this.now = now
    this.deadline = Number.POSITIVE_INFINITY
  }

  past(since: Moment | number, duration: number): boolean {
    const at = typeof since === 'number' ? since : since.at
    if (at === NEVER || at + duration <= this.now) {
      if (typeof since !== 'number') since.watched = true
      return true
    }
    this.deadline = Math.min(this.deadline, at + duration)
    return false
  }

  hms(time: number): string {
    return hms(time)
  }
}

/** `HH:MM:SS` UTC. */
export function hms(time: number): string {
  const seconds = Math.floor(time / 1000)
  const two = (value: number): string => String(((value % 60) + 60) % 60).padStart(2, '0')
  const hours = ((Math.floor(seconds / 3600) % 24) + 24) % 24
  return `${String(hours).padStart(2, '0')}:${two(Math.floor(seconds / 60))}:${two(seconds)}`
}
