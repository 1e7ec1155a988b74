import { GRID } from '../model/clock.ts'
import type { Effect } from '../model/effect.ts'
import type { Facet } from '../model/facet.ts'
import type { Cluster } from '../model/state.ts'
import { CheckClock } from './clock.ts'
import type { Folding } from './fold.ts'
import { type ActiveRule, advance, endOfGone } from './life.ts'

/** The points of the grid, and what is decided at each. */
export interface Grid {
  /** The next point, epoch ms; NaN before the first observation. */
  next: number
  /** A cluster is met: its rules are asked from now on. */
  add(cluster: Cluster): void
  /** Closes every point up to `time`, jumping over the time in which nothing is due; `closed` is called after each. */
  close(time: number, closed: () => void): void
}

export interface GridConfig {
  readonly facets: readonly Facet[]
  readonly rulesFor: (cluster: string) => readonly ActiveRule[]
  readonly checkAll?: boolean
}

/** A cluster, its rules, and when each has to be asked again though nothing changed; Infinity: never. */
interface Asked {
  readonly cluster: Cluster
  readonly rules: readonly ActiveRule[]
  readonly deadlines: Float64Array
  /** Whether the next check asks all of them: at first, after a restart, and when one of them changed an alert. */
  all: boolean
}

export function gridOf(config: GridConfig, folding: Folding, emit: (effect: Effect) => void): Grid {
  const checkAll = config.checkAll ?? false
  const clock = new CheckClock()
  const expiring = config.facets.flatMap(({ expire }) => (expire === undefined ? [] : [expire]))
  const active: Asked[] = []

  /** Lets time pass for the facets; the rules are asked only when that, or anything before, changed the picture. */
  function check(asked: Asked, now: number): void {
    const { cluster } = asked
    folding.time = now
    folding.decided = now
    if (checkAll || cluster.dirty || cluster.expiry <= now) expire(cluster, now)
    if (!checkAll && !cluster.dirty && cluster.deadline > now) return
    cluster.deadline = ask(asked, now)
    cluster.dirty = false
  }

  function expire(cluster: Cluster, now: number): void {
    clock.start(now)
    for (const member of cluster.members.values())
      for (let index = 0; index < expiring.length; index++) expiring[index]?.(member, clock, folding)
    cluster.expiry = clock.deadline
  }

  /** Asks the rules: all when the picture changed, else those that wait for a deadline. Gives the earliest one. */
  function ask(asked: Asked, now: number): number {
    const { cluster, rules, deadlines } = asked
    let all = checkAll || cluster.dirty || asked.all
    asked.all = false
    let earliest = Number.POSITIVE_INFINITY
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as ActiveRule
      if (all || (deadlines[index] as number) < Number.POSITIVE_INFINITY) {
        clock.start(now)
        const changed = advance(cluster, rule, rule.rule.check(cluster, clock, rule.params), clock, emit)
        deadlines[index] = clock.deadline
        // Whoever was asked before it sees what changed in the next check.
        if (changed) all = asked.all = true
      }
      earliest = Math.min(earliest, deadlines[index] as number)
    }
    if (endOfGone(cluster, clock, emit)) asked.all = true
    return earliest
  }

  const self: Grid = {
    next: Number.NaN,
    add(cluster) {
      const rules = config.rulesFor(cluster.name)
      active.push({ cluster, rules, deadlines: new Float64Array(rules.length), all: true })
    },
    close(time, closed) {
      const last = Math.floor(time / GRID) * GRID
      while (self.next <= last) {
        for (let index = 0; index < active.length; index++) {
          const asked = active[index] as Asked
          const { dirty, expiry, deadline } = asked.cluster
          if (checkAll || dirty || expiry <= self.next || deadline <= self.next) check(asked, self.next)
        }
        closed()
        self.next += GRID
        if (checkAll) continue
        const due = earliestDeadline(active)
        if (due > self.next) self.next = Math.min(Math.ceil(due / GRID) * GRID, last + GRID)
      }
    },
  }
  return self
}

function earliestDeadline(active: readonly Asked[]): number {
  let earliest = Number.POSITIVE_INFINITY
  for (let index = 0; index < active.length; index++) {
    const { dirty, expiry, deadline } = (active[index] as Asked).cluster
    earliest = Math.min(earliest, dirty ? 0 : expiry, deadline)
  }
  return earliest
}
