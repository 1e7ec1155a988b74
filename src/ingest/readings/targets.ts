import type { PollFailure } from '../../model/sample.ts'
import type { Labels } from './naming.ts'

/** Whose readings a scrape target gives, and which: `/metrics` or `postgres_exporter`. */
export interface Target {
  readonly cluster: string | null
  readonly member: string
  readonly via: string
}

/**
 * The targets that have given readings. What a scraper says of a target, the series `up`, names neither member nor
 * cluster, and is written of everything else that is scraped too: only of a known target does it mean anything here.
 */
export interface Targets {
  /** A target gave readings. */
  gave(labels: Labels, target: Target): void
  /** The reading that `up` is: of a known target at 0 a failed poll at `time`, epoch ms; else null. */
  failure(labels: Labels, value: number, time: number): PollFailure | null
}

/** Name of the series that is 0 when a scrape has failed. Source: Prometheus, `scrape/scrape.go`; kept by all who write on. */
export const UP = 'up'
/** Targets known at once; the one known longest goes first. */
const MOST = 20_000

export function targets(): Targets {
  const known = new Map<string, Target | null>()

  return {
    gave(labels, target) {
      const key = keyOf(labels)
      if (key === null) return
      const before = known.get(key)
      if (before === null || (before !== undefined && alike(before, target))) return
      const [oldest] = known.keys()
      if (before === undefined && oldest !== undefined && known.size >= MOST) known.delete(oldest)
      // Two scrapers may have targets of one name: such a one tells nothing.
      known.set(key, before === undefined ? target : null)
    },
    failure(labels, value, time) {
      if (value !== 0) return null
      const target = known.get(keyOf(labels) ?? '')
      if (target === undefined || target === null) return null
      const { cluster, member, via: path } = target
      return { kind: 'poll-failure', cluster, member, time, path, error: 'the scrape failed (up is 0)' }
    },
  }
}

/** Job and instance, as Prometheus names them or as OpenTelemetry does. */
function keyOf(labels: Labels): string | null {
  const instance = labels.instance ?? labels['service.instance.id']
  return instance === undefined ? null : JSON.stringify([labels.job ?? labels['service.name'] ?? '', instance])
}

function alike(one: Target, other: Target): boolean {
  return one.member === other.member && one.cluster === other.cluster && one.via === other.via
}
