import type { Clock } from './clock.ts'
import { isHeardAlone, isHeardOf, isSilent, wordOf } from './hearing.ts'
import { holdsLock, leaderInView } from './leadership.ts'
import { lastOf, membersOf } from './picture.ts'
import { latestOf, SAME_MOMENT } from './stamps.ts'
import { type Member, NEVER } from './state.ts'
import { expiry } from './wal-source.ts'

/** Questions to the picture of a replica that may have no upstream any more. */

/** Since when a replica is known to have no upstream, and how. */
export interface Lost {
  readonly since: number
  readonly because: string
  /** Whether only samples tell it. */
  readonly measured: boolean
}

/**
 * By its lines or its streaming flag. `archiveEnds`: so long, ms, after the last segment it restored the archive is taken to
 * have nothing more for it.
 */
export function lostUpstream(replica: Member, clock: Clock, archiveEnds: number): Lost | null {
  return byLine(replica) ?? bySample(replica) ?? leftByArchive(replica, clock, archiveEnds)
}

function byLine(replica: Member): Lost | null {
  const { replication, upstream } = replica.claim
  if (upstream.value === 'none' && !asLeader(replica) && upstream.since >= lastOf(replica, 'replication.started'))
    return { since: upstream.since, because: upstream.because, measured: false }
  if (replication.value !== 'stopped') return null
  if (replication.basis === 'logged') return { since: replication.since, because: replication.because, measured: false }
  const ended = firstEnd(replica, replication.since)
  return Number.isFinite(ended) ? { since: ended, because: 'its WAL receiver ended', measured: false } : null
}

function bySample({ claim: { replication }, measure: { streaming, sampled } }: Member): Lost | null {
  const stopped = replication.value === 'stopped' || replication.value === 'archive'
  const flagDown = streaming !== undefined && !streaming.value && streaming.time >= sampled.at - 60_000
  if (!stopped || replication.basis !== 'measured' || !flagDown) return null
  return { since: replication.since, because: replication.because, measured: true }
}

/** What is without an upstream since it led is not known to be without one now. */
function asLeader({ claim: { upstream }, primary }: Member): boolean {
  return upstream.basis === 'inferred' && upstream.at <= primary.ended
}

/**
 * Its receiver ended, it read what the archive held, and waits in vain: packets lost on the way to its source leave no
 * line. A delayed replica takes its time from one segment to the next; after a start any replica may be one.
 */
function leftByArchive(replica: Member, clock: Clock, patience: number): Lost | null {
  const { replication } = replica.claim
  if (replication.value !== 'archive' || replication.basis !== 'logged' || replica.kind.delayed > 0) return null
  const restored = replica.said.get('replication.archive-restored')
  const begun = lastOf(replica, 'replication.started', 'postgres.starting', 'postgres.ready')
  if (restored === undefined || endedAt(replica) <= begun) return null
  if (!clock.past(restored, patience)) return null
  return { since: restored.at, because: 'its WAL receiver ended, and the archive has nothing more', measured: false }
}

const ENDS = [
  'replication.receiver-ended',
  'replication.upstream-removed',
  'replication.connect-failed',
  'replication.wal-missing',
  'timeline.diverged',
]

/** Its latest line that a receiver ended or got nothing. */
function endedAt(replica: Member): number {
  return lastOf(replica, ...ENDS)
}

/**
 * The first such line from `since` on: positions may stand before a line says why. Infinity when there is none, or a receiver
 * started after all of them.
 */
function firstEnd(replica: Member, since: number): number {
  if (lastOf(replica, 'replication.started') > endedAt(replica)) return Number.POSITIVE_INFINITY
  const times = ENDS.flatMap((type) => replica.said.get(type)?.times ?? [])
  return Math.min(...times.filter((time) => time >= since))
}

/**
 * Whether it got an upstream or a receiver within `patience`, ms, and no end followed; the third receiver in a row is no
 * better than the last.
 */
export function connects(replica: Member, clock: Clock, patience: number): boolean {
  const begun = lastOf(replica, 'replication.started', 'replication.upstream-set')
  const waits = lastOf(replica, 'replication.waiting-for-wal')
  if (waits > latestOf(begun) || endedAt(replica) >= begun || clock.past(begun, patience)) return false
  const third = replica.said.get('replication.started')?.times.at(-3)
  return third === undefined || third < begun - patience
}

/**
 * Without its tags nobody says whom a replica follows. A member other than the leader of which nothing is heard since the
 * stream ended, at `since`, may be its upstream, and dead: Patroni has the replica follow the leader when its key expires.
 */
export function upstreamMayHaveDied({ name, cluster, tags, claim }: Member, since: number, clock: Clock): boolean {
  if (tags !== undefined || claim.upstream.value === 'none') return false
  return membersOf(cluster).some((other) => {
    if (other.name === name || holdsLock(other) || other.heartbeat === 0) return false
    const word = wordOf(other, clock.now)
    if (word > latestOf(since) + SAME_MOMENT || word < since - 2 * other.heartbeat) return false
    return !isSilent(other, expiry(other), clock)
  })
}

/**
 * Whom a replica still names after it lost its upstream, as leader or as a primary that it found alive, where nothing else
 * is heard of that member; null when nobody, and when more is known.
 */
export function unheardLeader(replica: Member, since: number): string | null {
  const named = leaderNamed(replica, since)
  return named === null || isHeardOf(replica.cluster, named, since) ? null : named
}

function leaderNamed(replica: Member, since: number): string | null {
  const followed = leaderInView(replica, since)
  if (followed !== null) return followed
  const alive = replica.said.get('race.primary-alive')
  return alive !== undefined && alive.at > since ? (alive.params.member ?? null) : null
}

/** So long after an upstream was removed an election is over, ms. */
const GOES_ON = 60_000

/**
 * Nothing but the PostgreSQL log of one replica is here, and long after its upstream was removed it goes on without one.
 * Whoever hears its Patroni, or anybody else of its cluster, has better reasons to judge by.
 */
export function goesOnAlone(replica: Member, since: number): boolean {
  const { claim, heard } = replica
  if (claim.upstream.value !== 'none' || claim.upstream.basis !== 'logged' || heard.at !== NEVER) return false
  if (!isHeardAlone(replica)) return false
  const waits = ['replication.waiting-for-wal', 'replication.archive-restored', 'replication.connect-failed']
  return lastOf(replica, ...waits) > since + GOES_ON
}

/**
 * Words of a source that lets nobody in by that name, that way or at all; null where it only starts up or shuts down, and
 * where the network or a slot that is still held is to blame.
 */
export function refusalIn(error: string | null | undefined): string | null {
  const words = /\bFATAL: +(.+)/.exec(error ?? '')?.[1]
  return words === undefined || words.startsWith('the database system is') ? null : words
}

/** Why its latest attempt to stream from `source` came to nothing, where it was later than `since`, epoch ms; null where no line tells. */
export function whyNoStream(replica: Member, source: string, since: number): string | null {
  const begun = Math.max(since, lastOf(replica, 'replication.started'))
  const refused = replica.said.get('replication.connect-failed')
  const gone = replica.said.get('replication.wal-missing')
  const parted = lastOf(replica, 'timeline.diverged')
  const latest = Math.max(refused?.at ?? NEVER, gone?.at ?? NEVER, parted)
  if (latest < begun || latest === NEVER) return null
  if (latest === parted) return `its timeline has parted from that of ${source}`
  if (latest === gone?.at) return gone.params.side === 'source' ? null : `the WAL it needs is gone at ${source}`
  const words = refusalIn(refused?.params.error)
  return words === null ? null : `${source} refuses it: ${words}`
}
