import { type Fold, facet, type Seen } from '../model/facet.ts'
import { privateMemory, startsAfterFailure, unasked } from '../model/facet-help.ts'
import { isRunningPrimary, loopOf } from '../model/picture.ts'
import { isAnswered, type Sample } from '../model/sample.ts'
import type { Evidence } from '../model/source.ts'
import { isBornAfter, isJustReady, isJustUp } from '../model/stamps.ts'
import { type Member, NEVER, touch } from '../model/state.ts'
import { deadByItsPort, deadByReadings, type SuddenDeath } from '../model/sudden-death.ts'

interface Memory {
  /** Heartbeats as leader since it last lost or began to take the primary role. */
  beats: number
  /** The first of them. */
  firstBeat: number
  /** Postmaster start and timeline at the line that took the role away: samples count again only past them. */
  start: number | undefined
  timeline: number | undefined
  /** When it was last read as a replica, by whoever polls it, since it was read as a primary. */
  asReplica: number
}

function newMemory(): Memory {
  return {
    beats: 0,
    firstBeat: NEVER,
    start: undefined,
    timeline: undefined,
    asReplica: NEVER,
  }
}

const memoryOf = privateMemory('primary', newMemory)

/**
 * Whether the member's PostgreSQL is proven to be a running primary: a sample that reads primary and running, the ready
 * line, the second heartbeat as leader, or a peer that finds it alive as primary. After its own demotion, shutdown or crash line
 * a sample counts only with a newer postmaster or timeline (one 33 ms after `Demoting self` still read primary, running).
 * It ends by its own lines or samples, or as a node that died, of which others tell.
 */
export default facet({
  id: 'primary',
  memory: newMemory,
  on: {
    'leader.confirmed': (event) => {
      restarts(event)
      if (event.param('standby') === null && event.param('action') === null) leads(event)
    },
    // Said only while its PostgreSQL runs as a primary: else it would give up that role, or do nothing.
    'failsafe.holding': leads,
    'promotion.started': (event) => {
      memoryOf(event.member).beats = 0
    },
    'postgres.ready': (event) => {
      if (event.param('readOnly') === 'no') begin(event.member, event.time, event.evidence())
    },
    'postgres.writing': (event) => writes(event),
    'race.primary-alive': (event) => answers(event),
    'demotion.started': (event) => demote(event, 'it demotes itself'),
    'demotion.completed': (event) => demote(event, 'it has demoted itself'),
    'lock.acquire-failed': (event) => {
      if (event.param('reason') !== null) demote(event, 'it has demoted itself')
    },
    'lock.released': (event) => {
      if (event.param('data') !== null) lose(event, 'its data directory is gone')
    },
    'postgres.restarting': restarts,
    'postgres.shutdown': (event) => lose(event, 'its PostgreSQL was shut down'),
    'postgres.crashed': (event) => lose(event, 'its PostgreSQL crashed'),
    'postgres.down': (event) => {
      if (!isJustReady(event.member, event.time)) lose(event, 'Patroni found its PostgreSQL not running')
    },
    'replication.connect-failed': (event, fold) => {
      const death = deadByItsPort(event.member, event.param('error'), event.time)
      if (death !== null) died(death, event.evidence(), fold)
    },
  },
  beat(member, time) {
    if (isRunningPrimary(member) && member.claim.role.value === 'leader') touch(member.primary.proven, time, member)
  },
  sample: bySample,
})

/** Each of its loops that ends so found its PostgreSQL running; in the first after a promotion it may still be in recovery. */
function leads(event: Seen): void {
  if (unasked(event)) return
  const { member, time } = event
  const memory = memoryOf(member)
  memory.beats++
  if (memory.beats === 1) memory.firstBeat = time
  if (isRunningPrimary(member)) touch(member.primary.proven, time, member)
  else if (memory.beats >= 2) {
    if (!recovers(member, memory, time)) begin(member, time, event.evidence())
    // Readings may end: then its next heartbeat, which says the same, proves it.
    else member.cluster.changes++
  }
}

/**
 * Patroni confirms the lock while a promotion hangs: samples since, up to now, still read a replica. What a peer quotes, by its own
 * clock, may be of before.
 */
function recovers(member: Member, { firstBeat, asReplica }: Memory, time: number): boolean {
  if (!(asReplica > firstBeat)) return false
  return time - asReplica <= 2 * Math.max(member.measure.spacing, loopOf(member))
}

const DOWN = new Set([
  'stopping',
  'stopped',
  'crashed',
  'starting',
  'start failed',
  'restarting',
  'restart failed',
  'stop failed',
])

/** PostgreSQL's stamps may lack the fraction: a sample just after the ready line can be older than it. */
const TRUNCATED = 2_000

/**
 * How long after the promotion a sample may still be of before it, ms. What a peer quotes in its log, asked before the lock changed
 * hands, bears the stamp of that peer's clock; within a ttl the role does not change back unseen.
 */
function lag({ cluster }: Member, { via }: Sample): number {
  return via === 'log' ? cluster.timings.ttl : TRUNCATED
}

