import type { Effect } from '../model/effect.ts'
import type { Summary } from '../model/summary.ts'

/** What a replay told, counted for its summary. */
export interface Told extends Pick<Summary, 'transitions' | 'alerts' | 'problems'> {
  /** Event time of the first decision; Infinity when there was none. */
  readonly from: number
  /** Counts a decision: of an alert its first record, by its rule. */
  effect(effect: Effect): void
  /** Notes what is wrong with an input, and says it. */
  problem(file: string, problem: string): void
}

/** Counts from nothing; `say` is told each problem as it is noted. */
export function told(say: (file: string, problem: string) => void): Told {
  const problems: { file: string; problem: string }[] = []
  const alerts: Record<string, number> = {}
  const self = {
    transitions: 0,
    alerts,
    problems,
    from: Number.POSITIVE_INFINITY,
    effect(effect: Effect) {
      if (effect.time < self.from) self.from = effect.time
      if (effect.kind === 'transition') self.transitions++
      else if (effect.kind === 'alert' && effect.status === 'firing' && effect.time === effect.startsAt)
        alerts[effect.rule] = (alerts[effect.rule] ?? 0) + 1
    },
    problem(file: string, problem: string) {
      problems.push({ file, problem })
      say(file, problem)
    },
  }
  return self
}
