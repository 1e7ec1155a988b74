import type { Statement } from './effect.ts'
import { formatLsn } from './lsn.ts'
import { type Half, positionOf } from './positions.ts'
import type { Evidence } from './source.ts'
import type { Member, Said } from './state.ts'

/** What a member's log says: its latest line of one of these types. */
export function says(member: Member, ...types: readonly string[]): readonly Statement[] {
  let latest: Said | undefined
  for (const type of types) {
    const said = member.said.get(type)
    if (said !== undefined && (latest === undefined || said.at > latest.at)) latest = said
  }
  if (latest === undefined) return []
  const evidence = latest.evidence()
  if (!('source' in evidence)) return []
  return [{ member: member.name, time: evidence.time, text: evidence.text, source: evidence.source }]
}

/** What a member's position does. */
export function stands(member: Member, half: Half, text: string): readonly Statement[] {
  const lsn = positionOf(member, half)
  if (lsn === undefined) return []
  const what = half === 'replay' ? 'replayed' : 'received'
  return [
    {
      member: member.name,
      time: member.measure.sampled.at,
      text: `${what} ${formatLsn(lsn)}: ${text}`,
      source: { metric: `patroni_xlog_${what}_location` },
    },
  ]
}

/** Where a source stands. */
export function writes(source: Member): readonly Statement[] {
  const point = source.measure.points.at(-1)
  const lsn = point?.write ?? point?.receive
  if (point === undefined || lsn === undefined) return []
  return [
    {
      member: source.name,
      time: point.time,
      text: `at ${formatLsn(lsn)}`,
      source: { metric: 'patroni_xlog_location' },
    },
  ]
}

/** A measure of a member in words. */
export function reads(member: Member, metric: string, time: number, text: string): Statement {
  return { member: member.name, time, text, source: { metric } }
}

/** The latest lines of these types, as evidence. */
export function lines(member: Member, ...types: readonly string[]): readonly Evidence[] {
  return types.flatMap((type) => {
    const said = member.said.get(type)
    return said === undefined ? [] : [said.evidence()]
  })
}
