import type { Rule } from '../model/rule.ts'

/** What rules rest on: lines of Patroni, lines of PostgreSQL, readings of the members. */
export type Input = 'patroni' | 'postgres' | 'samples'

/** A rule that can say nothing, and which inputs it would need. */
export interface Blind {
  readonly rule: string
  /** Any of these would do. */
  readonly missing: readonly Input[]
}

/** How inputs are named in a rule's `needs`. */
const WORDS: readonly (readonly [RegExp, readonly Input[]])[] = [
  [/\bPatroni(?= lines| or )/, ['patroni']],
  [/\bPostgreSQL(?= lines| or )/, ['postgres']],
  [/^lines/, ['patroni', 'postgres']],
  [/\bsamples?\b|\bREST\b|\/cluster|\bflag\b/, ['samples']],
]

/**
 * The inputs that a rule's needs name: each need is met by any of its inputs, and all needs are to be met. A need `for`
 * something more (`its samples, for the number of bytes`) is none, nor is one that every service meets (`arrival times`).
 */
export function inputsOf(needs: readonly string[]): readonly (readonly Input[])[] {
  return needs
    .flatMap((need) => need.replace(/ \([^)]*\)/g, '').split(', and '))
    .filter((need) => !need.includes(', for '))
    .map((need) => WORDS.flatMap(([word, inputs]) => (word.test(need) ? inputs : [])))
    .filter((inputs) => inputs.length > 0)
}

/** The rules that can say nothing with these inputs, in their order. */
export function blindRules(rules: readonly Pick<Rule, 'meta'>[], seen: ReadonlySet<Input>): readonly Blind[] {
  return rules.flatMap(({ meta: { id, needs } }) => {
    const unmet = inputsOf(needs).find((inputs) => !inputs.some((input) => seen.has(input)))
    return unmet === undefined ? [] : [{ rule: id, missing: unmet }]
  })
}

const NAMES: Readonly<Record<Input, string>> = {
  patroni: 'Patroni lines',
  postgres: 'PostgreSQL lines',
  samples: 'readings',
}

/** One text for all rules that lack the same: `no readings: wal-backlog, replica-stalled`. */
export function blindTexts(blind: readonly Blind[]): readonly string[] {
  const byMissing = Map.groupBy(blind, ({ missing }) => missing.map((input) => NAMES[input]).join(', no '))
  return [...byMissing].map(([missing, rules]) => `no ${missing}: ${rules.map(({ rule }) => rule).join(', ')}`)
}
