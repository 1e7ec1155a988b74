/** Work that is done again and again. */
export interface Repeated {
  /** No more; resolves when what is under way is done. */
  stop(): Promise<void>
}

/** Does `work` each `pause` ms, never twice at a time. An error is told and does not end it. */
export function every(pause: number, work: () => Promise<void>, failed: (error: unknown) => void): Repeated {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let timer = setTimeout(next, pause)

  function next(): void {
    running = work()
      .catch(failed)
      .then(() => {
        if (!stopped) timer = setTimeout(next, pause)
      })
  }

  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
