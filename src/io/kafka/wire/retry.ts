import { setTimeout as sleep } from 'node:timers/promises'

/** Pauses that double from 100 ms to a bound, with a fifth of chance so that many do not come at once; ms. */
export function pause(attempt: number, bound = 2000): number {
  const base = Math.min(bound, 100 * 2 ** Math.min(attempt, 20))
  return base * (0.9 + Math.random() * 0.2)
}

/** Waits, but not beyond a signal. True when the time was waited out. */
export async function waited(ms: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
    return true
  } catch {
    return false
  }
}
