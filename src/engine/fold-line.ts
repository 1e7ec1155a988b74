import type { Effect, EventEffect } from '../model/effect.ts'
import { confirms, illustrates } from '../model/event-type.ts'
import type { Facet } from '../model/facet.ts'
import type { Entry } from '../model/record.ts'
import { hear, type Member, touch } from '../model/state.ts'
import { echoesBeat, learnBeat, repeatsBeat } from './beats.ts'
import type { Echo } from './echoes.ts'
import { type Folding, type Listener, listeners } from './fold.ts'
import { MOST_HOLES, type Observation } from './observation.ts'
import { SaidLine, SeenLine, type Texts } from './seen.ts'

/** What the engine counted of the lines it was given. */
export interface EngineCounts {
  events: number
  noise: number
  unrecognised: number
  late: number
}

/** Takes lines that have their turn into the state. */
export interface LineFolder {
  fold(observation: Observation): void
  /** Takes in a line that only repeats a heartbeat; false when it is more, and has to be folded in full. */
  echo(echo: Echo): boolean
  readonly counts: EngineCounts
}

export interface LineFolderConfig {
  readonly facets: readonly Facet[]
  /** Event types of the recogniser, by typeId. */
  readonly types: readonly string[]
  readonly texts: Texts
  /** Whether events of a type are wanted as effects; none is when it is not given. */
  readonly wanted?: (type: string) => boolean
}

/** Repeated by every healthy member all day; they change nothing unless what they say changes. */
const STEADY = new Set(['leader.confirmed', 'follower.confirmed', 'lock.owner-seen'])

export function lineFolder(
  config: LineFolderConfig,
  folding: Folding,
  join: (member: Member) => void,
  emit: (effect: Effect) => void,
): LineFolder {
  const counts: EngineCounts = { events: 0, noise: 0, unrecognised: 0, late: 0 }
  const seen = new SeenLine(config.texts)
  const handlers = listeners(config.facets, config.types)
  const steady = config.types.map((type) => STEADY.has(type))
  const wanted = config.types.map(config.wanted ?? (() => false))
  const ownerSeen = config.types.indexOf('lock.owner-seen')
  const quiet = config.types.map((type) => illustrates(type) || confirms(type))
  const altering = config.types.map((type) => !STEADY.has(type) && !confirms(type))
  const beating = config.facets.flatMap(({ beat }) => (beat === undefined ? [] : [beat]))

  function foldLine(observation: Observation): void {
    const { member, entry, time } = observation
    count(observation)
    if (entry !== null && wanted[entry.typeId] === true && observation.late === 0) emit(eventOf(observation, entry))
    if (member === null) {
      foldClusterLine(observation)
      return
    }
    hearMember(member, time, observation.program)
    if (entry === null || entry.type === 'noise') return
    folding.time = time
    const { typeId } = entry
    const known = saidOf(observation, member, entry.type)
    if (known !== undefined && steady[typeId] === true && repeatsBeat(known, member, observation, entry)) {
      if (typeId !== ownerSeen) beat(member, time)
      return
    }
    seen.move(observation, member)
    const said = note(member, observation, entry, known)
    const listening = handlers[typeId] as readonly Listener[]
    for (let index = 0; index < listening.length; index++) listening[index]?.(seen, folding)
    if (altering[typeId] === true && listening.length > 0) member.cluster.changes++
    if (steady[typeId] === true && said !== null) learnBeat(said, member, time)
  }

  function beat(member: Member, time: number): void {
    for (let index = 0; index < beating.length; index++) beating[index]?.(member, time)
  }

  function foldEcho(echo: Echo): boolean {
    const { member, entry, said } = echo.words
    if (member === null || entry === null || said === null || steady[entry.typeId] !== true) return false
    if (wanted[entry.typeId] === true) return false
    if (!echoesBeat(said as SaidLine, member, entry, echo)) return false
    const { time } = echo
    if (time > folding.decided) folding.decided = time
    join(member)
    counts.events++
    hearMember(member, time, entry.program)
    folding.time = time
    if (entry.typeId !== ownerSeen) beat(member, time)
    return true
  }

  /** What the member said of this type last; a line that is repeated leads there without a look at the type. */
  function saidOf({ words }: Observation, member: Member, type: string): SaidLine | undefined {
    if (words !== null && words.said !== null) return words.said as SaidLine
    const said = member.said.get(type) as SaidLine | undefined
    if (words !== null && said !== undefined) words.said = said
    return said
  }

  /** A line that tells of a cluster, whoever wrote it: an operator's. */
  function foldClusterLine(observation: Observation): void {
    if (observation.entry === null) return
    folding.time = observation.time
    seen.move(observation, observation.member as unknown as Member)
    for (const facet of config.facets) facet.clusterLine?.(observation.cluster, seen, folding)
  }

  function count(observation: Observation): void {
    if (observation.late > 0) {
      counts.late++
      emitLate(observation)
    } else if (observation.entry === null) counts.unrecognised++
    else if (observation.entry.type === 'noise') counts.noise++
    else counts.events++
  }

  function emitLate(observation: Observation): void {
    const { cluster, member, origin, line, index, time, late } = observation
    const folded = member !== null && time >= member.heard.at
    emit({
      kind: 'late',
      time: Math.max(time, folding.decided),
      cluster: cluster.name,
      member: member?.name ?? null,
      source: origin.at(line, index),
      by: late,
      folded,
    })
  }

  function hearMember(member: Member, time: number, program: Observation['program']): void {
    if (member.firstSeen > time || member.firstSeen === Number.NEGATIVE_INFINITY) member.firstSeen = time
    if (program === 'patroni') touch(member.heard, time, member)
    else hear(member.postgresHeard, time)
    touch(member.cluster.heard, time, member)
  }

  /** Remembers the latest occurrence; asks for a check unless it only repeats what a healthy member repeats. */
  function note(member: Member, observation: Observation, entry: Entry, known: SaidLine | undefined): SaidLine | null {
    const said = known ?? new SaidLine(config.texts)
    if (known === undefined) member.said.set(entry.type, said)
    else if (observation.time < said.at) return null
    const again = steady[entry.typeId] === true && said.entryId === entry.id && said.saysTheSame(observation)
    if (!again) {
      said.changes = -1
      said.params = seen.params()
      if (steady[entry.typeId] === true) said.holes = new Int32Array(2 * Math.min(entry.holes.length, MOST_HOLES))
      said.entryId = entry.id
      said.paused = observation.paused
    }
    if ((!again && quiet[entry.typeId] !== true) || said.watched) {
      said.watched = false
      member.cluster.dirty = true
    }
    said.note(observation)
    return said
  }

  function eventOf(observation: Observation, entry: Entry): EventEffect {
    seen.move(observation, observation.member as Member)
    return {
      kind: 'event',
      time: observation.time,
      cluster: observation.cluster.name,
      member: observation.member?.name ?? null,
      type: entry.type,
      level: observation.level,
      text: seen.text(),
      params: seen.params(),
      source: observation.origin.at(observation.line, observation.index),
      program: observation.program,
    }
  }

  return { fold: foldLine, echo: foldEcho, counts }
}
