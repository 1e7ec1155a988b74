import type { Program } from '../../model/message.ts'
import type { Recogniser } from '../../model/record.ts'
import { epochOf } from '../envelopes/exported.ts'
import type { IdentityRules } from '../envelopes/identity.ts'
import { readStamp } from '../loose.ts'
import { StampReader } from '../prefix.ts'
import type { LocalClock, LooseClock } from '../time.ts'
import { keyOf, type Opening } from './part.ts'

/** One input as it is read by way of strings: how, and what was learned on the way. */
export interface Reading {
  readonly clock: LocalClock
  /** Of what syslog or a journal puts in front of lines. */
  readonly journal: LocalClock
  readonly stamps: StampReader
  readonly rules: IdentityRules
  readonly recogniser: Recogniser | undefined
  /** Day of lines without a date, epoch ms; NaN when not known. */
  readonly day: () => number
  /** Programs of writers whose lines have times of their own. */
  readonly stamped: Set<string>
  /** Programs of writers that were known by what they said. */
  readonly worded: Set<string>
  /** Latest time read, epoch ms; NaN before the first. */
  latest: number
  /** What was detected first; '' before. */
  shape: string
  /** Whether lines are wrapped one by one. */
  wrapped: boolean
  /** Lines of the input that began with one of the usual prefixes. */
  direct: number
}

export function newReading(how: Pick<Reading, 'clock' | 'journal' | 'rules' | 'recogniser' | 'day'>): Reading {
  return {
    ...how,
    stamps: new StampReader(how.clock),
    stamped: new Set(),
    worded: new Set(),
    latest: Number.NaN,
    shape: '',
    wrapped: false,
    direct: 0,
  }
}

/** What stamps in less common forms are read by. */
export function clockOf({ clock, latest, day }: Reading): LooseClock {
  const known = day()
  return { clock, latest, day: Number.isNaN(known) ? 0 : known }
}

/** When an envelope says that it was written, epoch ms; NaN where it does not. */
export function timeWritten(reading: Reading, written: string): number {
  const time = epochOf(written)
  return Number.isNaN(time) ? readStamp(written, clockOf(reading)) : time
}

/** What the times of syslog and of a journal are read by. */
export function journalOf(reading: Reading): LooseClock {
  return { ...clockOf(reading), clock: reading.journal }
}

/** Notes what was detected; the first word stays. */
export function noted(reading: Reading, shape: string): void {
  if (reading.shape === '') reading.shape = shape
}

/** Notes that a program's lines have times of their own. */
export function noteStamped({ stamped }: Reading, program: Program | 'unknown', of: Opening): void {
  stamped.add(`${program} ${keyOf(of)}`)
}

/** Whether lines of a program have times of their own here. */
export function isStamped({ stamped }: Reading, program: Program, of: Opening): boolean {
  return stamped.has(`${program} ${keyOf(of)}`)
}

/** Notes that a writer was known as a program by what it said. */
export function noteWorded({ worded }: Reading, program: Program, of: Opening): void {
  worded.add(`${program} ${keyOf(of)}`)
}

/** Whether it was. */
export function isWorded({ worded }: Reading, program: Program, of: Opening): boolean {
  return worded.has(`${program} ${keyOf(of)}`)
}
