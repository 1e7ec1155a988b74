import type { Moment } from './clock.ts'
import type { Lsn } from './lsn.ts'
import type { PollFailure, SampleRole, Slot, Standby } from './sample.ts'

/** One reading of positions of a member. Absent is undefined: unknown. */
export interface Point {
  readonly time: number
  readonly write: Lsn | undefined
  readonly receive: Lsn | undefined
  readonly replay: Lsn | undefined
  readonly timeline: number | undefined
  readonly start: number | undefined
  readonly replayedAt: number | undefined
}

/** One of a replica's two positions, and since when it stands. */
export interface Progress {
  lsn: Lsn | undefined
  /** Time of the first sample with this value: the position has not moved since. */
  since: number
  /** Times of the two latest samples at which it had moved, latest first. */
  moved: Moment
  movedBefore: number
  /** Position before the latest move. */
  from: Lsn | undefined
}

/** A field of the latest readings, with the time it was read. */
export interface Read<T> {
  value: T
  time: number
  /** Since when it reads so. */
  since: number
}

/** What a member's positions do. */
export interface Measure {
  /** Time of the latest sample. */
  sampled: Moment
  /** Time of the latest one that was asked for: a log may quote what a member answered to another. */
  readonly asked: Moment
  /** Time of the latest sample that had a position of a replica; one without says nothing about standing still. */
  placed: number
  /** Learned distance of two samples, ms; 0 until known. */
  spacing: number
  /** Latest points, oldest first. */
  readonly points: Point[]
  readonly receive: Progress
  readonly replay: Progress
  role: Read<SampleRole> | undefined
  state: Read<string> | undefined
  timeline: Read<number> | undefined
  start: Read<number> | undefined
  systemId: Read<string> | undefined
  streaming: Read<boolean> | undefined
  inArchiveRecovery: Read<boolean> | undefined
  replayPaused: Read<boolean> | undefined
  paused: Read<boolean> | undefined
  failsafeActive: Read<boolean> | undefined
  /** When it had seen the DCS last, by its own clock, epoch ms. */
  dcsLastSeen: Read<number> | undefined
  /** How far its clock is ahead of that of whoever reads it, ms, between two bounds; behind is negative. */
  clock: { readonly least: number; readonly most: number } | undefined
  clusterUnlocked: Read<boolean> | undefined
  standbys: Read<readonly Standby[]> | undefined
  slots: Read<readonly Slot[]> | undefined
  /** Slots that nobody reads, and the time of the first reading that showed it. */
  readonly idleSlots: Map<string, number>
  version: string | undefined
  /** The first poll that failed since the latest sample. */
  failed: PollFailure | undefined
}
