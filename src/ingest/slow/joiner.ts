import { keyOf, LONGEST, MOST_OPEN, type Part } from './part.ts'

/** Joins the parts of lines that a container runtime cut, by stream. */
export interface Joiner {
  /** The line, when it is whole; null while parts of it are to come. */
  join(part: Part, text: string, partial: boolean): Part | null
  /** Whether no line waits for more of its parts. */
  idle(): boolean
  /** Least line number of what waits; Infinity without one. */
  since(): number
  /** What still waits, which no longer does. */
  flush(): readonly Part[]
}

export function joiner(): Joiner {
  const parts = new Map<string, Part>()
  return {
    join(part, text, partial) {
      if (!partial && parts.size === 0) return { ...part, text }
      const key = keyOf(part)
      const before = parts.get(key)
      const whole = before === undefined ? { ...part, text } : { ...before, text: before.text + text }
      if (partial && whole.text.length < LONGEST) {
        if (before !== undefined || parts.size < MOST_OPEN) parts.set(key, whole)
        return null
      }
      parts.delete(key)
      return whole
    },
    idle: () => parts.size === 0,
    since() {
      let least = Number.POSITIVE_INFINITY
      for (const { line } of parts.values()) least = Math.min(least, line)
      return least
    },
    flush() {
      const left = [...parts.values()]
      parts.clear()
      return left
    },
  }
}
