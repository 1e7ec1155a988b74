import { facet } from '../model/facet.ts'
import { privateMemory } from '../model/facet-help.ts'
import { namedLeader } from '../model/leadership.ts'
import type { Point } from '../model/measure.ts'
import { lastOf, loopOf } from '../model/picture.ts'
import { type Member, NEVER } from '../model/state.ts'

/** Samples whose replayed commit trails by a constant, and how constant. */
const ALIKE = 3
const TOLERANCE = 5_000
/** For so long at least, however often it is read. */
const LASTING = 30_000
/** Less is ordinary lag. */
const LEAST = 10_000

interface Memory {
  /** Whether it was seen to stream. */
  streamed: boolean
}

function newMemory(): Memory {
  return { streamed: false }
}

const memoryOf = privateMemory('kind', newMemory)

/**
 * Kinds of a member that are written nowhere: a delayed replica (recovery_min_apply_delay) shows in no tag or body, and in a line
 * only when that is changed while it runs, else in a replayed commit time that trails by a constant while it receives; a replica
 * that restores segments and was never seen to stream, or whose upstream its configuration took away, reads the archive only,
 * unless tags say what it does.
 */
export default facet({
  id: 'kind',
  memory: newMemory,
  on: {
    'replication.archive-restored': (event) => {
      const { member } = event
      const { count = 0 } = member.said.get('replication.archive-restored') ?? {}
      if (tookFromConfiguration(member) || (count >= 3 && !hadUpstream(member))) member.kind.archiveOnly = true
    },
    'replication.started': (event) => {
      streamed(event.member)
    },
    'replication.delayed': (event) => {
      event.member.kind.delayed = milliseconds(event.param('delay') ?? '')
    },
  },
  sample(member, sample) {
    if (sample.streaming === true) streamed(member)
    else if (sample.inArchiveRecovery === true) restores(member)
    if (member.kind.delayed === 0 && member.measure.receive.moved.at > member.measure.sampled.at - 60_000)
      learnDelay(member)
  },
})

/** Units in which PostgreSQL reads a time, ms. */
const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time as PostgreSQL's configuration holds it, `15min`; 0 where it cannot be read. */
function milliseconds(text: string): number {
  const [, number, unit = 'ms'] = /^\s*([\d.]+)\s*([a-z]+)?\s*$/.exec(text) ?? []
  return number === undefined ? 0 : Math.round(Number(number) * (UNITS[unit] ?? 0))
}

function streamed(member: Member): void {
  memoryOf(member).streamed = true
  if (member.tags?.nostream !== true) member.kind.archiveOnly = false
}

/** Lines that only a member with a WAL receiver writes. */
const RECEIVES = ['replication.upstream-removed', 'replication.receiver-ended', 'replication.connect-failed']

/** Whether it streamed, or was to: then what it restores now is a fall back. */
function hadUpstream(member: Member): boolean {
  return member.tags !== undefined || memoryOf(member).streamed || RECEIVES.some((type) => member.said.has(type))
}

/** What a member says that does not find the leader in its view. */
const RACES = ['race.not-healthiest', 'race.not-allowed', 'race.primary-alive', 'race.peer-response', 'race.no-leader']

/**
 * Whether Patroni took its upstream away as it was configured anew, and was content with the leader in its view before and
 * after: so does a tag `nostream` that is set while it runs. Who lost the view of the leader says so in that cycle.
 */
function tookFromConfiguration(member: Member): boolean {
  const { tags, said, claim } = member
  const removed = said.get('replication.upstream-removed')?.at
  if (tags !== undefined || removed === undefined) return false
  const configured = lastOf(member, 'config.changed')
  const named = namedLeader(member) !== null && claim.lockView.since < configured
  const settled = lastOf(member, 'follower.confirmed') > removed && removed > lastOf(member, 'replication.upstream-set')
  const within = removed >= configured && removed - configured < loopOf(member)
  return named && settled && within && lastOf(member, ...RACES, 'dcs.unreachable') < configured - loopOf(member)
}

/** By its flags it reads the archive, and gets on. */
function restores(member: Member): void {
  const { moved, movedBefore } = member.measure.replay
  if (!hadUpstream(member) && moved.at > NEVER && movedBefore > NEVER) member.kind.archiveOnly = true
}

/** It holds back what it has, by a constant: replay that is too slow trails more and more, a slow link has nothing to hold back. */
function learnDelay(member: Member): void {
  const trailing: number[] = []
  const { points } = member.measure
  const newest = points.at(-1)?.time ?? NEVER
  for (let index = points.length - 1; index > 0; index--) {
    const [before, point] = [points[index - 1] as Point, points[index] as Point]
    if (trailing.length >= ALIKE && point.time < newest - LASTING) break
    if (point.replayedAt === undefined || point.replay === undefined || point.replay === before.replay) continue
    if (point.replayedAt === before.replayedAt) continue
    if (point.receive === undefined || point.receive <= point.replay) return
    trailing.push(point.time - point.replayedAt)
    if (!alike(trailing)) return
  }
  if (trailing.length < ALIKE || (points[0] as Point).time > newest - LASTING) return
  member.kind.delayed = Math.round((Math.min(...trailing) + Math.max(...trailing)) / 2)
}

function alike(trailing: readonly number[]): boolean {
  const least = Math.min(...trailing)
  return least >= LEAST && Math.max(...trailing) - least <= TOLERANCE
}
