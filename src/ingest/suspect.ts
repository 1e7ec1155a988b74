import type { Outcome, RecordCursor } from '../model/record.ts'

/** A record that is ready, with what the reader says of it. */
export interface Ready {
  readonly outcome: Outcome
  readonly record: RecordCursor
}

/**
 * Keeps a line more than an hour ahead of its stream aside until the stream's next line confirms or refutes it: a single
 * outlier must not drag the time.
 */
export interface Suspects {
  /** Whether the line may be believed at once; if not, it and what it settles come out of `ready` in time. */
  believe(record: RecordCursor): boolean
  /** As `believe`, for a line that leaves no record: true only where nothing is held and it is no more than an hour ahead. */
  passes(stream: number, program: RecordCursor['program'], time: number): boolean
  /** Whether a line is held: then lines without a time of their own must be offered to `follow`. */
  holding(): boolean
  /**
   * Takes a line that belongs to a held one, to come out behind it; false when its stream holds none. `time` is what it
   * says itself, as PostgreSQL's DETAIL does, else NaN.
   */
  follow(record: RecordCursor, time: number): boolean
  /** Next settled record, or undefined. */
  ready(): Ready | undefined
  /** Whether settled records wait. */
  pending(): boolean
  /** No more lines will come: what is held is a line. */
  release(): void
  /** Least line number held; Infinity without one. */
  since(): number
}

interface Held {
  readonly record: RecordCursor
  readonly followers: RecordCursor[]
  /** Whether a line of the stream's other program came since: what follows is that one's. */
  closed: boolean
}

const AHEAD = 3_600_000
/** Streams with a held line; beyond it lines are believed. */
const MOST = 4096
/** Lines kept behind a held one. */
const MOST_FOLLOWERS = 1000

export function suspects(): Suspects {
  /** Latest time of each writer, by number; NaN of one that is not known yet. */
  let frontiers = new Float64Array(256).fill(Number.NaN)
  const held = new Map<number, Held>()
  let settled: Ready[] = []
  let taken = 0

  function grow(writer: number): void {
    const wider = new Float64Array(2 * writer).fill(Number.NaN)
    wider.set(frontiers)
    frontiers = wider
  }

  function settle(writer: number, before: Held, confirmed: boolean): void {
    held.delete(writer)
    const { record } = before
    if (confirmed && !((frontiers[writer] as number) > record.time)) frontiers[writer] = record.time
    else record.reason = `time ${new Date(record.time).toISOString()} is more than an hour ahead of its stream`
    settled.push({ outcome: confirmed ? 'line' : 'rejected', record })
    for (const follower of before.followers) settled.push({ outcome: 'bare', record: follower })
  }

  /** Whether a time is no more than an hour ahead of its writer's latest, which is known; then it is noted. */
  function goesOn(writer: number, time: number): boolean {
    const frontier = frontiers[writer] as number
    if (time <= frontier) return true
    if (!(time <= frontier + AHEAD)) return false
    frontiers[writer] = time
    return true
  }

  /** Whether a line is no more than an hour ahead; else it is held. */
  function accept(writer: number, record: RecordCursor): boolean {
    const { time } = record
    if (writer >= frontiers.length) grow(writer)
    if (goesOn(writer, time)) return true
    if (time > (frontiers[writer] as number) + AHEAD && held.size < MOST) {
      held.set(writer, { record: apart(record), followers: [], closed: false })
      return false
    }
    frontiers[writer] = time
    return true
  }

  /** A line while some are held: it may settle one. */
  function judge(writer: number, record: RecordCursor): boolean {
    const other = held.get(writer ^ 1)
    if (other !== undefined) other.closed = true
    const before = held.get(writer)
    if (before === undefined) return accept(writer, record)
    const confirmed = record.time > before.record.time - AHEAD
    settle(writer, before, confirmed)
    // The line that refutes another one may be ahead itself.
    if (confirmed) frontiers[writer] = Math.max(before.record.time, record.time)
    if (confirmed || accept(writer, record)) settled.push({ outcome: 'line', record: { ...record } })
    return false
  }

  return {
    believe(record) {
      const writer = writerOf(record.stream, record.program)
      return held.size === 0 ? accept(writer, record) : judge(writer, record)
    },
    passes(stream, program, time) {
      const writer = writerOf(stream, program)
      return held.size === 0 && writer < frontiers.length && goesOn(writer, time)
    },
    holding() {
      return held.size > 0
    },
    follow(record, time) {
      for (const writer of [2 * record.stream + 1, 2 * record.stream]) {
        const before = held.get(writer)
        if (before === undefined || before.closed) continue
        before.followers.push(apart(record))
        const agrees = time > before.record.time - AHEAD
        if (agrees || before.followers.length >= MOST_FOLLOWERS) settle(writer, before, true)
        return true
      }
      return false
    },
    ready() {
      if (taken < settled.length) return settled[taken++]
      if (taken > 0) {
        settled = []
        taken = 0
      }
      return undefined
    },
    pending() {
      return taken < settled.length
    },
    release() {
      for (const [writer, before] of [...held]) settle(writer, before, true)
    },
    since() {
      let least = Number.POSITIVE_INFINITY
      for (const { record } of held.values()) least = Math.min(least, record.line)
      return least
    },
  }
}

/** A copy of a record that outlives the bytes it was read from. */
function apart(record: RecordCursor): RecordCursor {
  const { from, to, messageFrom, messageTo } = record
  const start = Math.min(from, messageFrom)
  return {
    ...record,
    bytes: record.bytes.slice(start, Math.max(to, messageTo)),
    from: from - start,
    to: to - start,
    messageFrom: messageFrom - start,
    messageTo: messageTo - start,
  }
}

/** Programs of one stream may have clocks hours apart: each is believed by its own. */
function writerOf(stream: number, program: RecordCursor['program']): number {
  return 2 * stream + (program === 'postgres' ? 1 : 0)
}
