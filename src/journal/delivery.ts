import type { DeliveryReport } from '../model/sample.ts'

/** Arrivals are judged by windows of append time, ms. */
const WINDOW = 30_000
/** Windows whose least distances agree within this tell a constant, ms. */
const AGREE = 2_000
/** So many of them in a row tell it; more, where it would grow: lines that queue up move away slowly too. */
const FEW = 4
const MANY = 10
/** What all members of a topic have in common up to here is the way of their lines, not their clocks, ms. */
const WAY = 60_000
/** Members kept: names come from the input. */
const MOST = 4_096

/** How the lines of one member arrive: append time less stamp, ms. */
export interface Arrivals {
  readonly cluster: string
  readonly member: string
  begun: number
  /** Least distance in the present window, and the latest stamp in it. */
  least: number
  latest: number
  /** Least distances of the latest windows, oldest first. */
  readonly windows: number[]
  /** The constant that was learned; NaN before. */
  constant: number
}

/**
 * Tells clocks that are off from lines that are late: the least distance between stamp and arrival is constant with the
 * former and moves with the latter. What the members of a topic have in common, below a minute, is the way of their lines;
 * a stamp ahead of its own arrival is a clock in any case. One for all partitions of a topic.
 */
export class Deliveries {
  private readonly members = new Map<string, Arrivals>()

  /** A line of a member, stamped `time`, arrived. The report is of the window that this ends; null within one. */
  arrived(of: Arrivals, time: number, appended: number): DeliveryReport | null {
    if (Number.isNaN(of.begun)) of.begun = appended
    const report = appended >= of.begun + WINDOW ? this.close(of, appended) : null
    of.least = Math.min(of.least, appended - time)
    of.latest = Math.max(of.latest, time)
    return report
  }

  /** What is known of a member's arrivals. */
  of(cluster: string, member: string): Arrivals {
    const key = `${cluster}\n${member}`
    let arrivals = this.members.get(key)
    if (arrivals !== undefined) return arrivals
    if (this.members.size >= MOST) this.members.delete(this.members.keys().next().value as string)
    arrivals = { cluster, member, begun: Number.NaN, ...EMPTY, windows: [], constant: Number.NaN }
    this.members.set(key, arrivals)
    return arrivals
  }

  private close(of: Arrivals, appended: number): DeliveryReport | null {
    const { cluster, member, least, latest, windows } = of
    Object.assign(of, EMPTY, { begun: appended })
    if (!Number.isFinite(least)) return null
    windows.push(least)
    if (windows.length > MANY) windows.shift()
    learn(of)
    const constant = Number.isNaN(of.constant) ? Math.min(...windows) : of.constant
    const offset = Number.isNaN(of.constant) ? 0 : of.constant - (of.constant > 0 ? this.way() : 0)
    return { kind: 'delivery', cluster, member, time: latest, offset, delay: Math.max(0, least - constant) }
  }

  /** The time that the lines of every member take at least. */
  private way(): number {
    let least = Number.POSITIVE_INFINITY
    for (const { constant } of this.members.values()) if (constant < least) least = constant
    return least > 0 && least < WAY ? least : 0
  }
}

const EMPTY = { least: Number.POSITIVE_INFINITY, latest: Number.NEGATIVE_INFINITY }

/** A constant is believed after a few windows that agree; one that is larger than before after many. */
function learn(of: Arrivals): void {
  const few = constantOf(of.windows.slice(-FEW), FEW)
  if (few === null) return
  if (Number.isNaN(of.constant) || few < of.constant + AGREE) of.constant = few
  else of.constant = constantOf(of.windows, MANY) ?? of.constant
}

function constantOf(windows: readonly number[], count: number): number | null {
  if (windows.length < count) return null
  const least = Math.min(...windows)
  return Math.max(...windows) - least <= AGREE ? least : null
}
