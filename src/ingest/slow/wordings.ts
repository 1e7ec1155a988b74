import type { Level, Program } from '../../model/message.ts'
import { bsdAlone } from '../bsd.ts'
import { levelOf, stampAlone } from '../loose.ts'
import { SEVERITY_WORD, STATE_BEFORE, severityOf } from '../severity.ts'
import { both, type LineMaker } from './lines.ts'
import { seemsMore } from './more.ts'
import { DEEPEST, type Open, type Part, type SlowLine } from './part.ts'
import { clockOf, isStamped, isWorded, journalOf, noted, noteWorded, type Reading } from './reading.ts'

/** `INFO: `, `INFO `, PostgreSQL's `[3-1] LOG:  ` as it writes to syslog. */
const LEVEL_FIRST = new RegExp(
  String.raw`^(?:\[\d{1,10}(?:-\d{1,10})?\]:? )?(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL|LOG|FATAL|PANIC|NOTICE)(?:: {1,2}${STATE_BEFORE}| )`,
)
/** PostgreSQL to syslog: the numbers of the line and of its part, what `log_line_prefix` adds, and the severity. */
const SYSLOGGED = new RegExp(
  String.raw`^\[\d{1,10}-\d{1,10}\] (?:.{0,200}?[^\p{L}])?(?<word>\p{Lu}{3,15}\d?): {2}${STATE_BEFORE}`,
  'u',
)
/** PostgreSQL's severity behind a prefix without a time. Behind a colon and a blank it is quoted by a client. */
const SEVERITY = new RegExp(`^(?:(?!: ).){0,200}?${SEVERITY_WORD}${STATE_BEFORE}`, 'u')
/** Programs whose wordings tell them where nothing in front of the message does. */
const BY_WORDING: readonly Program[] = ['patroni', 'postgres', 'spilo']

/** A time and a message without its level; null when it is none. */
export function worded(reading: Reading, make: LineMaker, part: Part): readonly SlowLine[] | null {
  const found = stampAlone(part.text, clockOf(reading)) ?? bsdAlone(part.text, journalOf(reading))
  if (found === null) return null
  return message(reading, make, { ...part, text: part.text.slice(found.length) }, found.time)
}

/** What else may be wrapped behind a time: an object, a pod or a service, which no level is. */
const WRAPPED = /^(?:\{"|\[pod\/|(?!(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) )[\w.-]{1,128} {1,40}\| )/

/** One of them is in each such line. */
const WITHIN = [' {"', ' [pod/', ' | ']

/** A time in front of a line that is wrapped otherwise too, as `ts` puts it there; null when it is none. */
export function behindTime(reading: Reading, open: Open, part: Part): readonly SlowLine[] | null {
  if (part.depth >= DEEPEST || !WITHIN.some((mark) => part.text.includes(mark))) return null
  const found = stampAlone(part.text, clockOf(reading)) ?? bsdAlone(part.text, journalOf(reading))
  // A `log.format` may be a table, whose fields are no services.
  if (found === null || part.text.slice(0, found.length).includes('|')) return null
  const text = part.text.slice(found.length)
  if (!WRAPPED.test(text)) return null
  const records = open({ ...part, text, depth: part.depth + 1 })
  if (records !== null) reading.wrapped = true
  return records
}

/** A message whose time stood in front of it: it is known by its wording. Null when it is not, or the time is NaN. */
export function message(reading: Reading, make: LineMaker, part: Part, time: number): readonly SlowLine[] | null {
  const { recogniser } = reading
  if (recogniser === undefined || Number.isNaN(time) || seemsMore(part.text)) return null
  const logged = syslogged(reading, make, part, time)
  if (logged !== null) return logged
  const { text, level, programs } = headOf(part.text)
  const bytes = make.encoded(text)
  const program = programs.find((each) => {
    const id = recogniser.match(each, bytes, 0, bytes.length, true)
    if (id < 0) return false
    // What means nothing many programs say: it is of this one where a level is in front, or its writer said something else before.
    if (recogniser.entries[id]?.type === 'noise') return text !== part.text || isWorded(reading, each, part)
    noteWorded(reading, each, part)
    return true
  })
  // Where its lines have times of their own, this one goes on from the line before.
  if (program === undefined || isStamped(reading, program, part)) return null
  reading.latest = time
  noted(reading, `${program}, times of its wrapper`)
  return [make.line('line', part, { ...both(part.text, text), time, level, program })]
}

/** A line taken apart: its message, its level, and who may have written it. */
interface Head {
  readonly text: string
  readonly level: Level
  readonly programs: readonly Program[]
}

function headOf(line: string): Head {
  const first = LEVEL_FIRST.exec(line)
  if (first !== null)
    return { text: line.slice(first[0].length), level: levelOf(first.groups?.level), programs: BY_WORDING }
  const found = line.includes(':  ') ? SEVERITY.exec(line) : null
  const severity = severityOf(found?.groups?.word ?? '')
  if (found === null || severity === null) return { text: line, level: 'INFO', programs: BY_WORDING }
  return { text: line.slice(found[0].length), level: severity.level, programs: ['postgres'] }
}

/** A line that PostgreSQL gave to syslog, which knows its time. */
function syslogged(reading: Reading, make: LineMaker, part: Part, time: number): readonly SlowLine[] | null {
  const found = part.text[0] === '[' ? SYSLOGGED.exec(part.text) : null
  const severity = severityOf(found?.groups?.word ?? '')
  if (found === null || severity === null) return null
  if (severity.continues) return [make.bare(part)]
  reading.latest = time
  noted(reading, 'postgres, times of its wrapper')
  const record = { ...both(part.text, part.text.slice(found[0].length)), time, level: severity.level }
  return [make.line('line', part, { ...record, program: 'postgres' })]
}
