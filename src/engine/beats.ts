import type { Entry } from '../model/record.ts'
import type { Claim, Member } from '../model/state.ts'
import { touch } from './measure.ts'
import type { Observation } from './observation.ts'
import type { SaidLine, SeenLine } from './seen.ts'

/** What the last heartbeat of a member confirmed, good as long as nothing but heartbeats comes. */
interface Beat {
  readonly said: SaidLine
  readonly claims: readonly Claim[]
  /** State of the cluster's count of changes when it was folded. */
  readonly changes: number
}

/**
 * The short way of a heartbeat. A healthy member says the same each loop; when nothing else happened in its cluster since,
 * every facet would only confirm what it holds: the dates are moved, nothing is asked.
 */
export interface Heartbeats {
  /** Moves the dates and returns true when the line only repeats the last heartbeat. */
  repeat(member: Member, observation: Observation, entry: Entry, seen: SeenLine): boolean
  /** Remembers what a heartbeat, folded in full at `time`, confirmed. */
  learn(member: Member, said: SaidLine, time: number): void
}

export function heartbeats(): Heartbeats {
  const beats = new Map<Member, Beat>()
  return {
    repeat(member, observation, entry, seen) {
      const beat = beats.get(member)
      if (beat === undefined || beat.changes !== member.cluster.changes) return false
      const { said, claims } = beat
      const { time } = observation
      if (said.entryId !== entry.id || observation.paused !== said.paused || time < said.at) return false
      if (!sameHoles(said, seen, entry)) return false
      for (let index = 0; index < claims.length; index++) (claims[index] as Claim).at = time
      touch(said, time, member)
      said.repeat(observation)
      return true
    },
    learn(member, said, time) {
      const claims = Object.values(member.claim).filter((claim) => claim.at === time)
      beats.set(member, { said, claims, changes: member.cluster.changes })
    },
  }
}

export function sameHoles(said: SaidLine, seen: SeenLine, entry: Entry): boolean {
  for (let index = 0; index < entry.holes.length; index++) if (said.values[index] !== seen.hole(index)) return false
  return true
}
