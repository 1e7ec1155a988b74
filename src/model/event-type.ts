/**
 * What a line can mean: `subject.state`. The list is the contract; `patroni.<signal>` stands for every other
 * signal of the message catalogue.
 */
export const EVENT_TYPES = [
  'leader.confirmed',
  'follower.confirmed',
  'lock.owner-seen',
  'lock.acquired',
  'lock.acquire-failed',
  'lock.update-failed',
  'lock.lost',
  'lock.released',
  'race.not-healthiest',
  'race.lag-exceeded',
  'race.primary-alive',
  'race.peer-response',
  'race.peer-unreachable',
  'race.peer-ahead',
  'race.not-allowed',
  'race.timeline-behind',
  'race.no-leader',
  'failsafe.holding',
  'failsafe.peer-accepted',
  'failsafe.peer-refused',
  'failsafe.exited',
  'dcs.unreachable',
  'dcs.request-failed',
  'dcs.watch-broken',
  'dcs.session-lost',
  'dcs.conflict',
  'dcs.auth-failed',
  'dcs.endpoint-changed',
  'promotion.started',
  'promotion.completed',
  'promotion.cancelled',
  'demotion.started',
  'demotion.completed',
  'demotion.running',
  'switchover.requested',
  'switchover.started',
  'switchover.rejected',
  'postgres.starting',
  'postgres.ready',
  'postgres.down',
  'postgres.shutdown',
  'postgres.start-failed',
  'postgres.crashed',
  'postgres.crash-recovery',
  'postgres.unreachable',
  'postgres.role-remembered',
  'postgres.restarting',
  'postgres.writing',
  'replication.started',
  'replication.receiver-ended',
  'replication.upstream-removed',
  'replication.upstream-set',
  'replication.waiting-for-wal',
  'replication.wal-missing',
  'replication.connect-failed',
  'replication.archive-restored',
  'replication.sender-ended',
  'replication.paused',
  'replication.delayed',
  'timeline.diverged',
  'timeline.reported',
  'timeline.history',
  'rewind.started',
  'rewind.failed',
  'rewind.completed',
  'rewind.waiting',
  'reinit.started',
  'datadir.removed',
  'bootstrap.started',
  'bootstrap.running',
  'bootstrap.failed',
  'bootstrap.completed',
  'bootstrap.waiting',
  'basebackup.failed',
  'slot.missing',
  'slot.dropped',
  'slot.lost',
  'slot.failed',
  'sync.changed',
  'sync.none',
  'watchdog.activated',
  'watchdog.unusable',
  'pause.seen',
  'loop.overrun',
  'config.changed',
  'disk.full',
  'process.killed',
  'patroni.started',
  'patroni.stopped',
  'patroni.error',
  'callback.ran',
  'operator.rolling-update',
  'operator.switchover',
  'operator.pod-deleted',
  'noise',
] as const

export type EventType = (typeof EVENT_TYPES)[number] | `patroni.${string}`

const ILLUSTRATIONS: ReadonlySet<string> = new Set([
  'dcs.request-failed',
  'dcs.watch-broken',
  'dcs.endpoint-changed',
  'race.peer-response',
  'callback.ran',
  'config.changed',
])

/** Whether events of a type are only quoted as evidence: no rule decides anything on them alone. */
export function illustrates(type: string): boolean {
  return (
    ILLUSTRATIONS.has(type) ||
    (type.startsWith('patroni.') && !/^patroni\.(started|stopped|error|system-id-mismatch)$/.test(type))
  )
}

/**
 * Whether events of a type only confirm, day after day, what a member is known to be: they are no reason to ask the rules again,
 * unless a facet that listens finds one.
 */
export function confirms(type: string): boolean {
  return type === 'postgres.writing'
}
