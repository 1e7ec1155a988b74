import { HEARD_SLOT } from './frame.ts'

/** Lines without a meaning that were heard ahead of the watermark: they are told when time has come to their slot. */
export interface HeardAhead {
  /** Slots of event time, by their start, each with the latest time of each writer: cluster and member. */
  readonly slots: Map<number, Map<string, Heard>>
}

export interface Heard {
  readonly cluster: string
  readonly member: string
  latest: number
  first: number
}

/** Notes that a member was heard, from `first` to `latest` (epoch ms), in the slot of the latter. */
export function hearAhead(ahead: HeardAhead, cluster: string, member: string, latest: number, first: number): void {
  const start = Math.floor(latest / HEARD_SLOT) * HEARD_SLOT
  let slot = ahead.slots.get(start)
  if (slot === undefined) {
    slot = new Map()
    ahead.slots.set(start, slot)
  }
  const key = `${cluster}\n${member}`
  const known = slot.get(key)
  if (known === undefined) slot.set(key, { cluster, member, latest, first })
  else {
    known.latest = Math.max(known.latest, latest)
    known.first = Math.min(known.first, first)
  }
}

/** Starts of the slots that have begun at `time`, in order. */
export function begunSlots(ahead: HeardAhead, time: number): readonly number[] {
  if (ahead.slots.size === 0) return []
  return [...ahead.slots.keys()].filter((start) => start <= time).sort((a, b) => a - b)
}
