/** Time as pollers see it; a test brings its own. */
export interface PollClock {
  /** Epoch ms. */
  now(): number
  /** Resolves after so many ms, or at once when the signal ends the wait. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** A number from 0 up to 1, for jitter. */
  chance(): number
}

export const systemClock: PollClock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve()
        return
      }
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
    }),
  chance: () => Math.random(),
}
