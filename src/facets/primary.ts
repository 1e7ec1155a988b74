import { timeOf } from '../model/clock.ts'
import { type Fold, facet, type Seen } from '../model/facet.ts'
import { startsAfterFailure, unasked } from '../model/facet-help.ts'
import {
  isBornAfter,
  isJustReady,
  isJustUp,
  isRunningPrimary,
  loopOf,
  replicasOf,
  runningPrimary,
  sourceOf,
  wordOf,
} from '../model/picture.ts'
import { isAnswered, type Sample } from '../model/sample.ts'
import type { Evidence } from '../model/source.ts'
import { type Member, NEVER, touch } from '../model/state.ts'

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

/**
 * Whether the member's PostgreSQL is proven to be a running primary: a sample that reads primary and running, the ready
 * line, the second heartbeat as leader, or a peer that finds it alive as primary. After its own demotion, shutdown or crash line
 * a sample counts only with a newer postmaster or timeline (one 33 ms after `Demoting self` still read primary, running).
 */
export default facet({
  id: 'primary',
  on: {
    'leader.confirmed': (event) => {
      restarts(event)
      if (event.param('standby') !== null || event.param('action') !== null || unasked(event)) return
      const memory = memoryOf(event.member)
      memory.beats++
      if (memory.beats === 1) memory.firstBeat = event.time
      if (isRunningPrimary(event.member)) touch(event.member.primary.proven, event.time, event.member)
      else if (memory.beats >= 2) {
        if (!recovers(event.member, memory, event.time)) begin(event.member, event.time, event.evidence())
        // Readings may end: then its next heartbeat, which says the same, proves it.
        else event.member.cluster.changes++
      }
    },
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
    'replication.connect-failed': refused,
  },
  beat(member, time) {
    if (isRunningPrimary(member) && member.claim.role.value === 'leader') touch(member.primary.proven, time, member)
  },
  sample: bySample,
})

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
  if (sample.streaming === false) leftAlone(member, sample, fold)
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

/** No restart of Patroni keeps its port closed for so long while PostgreSQL is down too. */
const CLOSED = 10_000
/** WAL that a sample shows so long after the end of its source was read a moment late. */
const ON_ITS_WAY = 2_000

/** The same by samples: the port of its REST API refuses, its log says nothing, and nobody streams from it any more. */
function leftAlone({ name, cluster }: Member, { time }: Sample, fold: Fold): void {
  const source = runningPrimary(cluster)
  const failed = source?.measure.failed
  if (source === undefined || failed === undefined || time - failed.time < CLOSED || succeeded(source)) return
  if (!/refused/i.test(failed.error) || failed.path === 'postgres_exporter') return
  if (wordOf(source, time) > failed.time) return
  const witnesses = replicasOf(cluster).filter((replica) => tellsOf(replica, source, failed.time, time))
  if (witnesses.length === 0 || !witnesses.every((replica) => lostStream(replica, failed.time))) return
  const metric = `postgres_streaming{member="${name}"}`
  gone(source, failed.time, 'its REST API refuses, and no replica streams from it', { metric, time, value: 0 }, fold)
}

/**
 * Whether a replica streamed from it until then, by its readings. Who reads the archive only, lost its stream long before, cannot be
 * read itself since before, or has no PostgreSQL that runs tells nothing of it.
 */
function tellsOf(replica: Member, source: Member, failed: number, time: number): boolean {
  const { state, streaming, failed: dead } = replica.measure
  if (replica.kind.archiveOnly || (dead !== undefined && dead.time <= failed)) return false
  if (state !== undefined && state.value !== 'running') return false
  if (streaming?.value === false && streaming.since < failed - 2 * source.measure.spacing) return false
  return sourceOf(replica, timeOf(time)) === source
}

/** Whether it was read since, and neither streams nor has received what was not on its way then. */
function lostStream({ measure: { streaming, receive } }: Member, failed: number): boolean {
  if (streaming === undefined || streaming.value || streaming.time <= failed) return false
  return receive.moved.at <= failed + ON_ITS_WAY
}

/** Attempts to connect come each 5 s (wal_retrieve_retry_interval): three of them, and no restart takes so long. */
const REFUSED = 8_000

/** A node that dies says nothing. That its port refuses a replica, attempt after attempt, is told by the replica alone. */
function refused(event: Seen, fold: Fold): void {
  const { member, time } = event
  if (member.kind.replicatefrom !== null || !(event.param('error') ?? '').includes('Connection refused')) return
  const source = sourceOf(member, timeOf(time))
  if (source === undefined || !isRunningPrimary(source) || succeeded(source)) return
  const word = wordOf(source, time)
  const first = member.said.get('replication.connect-failed')?.times.find((at) => at > word) ?? time
  if (time - first < REFUSED || time - word < loopOf(source) + REFUSED / 4) return
  gone(source, first, `it says nothing, and its port refuses ${member.name}`, event.evidence(), fold)
}

/** It ended without a word, and its PostgreSQL with it. */
function gone(member: Member, since: number, because: string, evidence: Evidence, fold: Fold): void {
  end(member, since, because, evidence)
  if (fold.set(member, 'postgres', 'stopped', { basis: 'inferred', because, since, evidence: [evidence] }))
    member.history.downSince = since
}

/** Whether another one holds the lock since: what the replicas do then is about that one. */
function succeeded({ name, cluster }: Member): boolean {
  return cluster.leader !== null && cluster.leader.name !== name
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

function memoryOf(member: Member): Memory {
  member.memo.primary ??= {
    beats: 0,
    firstBeat: NEVER,
    start: undefined,
    timeline: undefined,
    asReplica: NEVER,
  } satisfies Memory
  return member.memo.primary as Memory
}
