/** What came of reaching one thing that the configuration names. */
export interface Reached {
  /** Kind and name: `kafka topic patroni-logs`, `slack ops`. */
  readonly what: string
  readonly ok: boolean
  /** What it answered, or why it failed. Never a secret. */
  readonly said: string
}

/** It is there; `said` is what it answered. */
export function ok(what: string, said: string): Reached {
  return { what, ok: true, said }
}

/** It is not; `said` is why, on one line. */
export function failed(what: string, said: string): Reached {
  return { what, ok: false, said: said.replace(/\s*\n\s*/g, ' ') }
}

/** An URL less what may be secret in it: user, password, path and query. */
export function bare(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? 'an URL' : `${parsed.protocol}//${parsed.host}`
}
