import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { LineCounts } from '../journal/intake.ts'
import type { Effect } from '../model/effect.ts'

/** What a process says of itself on `/metrics`. */
export interface Metrics {
  readonly registry: Registry
  /** Records of a topic were read; the lines in them are the difference of two counts. */
  taken(topic: string, records: number, before: LineCounts, after: LineCounts): void
  /** A log did not go on where it was expected to. */
  jump(topic: string, reason: string): void
  decided(effect: Effect): void
  /** Records of the observations that were passed over. */
  unreadable(): void
  snapshot(bytes: number): void
  lag(topic: string, partition: number, records: number): void
  /** How far a partition's decisions are behind the clock, s. */
  watermark(partition: number, behind: number): void
  /** A partition is no longer ours. */
  gone(topic: string, partition: number): void
}

export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name, help, labelNames, registers })
  const records = counter('patrolog_records_total', 'Records read, by topic.', ['topic'])
  const lines = counter('patrolog_lines_total', 'Lines and readings, by what became of them.', ['topic', 'outcome'])
  const jumps = counter('patrolog_jumps_total', 'Logs that did not go on where they were expected to.', [
    'topic',
    'reason',
  ])
  const alerts = counter('patrolog_alerts_total', 'Decisions on alerts.', ['rule', 'severity', 'status'])
  const transitions = counter('patrolog_transitions_total', 'Changes of inferred state.', ['facet'])
  const late = counter('patrolog_late_total', 'Lines later than the lateness against their own stream.', ['folded'])
  const unreadable = counter('patrolog_frames_unreadable_total', 'Records of the observations passed over.', [])
  const snapshots = gauge('patrolog_snapshot_bytes', 'Size of the state last saved.', [])
  const lag = gauge('patrolog_consumer_lag', 'Records that are yet to be read.', ['topic', 'partition'])
  const behind = gauge('patrolog_watermark_delay_seconds', 'How far decisions are behind the clock.', ['partition'])
  return {
    registry,
    taken(topic, count, before, after) {
      records.inc({ topic }, count)
      for (const [outcome, value] of Object.entries(after)) {
        const more = value - (before[outcome as keyof LineCounts] ?? 0)
        if (more > 0) lines.inc({ topic, outcome }, more)
      }
    },
    jump: (topic, reason) => jumps.inc({ topic, reason }),
    decided(effect) {
      if (effect.kind === 'alert') alerts.inc({ rule: effect.rule, severity: effect.severity, status: effect.status })
      else if (effect.kind === 'transition') transitions.inc({ facet: effect.facet })
      else if (effect.kind === 'late') late.inc({ folded: String(effect.folded) })
    },
    unreadable: () => unreadable.inc(),
    snapshot: (bytes) => snapshots.set(bytes),
    lag: (topic, partition, count) => lag.set({ topic, partition: String(partition) }, count),
    watermark: (partition, seconds) => behind.set({ partition: String(partition) }, seconds),
    gone(topic, partition) {
      lag.remove({ topic, partition: String(partition) })
      behind.remove({ partition: String(partition) })
    },
  }
}
