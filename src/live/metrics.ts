import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Progress } from '../io/kafka/types.ts'
import { type LineCounts, NO_LINES } from '../journal/intake.ts'
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
  /** How far what a consumer owns is from the end of its logs. */
  lags(read: readonly Pick<Progress, 'topic' | 'partition' | 'next' | 'end'>[]): void
  /** How far a partition's decisions are behind the clock, s. */
  watermark(partition: number, behind: number): void
  /** One sending ended; `took`: ms since it was to be sent. */
  notified(receiver: string, outcome: string, took: number): void
  /** An input is no more. */
  ended(topic: string): void
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
  const notifications = counter('patrolog_notifications_total', 'Sendings, by receiver and outcome.', [
    'receiver',
    'outcome',
  ])
  const latency = new Histogram({
    name: 'patrolog_notification_seconds',
    help: 'From the time a message was to be sent to the end of its sending.',
    labelNames: ['receiver'] as const,
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600],
    registers,
  })
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
    notified(receiver, outcome, took) {
      notifications.inc({ receiver, outcome })
      if (outcome === 'sent') latency.observe({ receiver }, took / 1000)
    },
    snapshot: (bytes) => snapshots.set(bytes),
    lags(read) {
      for (const { topic, partition, next, end } of read)
        if (next !== null && end !== null) lag.set({ topic, partition: String(partition) }, end - next)
    },
    watermark: (partition, seconds) => behind.set({ partition: String(partition) }, seconds),
    ended(topic) {
      records.remove({ topic })
      for (const outcome of Object.keys(NO_LINES)) lines.remove({ topic, outcome })
    },
    gone(topic, partition) {
      lag.remove({ topic, partition: String(partition) })
      behind.remove({ partition: String(partition) })
    },
  }
}
