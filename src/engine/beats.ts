import type { Entry } from '../model/record.ts'
import { type Member, touch } from '../model/state.ts'
import type { Echo } from './echoes.ts'
import type { Observation } from './observation.ts'
import type { SaidLine } from './seen.ts'

/**
 * The short way of a heartbeat. A healthy member says the same each loop; when nothing else happened in its cluster since,
 * every facet would only confirm what it holds: the dates are moved, nothing is asked. True when the line was such one.
 */
export function repeatsBeat(said: SaidLine, member: Member, observation: Observation, entry: Entry): boolean {
  if (said.changes !== member.cluster.changes || said.entryId !== entry.id || observation.paused !== said.paused)
    return false
  const { time } = observation
  if (time < said.at || !said.saysTheSame(observation)) return false
  confirm(said, member, time)
  said.repeat(observation)
  return true
}

/** As `repeatsBeat`, of an echo. False when it is more, or when its words are not the last ones said. */
export function echoesBeat(said: SaidLine, member: Member, entry: Entry, echo: Echo): boolean {
  const { words, time } = echo
  if (said.words !== words || said.changes !== member.cluster.changes || said.entryId !== entry.id) return false
  if (words.paused !== said.paused || time < said.at) return false
  confirm(said, member, time)
  said.echo(echo)
  return true
}

function confirm(said: SaidLine, member: Member, time: number): void {
  const { claims } = said
  for (let index = 0; index < claims.length; index++) {
    const claim = claims[index] as (typeof claims)[number]
    if (time > claim.at) claim.at = time
  }
  touch(said, time, member)
}

/**
 * Remembers what a heartbeat, folded in full at `time`, confirmed; good as long as nothing but heartbeats comes. It has to
 * be the second that says so: some conclusions rest on two.
 */
export function learnBeat(said: SaidLine, member: Member, time: number): void {
  const { changes } = member.cluster
  const once = -2 - changes
  said.claims = Object.values(member.claim).filter((claim) => claim.at === time)
  said.changes = said.changes === once || said.changes === changes ? changes : once
}
