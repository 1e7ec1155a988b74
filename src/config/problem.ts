/**
 * What a user got wrong: all problems at once, each one line with the thing, the place, and what was expected.
 * The program prints them as they are and exits with status 2.
 */
export class UsageError extends Error {
  readonly code = 'usage'
  readonly problems: readonly string[]

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options)
    this.name = 'UsageError'
    this.problems = problems
  }
}

/** A value as an error message quotes it: `"16 M"`, `12`, `a list`, `nothing`. */
export function quoted(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text
}
