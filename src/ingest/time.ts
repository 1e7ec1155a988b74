import { IANAZone } from 'luxon'

/** Turns local clock times of one zone into epoch ms. */
export interface LocalClock {
  /**
   * Epoch ms of a local time given as if it were UTC. Around the end of summer time one hour comes twice: the offset
   * that does not go back behind `after` is taken; NaN is a stream that begins.
   */
  toUtc(local: number, after: number): number
  /** All that a local time may be, epoch ms, earliest first: two in the hour that comes twice. */
  readings(local: number): readonly number[]
}

/** By what a time is completed that names no zone, or no day. */
export interface LooseClock {
  readonly clock: LocalClock
  /** Latest time of the stream, epoch ms; NaN at its beginning. */
  readonly latest: number
  /** Day of lines that name none, epoch ms. */
  readonly day: number
}

const HOUR = 3_600_000
const MINUTE = 60_000

/**
 * The zone's offset is asked once per hour of its clock, never per line. UTC and unknown zones cost nothing. `begins` gives a
 * time that a stream had come to before its first line, epoch ms; NaN when that is not known: then it begins in the earlier of
 * two hours.
 */
export function localClock(zone: string, begins: () => number = unknownBegin): LocalClock {
  if (zone === 'UTC') return fixed(0)
  const known = IANAZone.create(zone)
  if (!known.isValid) return fixed(fixedOffset(zone))
  const offsets = new Map<number, readonly number[]>()

  function offsetsAt(local: number): readonly number[] {
    const hour = Math.floor(local / HOUR)
    const cached = offsets.get(hour)
    if (cached !== undefined) return cached
    if (offsets.size > 10_000) offsets.clear()
    // A local time is that of every offset in force around it that leads back to itself.
    const candidates = new Set([known.offset(local - 14 * HOUR), known.offset(local), known.offset(local + 14 * HOUR)])
    const fitting = [...candidates].filter((offset) => known.offset(local - offset * MINUTE) === offset)
    const result = (fitting.length > 0 ? fitting : [known.offset(local)]).sort((a, b) => b - a)
    offsets.set(hour, result)
    return result
  }

  return {
    toUtc(local, after) {
      const all = offsetsAt(local)
      const first = local - (all[0] as number) * MINUTE
      if (all.length === 1) return first
      const reached = Number.isNaN(after) ? begins() : after
      return first >= reached - HOUR / 2 || Number.isNaN(reached) ? first : local - (all[1] as number) * MINUTE
    },
    readings: (local) => offsetsAt(local).map((offset) => local - offset * MINUTE),
  }
}

const unknownBegin = (): number => Number.NaN

function fixed(offset: number): LocalClock {
  return { toUtc: (local) => local - offset, readings: (local) => [local - offset] }
}

/** `UTC+2`, `+02:00` in ms. */
function fixedOffset(zone: string): number {
  const [, sign, hours, minutes] = /([+-])(\d{1,2}):?(\d\d)?$/.exec(zone) ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes ?? 0) * MINUTE)
}

/** Abbreviations that PostgreSQL and others print, in minutes. Those that two zones share are left out. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  UCT: 0,
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  IDT: 180,
  SAST: 120,
  WAT: 60,
  CAT: 120,
  EAT: 180,
  MSK: 180,
  PKT: 300,
  WIB: 420,
  WITA: 480,
  WIT: 540,
  BST: 60,
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
  NST: -210,
  NDT: -150,
  JST: 540,
  KST: 540,
  AWST: 480,
  ACST: 570,
  ACDT: 630,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  SGT: 480,
  HKT: 480,
}

/** The first six groups of a match, from the year to the second. */
export function dateFields(
  found: RegExpExecArray,
): readonly [year: number, month: number, day: number, hour: number, minute: number, second: number] {
  return found.slice(1, 7).map(Number) as [number, number, number, number, number, number]
}

/** `UTC+5:30` for an offset in minutes. */
export function zoneName(minutes: number): string {
  if (minutes === 0) return 'UTC'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}

/** Offset of a written zone (`UTC`, `CEST`, `+02`, `-0330`) in ms, or undefined when the abbreviation says nothing. */
export function writtenOffset(zone: string): number | undefined {
  const minutes = ABBREVIATIONS[zone]
  if (minutes !== undefined) return minutes * MINUTE
  const [, sign, hours, rest] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  if (sign === undefined) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(rest ?? 0) * MINUTE)
}
