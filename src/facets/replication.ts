import { type Clock, timeOf } from '../model/clock.ts'
import { type Change, type Fold, facet, type Seen } from '../model/facet.ts'
import { forgetBeforeHole, logged, privateMemory, stands } from '../model/facet-help.ts'
import { mib } from '../model/lsn.ts'
import { backlog, positionOf, standStill } from '../model/positions.ts'
import type { Sample } from '../model/sample.ts'
import type { Evidence } from '../model/source.ts'
import { latestOf } from '../model/stamps.ts'
import { type Member, NEVER } from '../model/state.ts'
import { sourceOf } from '../model/wal-source.ts'

/** `started streaming` is also written right before a failure: it counts when no end follows it for so long. */
const SETTLES = 5_500
/** A receiver that ends reconnects within wal_retrieve_retry_interval, 5 s. */
const RETRIED = 10_000
/** A replica that has all but less than this, bytes, has what its source wrote. */
const ALL_BUT = 1_048_576

interface Memory {
  /** A `started streaming` not yet settled. */
  started: { at: number; evidence: Evidence } | null
  /** When a receiver started last, and at which LSN of which timeline. */
  begun: number
  begunAt: string | null
}

function newMemory(): Memory {
  return { started: null, begun: NEVER, begunAt: null }
}

const memoryOf = privateMemory('replication', newMemory)

/**
 * What arrives at a replica. Own movement of positions beats its own streaming flag, which beats PostgreSQL's lines.
 * `follower.confirmed` proves nothing here.
 */
export default facet({
  id: 'replication',
  memory: newMemory,
  on: {
    'replication.started': begins,
    'replication.receiver-ended': (event, fold) => {
      if (event.param('cannot') === null) ended(event, fold, 'its WAL receiver ended')
      else answered(event, fold, 'its WAL receiver cannot write what it receives')
    },
    'replication.connect-failed': (event, fold) => ended(event, fold, 'its WAL receiver could not connect'),
    'replication.wal-missing': (event, fold) => answered(event, fold, 'the WAL it needs is gone at its source'),
    'timeline.diverged': (event, fold) => answered(event, fold, 'its timeline has parted from that of its source'),
    'slot.missing': (event, fold) => {
      if (event.member.claim.replication.value !== 'archive') answered(event, fold, 'its source has no slot for it')
    },
    'replication.waiting-for-wal': waits,
    'replication.upstream-removed': (event, fold) => ended(event, fold, 'its upstream was removed'),
    'replication.archive-restored': (event, fold) => {
      if (
        event.member.claim.replication.value === 'streaming' ||
        stands(event.member, 'replication', 'archive', event.time)
      )
        return
      turn(event.member, 'archive', logged(event, 'it restored a WAL segment from the archive'), fold)
    },
    'postgres.shutdown': (event, fold) => {
      if (receives(event.member)) ended(event, fold, 'its PostgreSQL shuts down')
    },
    'postgres.crashed': (event, fold) => {
      if (receives(event.member)) ended(event, fold, 'its PostgreSQL crashed')
    },
  },
  sample: bySample,
  expire(member, clock, fold) {
    settle(member, clock, fold)
    // Who streams goes on, or the end of it is told again and again.
    if (member.claim.replication.value !== 'streaming') forgetBeforeHole(member, 'replication', fold)
  },
})

/**
 * Started again where the last one started: that one ended at once, whatever it died of. A receiver that goes on after a
 * promotion starts there too, on the next timeline.
 */
function begins(event: Seen, fold: Fold): void {
  const { member, time } = event
  const memory = memoryOf(member)
  const { begun, begunAt } = memory
  memory.begun = time
  memory.begunAt = `${event.param('lsn')} on ${event.param('timeline')}`
  const inVain = begunAt === memory.begunAt && time > begun && time - begun < RETRIED
  if (inVain) ended(event, fold, 'its WAL receivers end as soon as they start', begun)
  else if (stands(member, 'replication', 'streaming', time)) return
  memory.started = { at: time, evidence: event.evidence() }
}

/** Whether a receiver of it works, or has just started. */
function receives(member: Member): boolean {
  return member.claim.replication.value === 'streaming' || memoryOf(member).started !== null
}

/** Recovery waits when it has no receiver: one that streamed has ended without a word that is known. */
function waits(event: Seen, fold: Fold): void {
  const { member, time } = event
  if (stands(member, 'replication', 'stopped', time) || time <= latestOf(memoryOf(member).begun)) return
  if (member.claim.replication.value === 'streaming') ended(event, fold, 'it waits for WAL: no receiver runs')
}

function ended(event: Seen, fold: Fold, because: string, since = event.time): void {
  memoryOf(event.member).started = null
  if (stands(event.member, 'replication', 'stopped', event.time)) return
  turn(event.member, 'stopped', { ...logged(event, because), since }, fold)
}

/** A receiver was refused; what the source itself writes of it is about somebody else. */
function answered(event: Seen, fold: Fold, because: string): void {
  if (event.param('side') === 'source' || event.member.claim.role.value === 'leader') return
  ended(event, fold, because)
}

