import type { Level, Program } from '../model/message.ts'
import { readBsd } from './bsd.ts'
import { SEVERITY_WORD, STATE_BEFORE, severityEnding } from './severity.ts'
import { type LooseClock, writtenOffset } from './time.ts'

/** What a line says in front of its message. `length` counts characters of the text up to the message. */
export interface LoosePrefix {
  readonly time: number
  readonly program: Program | 'unknown'
  readonly level: Level
  readonly length: number
  readonly continues: boolean
}

const DATE = String.raw`(?<y>\d{4})[-/](?<mo>\d\d)[-/](?<d>\d\d)(?:[T ]| @ )`
const TIME = String.raw`(?<h>\d\d):(?<mi>\d\d):(?<s>\d\d)(?:[.,](?<f>\d{1,9}))?`
const ZONE = String.raw`(?: ?(?<z>Z|UTC|GMT|[A-Z]{3,4}(?=[^A-Za-z]|$)|[+-]\d\d:?(?:\d\d)?))?`
const STAMP = `(?:${DATE})?${TIME}${ZONE}`
const LEVEL = '(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL|WARN)'
/** Between the fields of a `log.format`; brackets need nothing between them. */
const GAP = String.raw`(?:(?: ?[:,|-])? |(?<=[\])])(?=[[(])|\|)`
/** A field in front of the level: process, thread, logger, module and line; not the process of pgBackRest (`P00`). */
const WORD = String.raw`(?!P\d\d )(?:\[[\w.:<>-]{1,60}\]|\([\w.:<>-]{1,60}\)|[\w.:<>-]{1,60})`
/** One behind it: only what no message begins with. */
const ORIGIN = String.raw`(?:\[(?!\d)[\w.:<>-]{1,60}\]|\((?!\d)[\w.:<>-]{1,60}\)|patroni(?:\.\w{1,40}){0,4}|__main__|\w{1,40}(?:\.py)?:\d{1,5}(?: [\w<>]{1,40}){0,2})`
/** Between the level and the message: a mark, or more fields behind a blank. */
const BEHIND = String.raw` *[\])]?(?: ?[:|-] |\||(?:[: ]|(?<=[\])])(?=[[(]))(?:${ORIGIN}(?:${GAP}|:)){0,3})(?! )`

const DIGIT = '0123456789'
/** First letters of the levels. */
const LEVELS = 'DIWEC'

interface Form {
  /** What such a line may begin with. */
  readonly begin: string
  readonly pattern: RegExp
  readonly program: Program | 'unknown'
}

/**
 * Prefixes in less common forms, tried in this order when the fast ones fail. None of them can run away: every part is
 * anchored and bounded.
 */
const FORMS: readonly Form[] = [
  { begin: DIGIT, pattern: new RegExp(`^${STAMP} - (?<logger>bootstrapping) - ${LEVEL} - `), program: 'spilo' },
  { begin: DIGIT, pattern: new RegExp(`^${STAMP} (?:maybe_pg_upgrade|inplace_upgrade) ${LEVEL}: `), program: 'spilo' },
  { begin: DIGIT, pattern: new RegExp(`^${STAMP} - (?=/scripts/)`), program: 'spilo' },
  // pgqd as images up to 2021 have it: its process, and no zone.
  {
    begin: DIGIT,
    pattern: new RegExp(`^${DATE}(?=[\\d:]{8}\\.)${TIME} \\d{1,10} (?<level>LOG|ERROR|WARNING|FATAL|NOTICE) `),
    program: 'pgqd',
  },
  {
    begin: `[${DIGIT}`,
    pattern: new RegExp(`^\\[?${STAMP}\\]?${GAP}(?:${WORD}${GAP}){0,3}[[(]?${LEVEL}${BEHIND}`),
    program: 'patroni',
  },
  {
    begin: DIGIT,
    pattern: new RegExp(`^${DATE}${TIME} P\\d\\d {1,3}(?<level>INFO|WARN|ERROR|DETAIL|DEBUG|TRACE): `),
    program: 'pgbackrest',
  },
  // wal-g, in Go: the date has slashes.
  {
    begin: LEVELS,
    pattern: new RegExp(`^(?<level>INFO|WARNING|ERROR|DEBUG|CRITICAL): (?=\\d{4}/)${DATE}${TIME} `),
    program: 'wal-g',
  },
  { begin: LEVELS, pattern: new RegExp(`^${LEVEL}:? \\[?${STAMP}\\]?:? `), program: 'patroni' },
  // logrus quotes the time; who writes its fields anew, such as a shipper, quotes only what has a blank in it.
  {
    begin: 't',
    pattern: new RegExp(`^(?:time|ts)=("?)${DATE}${TIME}${ZONE}\\1 level=(?<level>[A-Za-z]+) msg=`),
    program: 'operator',
  },
]

/** Epoch seconds with ms, log_line_prefix %n. */
const EPOCH = /^(?<n>\d{10})(?:\.(?<f>\d{3}))?\b/
/** The same among other fields. */
const EPOCHS = /(?<![\w.-])(?<n>\d{10})\.(?<f>\d{3})(?![\w.])/g
/** As PostgreSQL writes its times, which always name a zone. */
const DATED = new RegExp(`(?<!\\d)${DATE}${TIME}${ZONE}`, 'g')
/** A time that may lack its day; digits go on where it is none. */
const ANY = new RegExp(`(?<![\\d:.])${STAMP}(?![:.,]?\\d)`)
/** The SQLSTATE stands in front of the message where `log_error_verbosity` is verbose. */
const SEVERITY = new RegExp(SEVERITY_WORD + STATE_BEFORE, 'u')

