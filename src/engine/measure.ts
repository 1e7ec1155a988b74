import type { Lsn } from '../model/lsn.ts'
import type { Measure, Point, Progress, Read } from '../model/measure.ts'
import type { Sample, Slot } from '../model/sample.ts'
import { type Member, takeTags, touch } from '../model/state.ts'

/** Points kept: enough for three minutes at two samples a second, or for hours at scrape intervals. */
const MOST_POINTS = 360
/** Beyond this age a point goes, but for the last few. */
const OLDEST = 300_000
const FEWEST_POINTS = 12

/** Takes a sample into a member's measure. A sample older than the newest one is ignored. */
export function measureSample(member: Member, sample: Sample): boolean {
  const measure = member.measure
  if (sample.time < measure.sampled.at) return false
  learnSpacing(measure, sample.time)
  touch(measure.sampled, sample.time, member)
  if (sample.via !== 'log') touch(measure.asked, sample.time, member)
  measure.failed = undefined
  readFields(measure, sample)
  if (restarted(measure, sample)) resetProgress(measure)
  if (places(measure, sample)) measure.placed = sample.time
  advance(measure.receive, sample.receiveLsn, sample.time, member)
  advance(measure.replay, sample.replayLsn, sample.time, member)
  addPoint(measure, sample)
  takeTags(member, sample.tags)
  return true
}

/** A reading of the receiver alone says nothing of the replay, where that is read otherwise. */
function places({ replay }: Measure, sample: Sample): boolean {
  return sample.replayLsn !== undefined || (sample.receiveLsn !== undefined && replay.lsn === undefined)
}

function learnSpacing(measure: Measure, time: number): void {
  const gap = time - measure.sampled.at
  if (!Number.isFinite(gap) || gap < 500) return
  measure.spacing = measure.spacing === 0 ? gap : Math.round(measure.spacing * 0.75 + gap * 0.25)
}

function readFields(measure: Measure, sample: Sample): void {
  const { time } = sample
  measure.role = read(sample.role, time, measure.role)
  measure.state = read(sample.state, time, measure.state)
  measure.systemId = read(sample.systemId, time, measure.systemId)
  measure.streaming = read(sample.streaming, time, measure.streaming)
  measure.inArchiveRecovery = read(sample.inArchiveRecovery, time, measure.inArchiveRecovery)
  measure.replayPaused = read(sample.replayPaused, time, measure.replayPaused)
  measure.paused = read(sample.paused, time, measure.paused)
  readClock(measure, sample)
  measure.dcsLastSeen = read(sample.dcsLastSeen, time, measure.dcsLastSeen)
  measure.failsafeActive = read(sample.failsafeActive, time, measure.failsafeActive)
  measure.clusterUnlocked = read(sample.clusterUnlocked, time, measure.clusterUnlocked)
  measure.standbys = read(sample.standbys, time, measure.standbys)
  measure.slots = read(sample.slots, time, measure.slots)
  if (sample.slots !== undefined) readSlots(measure, sample.slots, time)
  measure.version = sample.version ?? measure.version
}

/** `dcs_last_seen` is told in whole seconds (api.py). */
const SECOND = 1000

/**
 * When a member saw the DCS between two of its samples, its clock stood then where it says that it saw it. Each such pair
 * narrows the bounds; one that contradicts the others tells that the clock was set.
 */
function readClock(measure: Measure, { dcsLastSeen: seen, time }: Sample): void {
  const before = measure.dcsLastSeen
  if (seen === undefined || before === undefined || seen <= before.value) return
  const { clock } = measure
  const [least, most] = [seen - time, seen + SECOND - before.time]
  const agrees = clock !== undefined && least <= clock.most && most >= clock.least
  measure.clock = agrees ? { least: Math.max(least, clock.least), most: Math.min(most, clock.most) } : { least, most }
}

/** Slots kept: names come from clients too. */
const MOST_SLOTS = 64

/** A slot is idle from the first reading that shows it without a reader, until one shows it with one, or not at all. */
function readSlots({ idleSlots }: Measure, slots: readonly Slot[], time: number): void {
  const idle = new Set(slots.flatMap((slot) => (slot.active === false ? [slot.name] : [])))
  const untold = new Set(slots.flatMap((slot) => (slot.active === undefined ? [slot.name] : [])))
  for (const name of idleSlots.keys()) if (!idle.has(name) && !untold.has(name)) idleSlots.delete(name)
  for (const name of idle) if (!idleSlots.has(name) && idleSlots.size < MOST_SLOTS) idleSlots.set(name, time)
}

function read<T>(value: T | undefined, time: number, before: Read<T> | undefined): Read<T> | undefined {
  if (value === undefined) return before
  return { value, time, since: before?.value === value ? before.since : time }
}

/** Positions of another postmaster or timeline say nothing about standing still: the count begins anew. */
function restarted(measure: Measure, sample: Sample): boolean {
  const start = sample.postmasterStart !== undefined && differs(measure.start?.value, sample.postmasterStart, 1000)
  const timeline = sample.timeline !== undefined && differs(measure.timeline?.value, sample.timeline, 0)
  measure.start = read(sample.postmasterStart, sample.time, measure.start)
  measure.timeline = read(sample.timeline, sample.time, measure.timeline)
  return start || timeline
}

function differs(before: number | undefined, now: number, tolerance: number): boolean {
  return before !== undefined && Math.abs(before - now) > tolerance
}

function resetProgress(measure: Measure): void {
  for (const progress of [measure.receive, measure.replay]) {
    progress.lsn = undefined
    progress.from = undefined
  }
}

function advance(progress: Progress, lsn: Lsn | undefined, time: number, member: Member): void {
  if (lsn === undefined || lsn === progress.lsn) return
  const known = progress.lsn !== undefined
  progress.from = progress.lsn
  progress.lsn = lsn
  progress.since = time
  if (!known) return
  progress.movedBefore = progress.moved.at
  touch(progress.moved, time, member)
}

function addPoint(measure: Measure, sample: Sample): void {
  const { points } = measure
  if (sample.writeLsn === undefined && sample.receiveLsn === undefined && sample.replayLsn === undefined) return
  points.push(pointOf(sample))
  let stale = 0
  while (
    points.length - stale > FEWEST_POINTS &&
    (points.length - stale > MOST_POINTS || (points[stale] as Point).time < sample.time - OLDEST)
  )
    stale++
  if (stale > 0) points.splice(0, stale)
}

function pointOf(sample: Sample): Point {
  return {
    time: sample.time,
    write: sample.writeLsn,
    receive: sample.receiveLsn,
    replay: sample.replayLsn,
    timeline: sample.timeline,
    start: sample.postmasterStart,
    replayedAt: sample.replayedAt,
  }
}
