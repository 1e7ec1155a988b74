import type { Notifier } from './types.ts'

/** Timers of Node are no longer than this, ms. */
const LONGEST = 2 ** 31 - 1

/** After a failure (the store cannot be written) it is tried again after this, ms. */
const RETRY = 1_000

/** Keeps a notifier's time: calls `tick` when it is due. */
export interface Drive {
  /** To be called by the notifier's `onDue`. */
  rearm(): void
  stop(): void
}

export function drive(of: () => Notifier, now: () => number, onError: (error: unknown) => void): Drive {
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function rearm(): void {
    clearTimeout(timer)
    const due = of().due()
    if (stopped || due === Number.POSITIVE_INFINITY) return
    timer = setTimeout(fire, Math.min(LONGEST, Math.max(0, due - now())))
  }

  function fire(): void {
    of()
      .tick()
      .catch((error) => {
        onError(error)
        clearTimeout(timer)
        if (!stopped) timer = setTimeout(fire, RETRY)
      })
  }

  return {
    rearm,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
