import { timeOf } from './clock.ts'
import { wordOf } from './hearing.ts'
import { isSucceeded } from './leadership.ts'
import { isRunningPrimary, loopOf, replicasOf, runningPrimary } from './picture.ts'
import type { Cluster, Member } from './state.ts'
import { sourceOf } from './wal-source.ts'

/** Questions to the picture of a cluster about a primary whose node died: it says nothing, and others tell of it. */

/** A primary that ended without a word: since when, epoch ms, and what tells it. */
export interface SuddenDeath {
  readonly primary: Member
  readonly since: number
  readonly because: string
}

/** Attempts to connect come each 5 s (wal_retrieve_retry_interval): three of them, and no restart takes so long. */
const REFUSED = 8_000

/** By PostgreSQL of a replica, which says at `time` why it cannot connect: its source's port refuses it, attempt after attempt. */
export function deadByItsPort(replica: Member, error: string | null, time: number): SuddenDeath | null {
  if (replica.kind.replicatefrom !== null || !(error ?? '').includes('Connection refused')) return null
  const primary = sourceOf(replica, timeOf(time))
  if (primary === undefined || !isRunningPrimary(primary) || isSucceeded(primary)) return null
  const word = wordOf(primary, time)
  const since = replica.said.get('replication.connect-failed')?.times.find((at) => at > word) ?? time
  if (time - since < REFUSED || time - word < loopOf(primary) + REFUSED / 4) return null
  return { primary, since, because: `it says nothing, and its port refuses ${replica.name}` }
}

/** No restart of Patroni keeps its port closed for so long while PostgreSQL is down too. */
const CLOSED = 10_000
/** WAL that a sample shows so long after the end of its source was read a moment late. */
const ON_ITS_WAY = 2_000

/** By readings up to `time`: the port of its REST API refuses, its log says nothing, and nobody streams from it any more. */
export function deadByReadings(cluster: Cluster, time: number): SuddenDeath | null {
  const primary = runningPrimary(cluster)
  const failed = primary?.measure.failed
  if (primary === undefined || failed === undefined || time - failed.time < CLOSED) return null
  // What the replicas do is about whoever took the lock since.
  if (isSucceeded(primary)) return null
  if (!/refused/i.test(failed.error) || failed.path === 'postgres_exporter') return null
  if (wordOf(primary, time) > failed.time) return null
  const witnesses = replicasOf(cluster).filter((replica) => tellsOf(replica, primary, failed.time, time))
  if (witnesses.length === 0 || !witnesses.every((replica) => lostStream(replica, failed.time))) return null
  return { primary, since: failed.time, because: 'its REST API refuses, and no replica streams from it' }
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