function bySample(member: Member, sample: Sample, fold: Fold): void {
  const death = sample.streaming === false ? deadByReadings(member.cluster, sample.time) : null
  if (death !== null)
    died(death, { metric: `postgres_streaming{member="${member.name}"}`, time: sample.time, value: 0 }, fold)
  if (sample.role !== undefined && sample.via !== 'log')
    memoryOf(member).asReplica = sample.role === 'replica' ? sample.time : NEVER
  const evidence = {
    metric: `patroni_primary{member="${member.name}"}`,
    time: sample.time,
    value: sample.role === 'primary' ? 1 : 0,
  }
  if (sample.role === 'primary' && sample.state !== undefined && (sample.state === 'running' || isAnswered(sample))) {
    if (!isRunningPrimary(member) && !newer(member, sample)) return
    begin(member, sample.time, evidence)
    if (member.primary.measuredSince < member.primary.since) member.primary.measuredSince = sample.time
  } else if (
    isRunningPrimary(member) &&
    ((sample.role === 'replica' && sample.time > member.primary.since + lag(member, sample)) ||
      (sample.state !== undefined && DOWN.has(sample.state) && !isJustUp(member, sample.time)))
  )
    end(member, sample.time, `a sample reads ${inWords(sample)}`, evidence)
}

/** A role that Patroni has no name for is left out, and a state where it is not read. */
function inWords({ role, state }: Sample): string {
  return [role ?? [], state ?? []].flat().join(', ')
}

/** Whether the sample is of a life that began after the line which took the role away. */
function newer(member: Member, sample: Sample): boolean {
  if (member.primary.lost.at === NEVER) return true
  const { start, timeline } = memoryOf(member)
  if (isBornAfter(sample.postmasterStart, member.primary.lost.at)) return true
  if (sample.postmasterStart !== undefined && start !== undefined && sample.postmasterStart > start + 1_000) return true
  if (sample.timeline !== undefined && timeline !== undefined && sample.timeline > timeline) return true
  return writesOn(member)
}

/** What a sample shows so long after the line is no more of before it, ms. */
const LONG_AFTER = 10_000

/** Whether it wrote WAL of its own between two samples long after that line: the demotion hangs, and PostgreSQL goes on. */
function writesOn({ measure: { points }, primary: { lost } }: Member): boolean {
  const first = points.find(({ time }) => time > lost.at + LONG_AFTER)
  const last = points.at(-1)
  return first?.write !== undefined && last?.write !== undefined && last.write > first.write
}

function begin(member: Member, time: number, evidence: Evidence): void {
  const { primary } = member
  if (!isRunningPrimary(member)) {
    if (time < primary.ended) return
    primary.since = time
    primary.before = primary.ended
    primary.ended = Number.NaN
    primary.evidence = [evidence]
    member.cluster.dirty = true
  }
  touch(primary.proven, time, member)
}

/**
 * PostgreSQL does what no replica does: news where another one leads too. It comes too seldom, and a log of its host may hold too
 * much of another PostgreSQL, to say more than that.
 */
function writes({ member: { name, claim, cluster } }: Seen): void {
  if (claim.role.value !== 'leader') return
  for (const other of cluster.members.values())
    if (other.name !== name && other.claim.role.value === 'leader') cluster.dirty = true
}

/** A peer asked it over REST: it answered as a running primary. Where it wrote itself of its end, that is what counts. */
function answers(event: Seen): void {
  const named = event.member.cluster.members.get(event.param('member') ?? '')
  if (named === undefined || named.primary.lost.at !== NEVER) return
  if (isRunningPrimary(named) || named.primary.ended === NEVER) begin(named, event.time, event.evidence())
}

/** Its PostgreSQL ended with it. */
function died({ primary, since, because }: SuddenDeath, evidence: Evidence, fold: Fold): void {
  end(primary, since, because, evidence)
  if (fold.set(primary, 'postgres', 'stopped', { basis: 'inferred', because, since, evidence: [evidence] }))
    primary.history.downSince = since
}

function lose(event: Seen, because: string): void {
  const { member, time } = event
  const memory = memoryOf(member)
  memory.beats = 0
  memory.start = member.measure.start?.value
  memory.timeline = member.measure.timeline?.value
  member.primary.lost.at = Math.max(member.primary.lost.at, time)
  if (isRunningPrimary(member)) end(member, time, because, event.evidence())
}

function restarts(event: Seen): void {
  if (startsAfterFailure(event)) lose(event, 'its PostgreSQL failed, and Patroni starts it again')
}

/** Only a primary is demoted, or the leader of a standby cluster: who says so was one, also where nothing told of it before. */
function demote(event: Seen, because: string): void {
  const { member, time } = event
  const unheard = member.primary.ended === NEVER && member.primary.lost.at === NEVER
  const standby = member.claim.role.value === 'standby_leader'
  lose(event, because)
  if (unheard && !standby && !isRunningPrimary(member) && member.primary.ended === NEVER)
    end(member, time, because, event.evidence())
}

function end(member: Member, time: number, because: string, evidence: Evidence): void {
  member.primary.ended = time
  member.primary.endedBy = because
  member.primary.evidence = [evidence]
  member.cluster.dirty = true
}