function settle(member: Member, clock: Clock, fold: Fold): void {
  const { started } = memoryOf(member)
  if (started === null || !clock.past(started.at, SETTLES)) return
  memoryOf(member).started = null
  turn(
    member,
    'streaming',
    {
      basis: 'logged',
      because: 'a WAL receiver started and did not end',
      since: started.at,
      evidence: [started.evidence],
    },
    fold,
  )
}

function bySample(member: Member, sample: Sample, fold: Fold): void {
  if (sample.role !== 'replica' && sample.role !== 'standby_leader') return
  if (stoodStill(member, fold)) return
  if (sample.streaming === false) flagDown(member, sample, fold)
  else if (sample.streaming === true && moving(member))
    resumed(member, fold, 'its streaming flag is up and its received position moves')
  else if (sample.streaming === true && caughtUp(member, sample)) caught(member, fold)
  else if (sample.streaming === undefined && moving(member)) resumed(member, fold, 'its received position moves')
  else if (sample.streaming === true && member.claim.replication.value === 'unknown')
    resumed(member, fold, 'its streaming flag is up')
}

/** Received position still for 15 s while its source wrote 1 MiB or more: nothing arrives, whatever the flag says. */
function stoodStill(member: Member, fold: Fold): boolean {
  const still = member.kind.archiveOnly ? null : standStill(member, 'receive', fold.time)
  if (still === null) return false
  if (stands(member, 'replication', 'stopped', fold.time)) return true
  const lsn = positionOf(member, 'receive')
  turn(
    member,
    'stopped',
    {
      basis: 'measured',
      because: `its received position has not moved while ${still.source.name} wrote ${mib(still.wrote)}`,
      since: still.since,
      evidence: [{ metric: `received_location{member="${member.name}"}`, time: fold.time, value: `${lsn}` }],
    },
    fold,
  )
  return true
}

function flagDown(member: Member, sample: Sample, fold: Fold): void {
  const value = sample.inArchiveRecovery === true && !endedForGood(member) ? 'archive' : 'stopped'
  if (value === 'stopped' && movesOn(member)) return
  if (stands(member, 'replication', value, fold.time)) return
  turn(
    member,
    value,
    {
      basis: 'measured',
      because:
        value === 'archive' ? 'it reads WAL from the archive, not from its source' : 'its streaming flag is down',
      evidence: [{ metric: `postgres_streaming{member="${member.name}"}`, time: fold.time, value: 0 }],
    },
    fold,
  )
}

/**
 * A line told the stop, and nothing was replayed in two windows since. That it is in archive recovery says no more than that
 * it does not stream and has a restore_command (Patroni's `replication_state_from_parameters`).
 */
function endedForGood({ claim: { replication }, measure: { replay } }: Member): boolean {
  return replication.value === 'stopped' && replication.basis === 'logged' && replay.movedBefore <= replication.since
}

/** Received position moved in two windows since its flag went down. */
function movesOn({ measure: { receive, streaming } }: Member): boolean {
  return streaming !== undefined && receive.movedBefore > streaming.since
}

/** Received position moved in two windows after the latest word of the stop. */
function moving(member: Member): boolean {
  const { receive } = member.measure
  const { replication } = member.claim
  if (replication.value !== 'stopped' && replication.value !== 'archive') return receive.movedBefore > NEVER
  return receive.movedBefore > latestOf(replication.at)
}

function resumed(member: Member, fold: Fold, because: string): void {
  if (stands(member, 'replication', 'streaming', fold.time)) return
  turn(member, 'streaming', { basis: 'measured', because, since: beginOfMove(member, fold.time) }, fold)
}

/** Sets the facet; what it streamed until then is remembered. */
function turn(member: Member, value: string, change: Change, fold: Fold): void {
  const { value: was, since, at, evidence } = member.claim.replication
  if (fold.set(member, 'replication', value, change) && was === 'streaming') member.streamed = { since, at, evidence }
}

/**
 * Nothing moves while the source is idle: its flag has been up for a while, and it has what its source wrote. Where that is
 * not known, the flag ends what the flag began.
 */
function caughtUp(member: Member, { time }: Sample): boolean {
  const { replication } = member.claim
  const up = member.measure.streaming
  if (replication.value !== 'stopped' || up === undefined || !up.value) return false
  if (up.since <= latestOf(replication.at) || time - up.since < SETTLES) return false
  const behind = behindSource(member, time)
  return behind === undefined ? replication.basis === 'measured' : behind < ALL_BUT
}

/** Bytes that its source has and it has not received; undefined where that is not known. */
function behindSource(member: Member, time: number): number | undefined {
  const source = sourceOf(member, timeOf(time))
  return source === undefined ? undefined : backlog(member, source, 'receive')
}

function caught(member: Member, fold: Fold): void {
  const known = behindSource(member, fold.time) !== undefined
  const because = `its streaming flag is up ${known ? 'and it has all that its source wrote' : 'again'}`
  turn(member, 'streaming', { basis: 'measured', because, since: member.measure.streaming?.since ?? fold.time }, fold)
}

function beginOfMove(member: Member, time: number): number {
  const { movedBefore } = member.measure.receive
  return movedBefore > time - 90_000 ? movedBefore : time
}