/** Reads the prefix of a line in any form in common use; null when it has none. */
export function loosePrefix(text: string, of: LooseClock): LoosePrefix | null {
  const first = text[0] ?? ''
  const stamped = text[2] === ':' || text[4] === '-' || text[4] === '/'
  for (const { begin, pattern, program } of FORMS) {
    if (!begin.includes(first) || (begin === DIGIT && !stamped)) continue
    const match = pattern.exec(text)
    if (match === null) continue
    const time = timeOf(match.groups ?? {}, of)
    if (Number.isNaN(time)) continue
    return { time, program, level: levelOf(match.groups?.level), length: match[0].length, continues: false }
  }
  return postgres(text, of)
}

/** PostgreSQL with a prefix that does not begin with %t or %m in their usual form: the severity tells it. */
function postgres(text: string, of: LooseClock): LoosePrefix | null {
  if (!text.includes(':  ')) return null
  const found = SEVERITY.exec(text.slice(0, 300))
  const word = found === null ? null : severityEnding(found.groups?.word as string)
  if (found === null || word === null) return null
  const time = timeBefore(text.slice(0, found.index + word.at), of)
  if (Number.isNaN(time)) return null
  const { level, continues } = word.severity
  return { time, program: 'postgres', level, length: found.index + found[0].length, continues }
}

/** When a line was written is the latest time in front of it: others are when its session began. */
function timeBefore(before: string, of: LooseClock): number {
  const dated = [...before.matchAll(DATED)].filter(({ 0: text, groups }) => groups?.z && text[10] === ' ')
  const all = [...dated, ...before.matchAll(EPOCHS)].map(({ groups }) => timeOf(groups ?? {}, of))
  const times = all.filter((time) => !Number.isNaN(time))
  if (times.length > 0) return Math.max(...times)
  const other = ANY.exec(before) ?? EPOCH.exec(before)
  const undated = other?.groups?.y === undefined ? readBsd(before, of) : Number.NaN
  return Number.isNaN(undated) ? timeOf(other?.groups ?? {}, of) : undated
}

const WHOLE = new RegExp(`^\\[?${STAMP}`)

/** Reads a stamp that came as a field: `2026-11-22 19:08:35,599`, ISO 8601, epoch seconds. NaN when it is none. */
export function readStamp(text: string, of: LooseClock): number {
  const match = WHOLE.exec(text) ?? EPOCH.exec(text)
  return match === null ? Number.NaN : timeOf(match.groups ?? {}, of)
}

const ALONE = new RegExp(`^\\[?${STAMP}\\]?(?:[\\t ,;|:]|- )+(?=\\S)`)

/** A time and nothing else in front of the message. */
export function stampAlone(text: string, of: LooseClock): { readonly time: number; readonly length: number } | null {
  const match = ALONE.exec(text)
  const time = match === null ? Number.NaN : timeOf(match.groups ?? {}, of)
  return match === null || Number.isNaN(time) ? null : { time, length: match[0].length }
}

type Groups = Readonly<Record<string, string | undefined>>

function timeOf(groups: Groups, of: LooseClock): number {
  const ms = groups.f === undefined ? 0 : Math.floor(Number(`0.${groups.f}`) * 1000)
  if (groups.n !== undefined) return Number(groups.n) * 1000 + ms
  const clock = Number(groups.h) * 3_600_000 + Number(groups.mi) * 60_000 + Number(groups.s) * 1000
  if (Number(groups.h) > 23 || Number(groups.mi) > 59 || Number(groups.s) > 60) return Number.NaN
  const day = groups.y === undefined ? undated(clock, of) : dayOf(groups)
  if (Number.isNaN(day)) return Number.NaN
  const offset = groups.z === undefined ? undefined : writtenOffset(groups.z)
  const local = day + clock
  return (offset === undefined ? of.clock.toUtc(local, of.latest) : local - offset) + ms
}

function dayOf(groups: Groups): number {
  const [year, month, day] = [Number(groups.y), Number(groups.mo), Number(groups.d)]
  const time = Date.UTC(year, month - 1, day)
  const date = new Date(time)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : Number.NaN
}

const DAY = 86_400_000

/** A line without a date is of the day of the line before, or of the next when the clock went back over midnight. */
function undated(clock: number, { latest, day }: LooseClock): number {
  if (Number.isNaN(latest)) return Math.floor(day / DAY) * DAY
  const today = Math.floor(latest / DAY) * DAY
  if (today + clock < latest - DAY / 2) return today + DAY
  return today + clock > latest + DAY / 2 ? today - DAY : today
}

/** Level by the word of any program; INFO when it is not known. */
export function levelOf(word: string | undefined): Level {
  switch (word?.toUpperCase()) {
    case 'DEBUG':
    case 'TRACE':
      return 'DEBUG'
    case 'WARNING':
    case 'WARN':
      return 'WARNING'
    case 'ERROR':
      return 'ERROR'
    case 'CRITICAL':
    case 'FATAL':
    case 'PANIC':
      return 'CRITICAL'
    default:
      return 'INFO'
  }
}
