import type { Alert } from './effect.ts'
import type { Matcher, MatchName } from './receiver.ts'

const WRITTEN = /^\s*(cluster|member|rule|severity|subject)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s

/** Reads `cluster=~shop/.*`; undefined when it is none, or its pattern is none. */
export function parseMatcher(text: string): Matcher | undefined {
  const [, name, op, quoted] = WRITTEN.exec(text) ?? []
  if (name === undefined || op === undefined || quoted === undefined) return undefined
  const value = /^".*"$/s.test(quoted) ? quoted.slice(1, -1) : quoted
  if (op.endsWith('~') && pattern(value) === undefined) return undefined
  return { name: name as MatchName, op: op as Matcher['op'], value }
}

/** As Alertmanager writes it: `cluster=~shop/.*`. */
export function writeMatcher({ name, op, value }: Matcher): string {
  return `${name}${op}${value}`
}

/** Whether all conditions hold; none at all hold for every alert. */
export function matches(matchers: readonly Matcher[], alert: Alert): boolean {
  return matchers.every((matcher) => holds(matcher, alert[matcher.name] ?? ''))
}

function holds({ op, value }: Matcher, given: string): boolean {
  if (op === '=') return given === value
  if (op === '!=') return given !== value
  return (pattern(value)?.test(given) ?? false) === (op === '=~')
}

function pattern(text: string): RegExp | undefined {
  try {
    // By itself first: `a)(b` would be one within the brackets.
    return new RegExp(`^(?:${new RegExp(text).source})$`, 's')
  } catch {
    return undefined
  }
}
