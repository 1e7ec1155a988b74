import { bytesBetween, type Lsn } from '../../model/lsn.ts'
import type { Reading, Sample } from '../../model/sample.ts'
import { type Series, series } from './series.ts'

/** How far the replicas of one cluster are behind their source, bytes over time. */
export interface Behind {
  /** Takes a reading; those come in the order of time. `shown`: whether its time is to be drawn. */
  take(reading: Reading, shown: boolean): void
  readonly replicas: ReadonlyMap<string, Series>
}

/** A position of the primary, or in a standby cluster of its leader. */
interface SourceSample {
  readonly member: string
  readonly time: number
  readonly lsn: Lsn
  readonly timeline: number
}

/** An older position of the source says nothing of what it has written since, ms. */
const FRESH = 60_000

/**
 * Backlog as the rules measure it: the newest position of the source at or before the replica's reading, less what the
 * replica had replayed. Not known where the source was not read lately, or the replica is on a newer timeline.
 */
export function behind(): Behind {
  const replicas = new Map<string, Series>()
  let source: SourceSample | null = null

  function backlog({ member, time, replayLsn, timeline }: Sample): number | null {
    if (source === null || source.member === member || replayLsn === undefined) return null
    if (time - source.time > FRESH || (timeline ?? 0) > source.timeline) return null
    return Math.max(0, bytesBetween(replayLsn, source.lsn))
  }

  return {
    replicas,
    take(reading, shown) {
      if (reading.kind !== 'sample') return
      const position = positionOf(reading)
      if (position !== null) {
        if (source === null || position.timeline >= source.timeline || position.time - source.time > FRESH)
          source = position
        replicas.get(reading.member)?.add(reading.time, null)
        return
      }
      if (!shown || reading.replayLsn === undefined || (source !== null && source.time > reading.time)) return
      const known = replicas.get(reading.member)
      const bytes = backlog(reading)
      if (known === undefined && bytes === null) return
      const row = known ?? series()
      if (known === undefined) replicas.set(reading.member, row)
      row.add(reading.time, bytes)
    },
  }
}

/** Where replicas read from, when this reading is of it. */
function positionOf({ member, time, role, state, writeLsn, receiveLsn, timeline = 0 }: Sample): SourceSample | null {
  if (state !== undefined && state !== 'running') return null
  if (role === 'primary' && writeLsn !== undefined) return { member, time, lsn: writeLsn, timeline }
  if (role === 'standby_leader' && receiveLsn !== undefined) return { member, time, lsn: receiveLsn, timeline }
  return null
}
