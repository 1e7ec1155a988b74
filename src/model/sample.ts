import type { Lsn } from './lsn.ts'

export type SampleRole = 'primary' | 'replica' | 'standby_leader'

/** Tags of a member as its REST bodies give them. */
export interface Tags {
  readonly nofailover?: boolean
  readonly nosync?: boolean
  readonly nostream?: boolean
  readonly replicatefrom?: string
}

export interface Standby {
  readonly name: string
  readonly state: string
  readonly syncState?: string
}

/** A replication slot as its server shows it. What the reading does not say is absent. */
export interface Slot {
  readonly name: string
  readonly active?: boolean
  /** WAL kept for it, bytes behind the server's position. */
  readonly retained?: number
  /** Bytes that may still be written before its WAL is given up. */
  readonly safeWalSize?: number
  /** `reserved`, `extended`, `unreserved`, `lost`. */
  readonly walStatus?: string
}

/**
 * One reading of a member. `time` is epoch ms, when it was read at the member. A field that was not in the
 * reading is absent: unknown, never zero and never "as before". Source of the shapes: Patroni's `api.py`.
 */
export interface Sample {
  readonly kind: 'sample'
  /** Null when the reading does not say; the caller may know. */
  readonly cluster: string | null
  readonly member: string
  readonly time: number
  /** Which reading this was: `/patroni`, `/metrics`, `postgres_exporter`, or `log` for a REST body inside a log line. */
  readonly via: string
  readonly role?: SampleRole
  /** PostgreSQL's state in Patroni's words: running, starting, stopping, stopped, crashed, … */
  readonly state?: string
  readonly timeline?: number
  readonly systemId?: string
  /** Position of a primary (flush), bytes. */
  readonly writeLsn?: Lsn
  /** Position a replica received, bytes. */
  readonly receiveLsn?: Lsn
  /** Position a replica replayed, bytes. */
  readonly replayLsn?: Lsn
  /** Commit time of the last replayed transaction, epoch ms. */
  readonly replayedAt?: number
  /** Start of the postmaster, epoch ms. */
  readonly postmasterStart?: number
  readonly streaming?: boolean
  readonly inArchiveRecovery?: boolean
  readonly replayPaused?: boolean
  readonly paused?: boolean
  readonly failsafeActive?: boolean
  readonly clusterUnlocked?: boolean
  /** Last successful look at the DCS, epoch ms. */
  readonly dcsLastSeen?: number
  readonly pendingRestart?: boolean
  readonly syncStandby?: boolean
  readonly tags?: Tags
  /** Members that the primary's `replication[]` lists; absent when the reading has no such list. */
  readonly standbys?: readonly Standby[]
  /** Replication slots of the server; absent when the reading does not show them. */
  readonly slots?: readonly Slot[]
  readonly version?: string
}

export interface ClusterMemberView {
  readonly name: string
  readonly role: string
  readonly state: string
  readonly timeline?: number
  readonly tags?: Tags
}

/** `/cluster` as one member answered it: that member's view of the DCS, good for membership, never for positions. */
export interface ClusterView {
  readonly kind: 'cluster-view'
  readonly cluster: string | null
  /** The member that answered. */
  readonly member: string
  readonly time: number
  readonly members: readonly ClusterMemberView[]
  readonly paused: boolean
  readonly scheduledSwitchover?: { readonly at: number; readonly from: string; readonly to?: string }
}

/** Timings in force, from `/config`. Seconds become ms; sizes are bytes. */
export interface ClusterSettings {
  readonly kind: 'settings'
  readonly cluster: string | null
  readonly member: string
  readonly time: number
  readonly loopWait?: number
  readonly ttl?: number
  readonly retryTimeout?: number
  readonly maximumLagOnFailover?: number
  readonly failsafeMode?: boolean
  readonly synchronousMode?: boolean
  readonly synchronousModeStrict?: boolean
  readonly standbyCluster?: boolean
  readonly primaryStartTimeout?: number
}

/** A poll that got no answer. */
export interface PollFailure {
  readonly kind: 'poll-failure'
  readonly cluster: string | null
  readonly member: string
  readonly time: number
  readonly path: string
  readonly error: string
}

/** How a member's records arrive, as the reader of a live topic learned it: never in replay. */
export interface DeliveryReport {
  readonly kind: 'delivery'
  readonly cluster: string | null
  readonly member: string
  readonly time: number
  /** Learned constant by which stamps lie behind arrival, ms; negative when the member's clock is ahead. */
  readonly offset: number
  /** Delay of its latest records beyond that, ms. */
  readonly delay: number
}

/** Whatever a metric source can give. */
export type Reading = Sample | ClusterView | ClusterSettings | PollFailure | DeliveryReport

/**
 * Whether PostgreSQL itself was asked for this reading: its positions are in it. Patroni's state may be ahead of it: `restarting` is
 * said from the checkpoint on that comes before the shutdown and may take minutes (`Postgresql.restart`).
 */
export function isAnswered({ writeLsn, receiveLsn, replayLsn }: Sample): boolean {
  return writeLsn !== undefined || receiveLsn !== undefined || replayLsn !== undefined
}
