/** Says on a terminal how far a long replay has come; silent elsewhere. */
export interface Progress {
  total(bytes: number): void
  read(bytes: number): void
  /** A remark on an input, on a line of its own. */
  say(text: string): void
  done(): void
}

/** Shorter inputs need no progress. */
const LONG = 32 * 1024 * 1024
const EVERY = 250

export function progress(): Progress {
  const shown = process.stderr.isTTY === true
  let all = 0
  let come = 0
  let last = 0
  let line = false

  function clear(): void {
    if (line) process.stderr.write('\r\u001b[K')
    line = false
  }

  return {
    total: (bytes) => {
      all = bytes
    },
    read(bytes) {
      come += bytes
      if (!shown || all < LONG) return
      const now = Date.now()
      if (now - last < EVERY) return
      last = now
      line = true
      process.stderr.write(
        `\r\u001b[K${Math.min(100, Math.floor((100 * come) / all))} % of ${Math.round(all / 1e6)} MB read`,
      )
    },
    say(text) {
      clear()
      process.stderr.write(`patrolog: ${text}\n`)
    },
    done: clear,
  }
}
