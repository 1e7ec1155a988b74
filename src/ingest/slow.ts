import type { Program } from '../model/message.ts'
import type { Outcome, Recogniser, RecordCursor } from '../model/record.ts'
import { readBsd } from './bsd.ts'
import { CSV_START, csvRecord, quotesBalanced } from './csvlog.ts'
import { isMetric } from './envelopes/body.ts'
import type { Enveloped } from './envelopes/enveloped.ts'
import { type Basis, hostIdentity, type Identity, type IdentityRules, NO_RULES, NOBODY } from './envelopes/identity.ts'
import { openJson, shapeOf } from './envelopes/json.ts'
import { mayBegin } from './glance.ts'
import { innerLines } from './inner.ts'
import { type JsonLogLine, readJsonLog } from './json-log.ts'
import { levelOf, loosePrefix, readStamp, stampAlone } from './loose.ts'
import type { Names } from './names.ts'
import { behindLead, formOf, type Lead, leadBefore, leadOf, marksOf } from './paste.ts'
import { emptyPrefix, patroniPrefix, postgresPrefix, StampReader } from './prefix.ts'
import { severityOf } from './severity.ts'
import type { LocalClock } from './time.ts'
import { type Unwrapped, unwrap, withoutColours } from './wrap.ts'

/** A record that was read by way of strings; what is absent is as for a bare line. */
export interface SlowLine {
  readonly outcome: Outcome
  /** Stream of its writer, '' for the input's own. */
  readonly stream: string
  /** The writer and its stream in one, '' for the input's own. */
  readonly key: string
  readonly basis: Basis
  readonly record: Partial<RecordCursor>
}

/**
 * Reads whatever the fast prefixes do not: wrappers, envelopes, JSON logs, csvlog, prefixes in other forms. It works on
 * strings, and costs a few microseconds a line.
 */
export interface SlowReader {
  /** Records of a line; null when it is bare; none while a record goes on. */
  read(bytes: Uint8Array, from: number, to: number, line: number, settled: boolean): readonly SlowLine[] | null
  /** The same of a text taken out of an envelope; a bare line is a record too. */
  open(text: string, of: Opening): readonly SlowLine[]
  /** The same of a value that was read already; `text` is what evidence quotes, '' for the line itself. */
  openParsed(value: unknown, text: string, of: Opening): readonly SlowLine[]
  /** The same of a record out of a batch. */
  openEnveloped(record: Enveloped, text: string, of: Opening): readonly SlowLine[]
  /** What was still open when the input ended. */
  flush(): readonly SlowLine[]
  /** Whether a line of these bytes could begin a record: a cheap look before the strings. */
  mayBegin(bytes: Uint8Array, from: number, to: number, settled: boolean): boolean
  /** Whether a record goes on over the next lines. */
  goesOn(): boolean
  /** Least line number of the records that go on; Infinity without one. */
  since(): number
  /** Whether the file was seen to be wrapped line by line. */
  wrapped(): boolean
  shape(): string
}

/** A prefix stands within the first characters of a line. */
const HEAD = 200
/** A csvlog record or a line joined of parts may be as long. */
const LONGEST = 1 << 20
const DEEPEST = 3
const [BRACE, ZERO, NINE] = [123, 48, 57] as const
/** Records that may be open at once; beyond it they are taken as they come. */
const MOST_OPEN = 4096
/** Different leads of copied lines in one input. */
const MOST_LEADS = 64
/** `INFO: `, PostgreSQL's `[3-1] LOG:  ` as it writes to syslog. */
const LEVEL_FIRST =
  /^(?:\[\d{1,10}(?:-\d{1,10})?\]:? )?(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL|LOG|FATAL|PANIC|NOTICE): {1,2}/

/** Where a text comes from: what was taken off it so far. */
export interface Opening {
  readonly identity: Identity
  readonly stream: string
  /** Wrappers taken off. */
  readonly depth: number
  readonly line: number
}

interface Part extends Opening {
  readonly text: string
}

/** A csvlog record whose quotes are not balanced yet. */
interface OpenCsv {
  readonly part: Part
  readonly lines: string[]
  length: number
}

export interface SlowOptions {
  readonly clock: LocalClock
  readonly names: Names
  /** Day of lines without a date, epoch ms; NaN when not known. */
  readonly day: () => number
  readonly rules?: IdentityRules
  /** Tells whether a text without a level is a message; without it such lines are bare. */
  readonly recogniser?: Recogniser | undefined
}

/** Programs whose wordings tell them where nothing in front of the message does. */
const BY_WORDING: readonly Program[] = ['patroni', 'postgres', 'spilo']

export function slowReader({ clock, names, day: dayOf, rules = NO_RULES, recogniser }: SlowOptions): SlowReader {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  const stamps = new StampReader(clock)
  const prefix = emptyPrefix()
  const inside = innerLines(rules)
  const fields: JsonLogLine = { local: Number.NaN, level: 'INFO', messageFrom: 0, messageTo: 0 }
  /** Parts of lines that were cut in the middle, and csvlog records not complete yet, by stream. */
  const parts = new Map<string, Part>()
  const csvs = new Map<string, OpenCsv>()
  /** Forms of what was seen in front of lines that were copied. */
  const leads = new Map<string, RegExp>()
  /** Programs of writers whose lines have times of their own. */
  const stamped = new Set<string>()
  let latest = Number.NaN
  let lastText = ''
  let lastBytes: Uint8Array = new Uint8Array(0)
  let shape = ''
  let wrapped = false

  function clockOf() {
    const day = dayOf()
    return { clock, latest, day: Number.isNaN(day) ? 0 : day }
  }

  function interned(name: string | null): string | null {
    if (name === null) return null
    const bytes = encoder.encode(name)
    return names.of(bytes, 0, bytes.length)
  }

  /** Bytes of a text; the last ones are kept, because a text that is tried in vain is a bare line. */
  function encoded(text: string): Uint8Array {
    if (text === lastText) return lastBytes
    lastText = text
    lastBytes = encoder.encode(text)
    return lastBytes
  }

  function noted(kind: string): void {
    if (shape === '') shape = kind
  }

  function open(part: Part): readonly SlowLine[] | null {
    const { text } = part
    const before = csvs.size === 0 ? undefined : csvs.get(keyOf(part))
    // What is wrapped otherwise is not opened yet.
    if (before !== undefined && before.part.depth === part.depth) return csvGoesOn(before, part)
    if (text.trim() === '') return [line('empty', part, {})]
    const first = text[0]
    if (first === '{' || first === '[' || (first === '"' && text.endsWith('"'))) {
      const records = json(part)
      if (records !== null) return records
    }
    const bytes = encoded(text)
    if (!mayBegin(bytes, 0, bytes.length, false, true)) return null
    if (CSV_START.test(text)) return csvBegins(part)
    const quick = fast(part, bytes, 0, bytes.length)
    if (quick !== null) return [quick]
    return wrapper(part) ?? copied(part) ?? loose(part) ?? embedded(part) ?? worded(part)
  }

  function wrapper(part: Part): readonly SlowLine[] | null {
    if (part.depth >= DEEPEST) return null
    const inner = unwrap(part.text)
    if (inner === null) return null
    const stream = within(part.stream, inner.stream)
    const identity = inner.member === null ? part.identity : wrapperIdentity(inner)
    const whole = joined({ ...part, identity, stream }, inner.text, inner.partial)
    if (whole === null) return []
    wrapped = true
    noted(inner.kind)
    const next = { ...whole, depth: part.depth + (inner.kind === 'topic dump' ? 0 : 1) }
    return open(next) ?? message(next, wrapperTime(part.text)) ?? [bareLine(next)]
  }

  function wrapperTime(text: string): number {
    const time = readStamp(text, clockOf())
    return Number.isNaN(time) ? readBsd(text, clockOf()) : time
  }

  /** A line that was copied, with what stood in front of it there. */
  function copied(part: Part): readonly SlowLine[] | null {
    if (part.depth >= DEEPEST) return null
    return behind(part, marksOf(part.text)) ?? behind(part, leadOf(part.text))
  }

  function behind(part: Part, lead: Lead | null): readonly SlowLine[] | null {
    if (lead === null) return null
    const records = open({ ...without(part, lead), depth: part.depth + 1 })
    if (records === null) return null
    wrapped = true
    const form = formOf(part.text.slice(0, lead.length))
    if (leads.size < MOST_LEADS) leads.set(form.source, form)
    return records
  }

  function without(part: Part, lead: Lead): Part {
    const identity = lead.member === null ? part.identity : hostIdentity(lead.member, rules)
    return { ...part, identity, stream: within(part.stream, lead.stream), text: behindLead(part.text, lead) }
  }

  /** A line without a time behind what stood in front of others. */
  function following(part: Part): Part {
    for (const form of leads.values()) {
      const lead = form.exec(part.text)
      if (lead !== null) return without(part, leadBefore(lead[0]))
    }
    return part
  }

  /** A time and a message without its level. */
  function worded(part: Part): readonly SlowLine[] | null {
    const found = stampAlone(part.text, clockOf())
    if (found === null) return null
    return message({ ...part, text: part.text.slice(found.length) }, found.time)
  }

  /** A message whose time stood in front of it: it is known by its wording. */
  function message(part: Part, time: number): readonly SlowLine[] | null {
    if (recogniser === undefined || Number.isNaN(time)) return null
    const text = part.text.replace(LEVEL_FIRST, '')
    const bytes = encoder.encode(text)
    const program = BY_WORDING.find((each) => recogniser.match(each, bytes, 0, bytes.length, true) >= 0)
    // Where its lines have times of their own, this one goes on from the line before.
    if (program === undefined || stamped.has(`${program} ${keyOf(part)}`)) return null
    latest = time
    noted(`${program}, times of its wrapper`)
    const level = levelOf(LEVEL_FIRST.exec(part.text)?.groups?.level)
    return [line('line', part, { ...both(part.text, text), time, level, program })]
  }

  /** A pod behind kubectl's or stern's prefix is named; a host may stand for somebody else. */
  function wrapperIdentity({ kind, member, cluster }: Unwrapped): Identity {
    if (kind === 'kubectl' || kind === 'stern') return { member, cluster, basis: 'pod name' }
    return hostIdentity(member as string, rules)
  }

  /** Joins the parts of a line that a container runtime cut. */
  function joined(part: Part, text: string, partial: boolean): Part | null {
    if (!partial && parts.size === 0) return { ...part, text }
    const key = keyOf(part)
    const before = parts.get(key)
    const whole = before === undefined ? { ...part, text } : { ...before, text: before.text + text }
    if (partial && whole.text.length < LONGEST) {
      if (before !== undefined || parts.size < MOST_OPEN) parts.set(key, whole)
      return null
    }
    parts.delete(key)
    return whole
  }

  function json(part: Part): readonly SlowLine[] | null {
    if (part.depth >= DEEPEST) return null
    let value: unknown
    try {
      value = JSON.parse(part.text)
    } catch {
      return null
    }
    return typeof value === 'object' || typeof value === 'string' ? parsed(part, value) : null
  }

  function parsed(part: Part, value: unknown): readonly SlowLine[] {
    const records = openJson(value, rules)
    if (records === null) return [line('rejected', part, { reason: whyNoLine(value) })]
    if (shape === '') shape = shapeOf(value)
    let index = 0
    return records.flatMap((record) => {
      const lines = enveloped(part, record, index)
      index += Math.max(1, lines.length)
      return lines
    })
  }

  function enveloped(part: Part, record: Enveloped, index: number): readonly SlowLine[] {
    const identity = record.identity.basis === 'none' ? part.identity : record.identity
    const of = { ...part, identity, stream: within(part.stream, record.stream) }
    if (record.missing !== '') return [line('rejected', of, { reason: record.missing, index })]
    if (record.fields !== null) return [withFields(of, record, index)]
    const whole = joined(of, record.text.replace(/\r?\n$/, ''), record.partial)
    if (whole === null) return []
    const lines = whole.text.split('\n').flatMap((text, at) => {
      const next = { ...whole, text: text.replace(/\r$/, ''), depth: part.depth + 1 }
      const lines = open(next) ?? [bareLine(next)]
      return lines.map((each) => ({ ...each, record: { ...each.record, index: index + at } }))
    })
    // Another program's object that carries no dated line does not show how the file is written.
    if (lines.some(({ outcome }) => outcome === 'line')) wrapped = true
    return lines
  }

  /** A line of Patroni's JSON log. */
  function fieldsIn(part: Part, bytes: Uint8Array, from: number, to: number): SlowLine | null {
    if (bytes[from] !== BRACE || !readJsonLog(bytes, from, to, stamps, fields)) return null
    const { local, level, messageFrom, messageTo } = fields
    latest = clock.toUtc(local, latest)
    return line('line', part, { bytes, from, to, messageFrom, messageTo, time: latest, level, program: 'patroni' })
  }

  /** A line that need not be looked at as text; null when it has to be. */
  function asBytes(bytes: Uint8Array, from: number, to: number, number: number): readonly SlowLine[] | null {
    if (csvs.size > 0 || parts.size > 0) return null
    const whole = { text: '', identity: NOBODY, stream: '', depth: 0, line: number }
    const own = fieldsIn(whole, bytes, from, to)
    if (own !== null) {
      noted('patroni json')
      return [own]
    }
    const inner = inside.read(bytes, from, to)
    if (inner === null || inner.from === inner.to) return null
    const { identity, stream, timed, shape: found } = inner.writer
    const part = { ...whole, identity, stream, depth: 1 }
    const quick = fast(part, inner.bytes, inner.from, inner.to) ?? fieldsIn(part, inner.bytes, inner.from, inner.to)
    if (quick !== null) {
      noted(found)
      if (quick.outcome === 'line') wrapped = true
      return [quick]
    }
    if (timed || mayBegin(inner.bytes, inner.from, inner.to, false, true)) return null
    noted(found)
    return [bareOf(part, inner.bytes, inner.from, inner.to)]
  }

  /** A log that is JSON itself: evidence quotes the object, the message is recognised. */
  function withFields(part: Part, record: Enveloped, index: number): SlowLine {
    const fields = record.fields as NonNullable<Enveloped['fields']>
    const time = readStamp(fields.time, clockOf())
    const { program } = fields
    if (Number.isNaN(time)) return bareLine({ ...part, text: record.text })
    latest = time
    const level = program === 'postgres' ? (severityOf(fields.level)?.level ?? 'INFO') : levelOf(fields.level)
    return line('line', part, {
      ...both(part.text === '' ? record.text : part.text, record.text),
      time,
      level,
      program,
      sqlstate: fields.sqlstate,
      index,
    })
  }

  /** The line as it stood and its message, in one piece of bytes. */
  function both(whole: string, message: string): Partial<RecordCursor> {
    const outer = encoder.encode(whole)
    const inner = encoder.encode(message)
    const bytes = new Uint8Array(outer.length + 1 + inner.length)
    bytes.set(outer)
    bytes[outer.length] = 10
    bytes.set(inner, outer.length + 1)
    return { bytes, from: 0, to: outer.length, messageFrom: outer.length + 1, messageTo: bytes.length }
  }

  function csvBegins(part: Part): readonly SlowLine[] | null {
    if (quotesBalanced(part.text)) return csvEnds(part)
    if (csvs.size >= MOST_OPEN) return csvEnds(part)
    csvs.set(keyOf(part), { part, lines: [part.text], length: part.text.length })
    return []
  }

  function csvGoesOn(before: OpenCsv, part: Part): readonly SlowLine[] {
    if (CSV_START.test(part.text) || isPrefixed(part.text)) {
      // Its end was lost on the way: what there is of it counts.
      csvs.delete(keyOf(part))
      return [...csvCompleted(before), ...(open(part) ?? [bareLine(part)])]
    }
    before.lines.push(part.text)
    before.length += part.text.length
    // One quote is open: the line that has an odd number of them ends it.
    if (quotesBalanced(part.text) && before.length <= LONGEST) return []
    csvs.delete(keyOf(part))
    return csvCompleted(before)
  }

  function csvCompleted({ part, lines }: OpenCsv): readonly SlowLine[] {
    const whole = { ...part, text: lines.join('\n') }
    return csvEnds(whole) ?? [bareLine(whole)]
  }

  function isPrefixed(text: string): boolean {
    if (!/^\d/.test(text)) return false
    const bytes = encoder.encode(text.slice(0, HEAD))
    const length = bytes.length
    return patroniPrefix(stamps, bytes, 0, length, prefix) || postgresPrefix(stamps, bytes, 0, length, prefix)
  }

  function csvEnds(part: Part): readonly SlowLine[] | null {
    const record = csvRecord(part.text)
    const time = record === null ? Number.NaN : readStamp(record.time, clockOf())
    if (record === null || Number.isNaN(time)) return part.depth === 0 && record === null ? loose(part) : null
    latest = time
    noted('csvlog')
    const { level, sqlstate } = record
    return [line('line', part, { ...both(part.text, record.message), time, level, sqlstate, program: 'postgres' })]
  }

  /** The fast prefixes, on a line that was wrapped. */
  function fast(part: Part, bytes: Uint8Array, from: number, to: number): SlowLine | null {
    const first = bytes[from] as number
    if (first < ZERO || first > NINE) return null
    const read = patroniPrefix(stamps, bytes, from, to, prefix) || postgresPrefix(stamps, bytes, from, to, prefix)
    if (!read) return null
    if (prefix.continues) return bareOf(part, bytes, from, to)
    const { time, program, level, messageFrom } = prefix
    latest = time
    stamped.add(`${program} ${keyOf(part)}`)
    return line('line', part, { bytes, from, to, messageFrom, messageTo: to, time, program, level })
  }

  function loose(part: Part): readonly SlowLine[] | null {
    const found = loosePrefix(part.text, clockOf())
    if (found === null) return null
    if (found.continues) return [bareLine(part)]
    const { time, program, level } = found
    latest = time
    stamped.add(`${program} ${keyOf(part)}`)
    noted(`${program}, prefix of its own`)
    const message = program === 'operator' ? operatorMessage(part.text) : part.text.slice(found.length)
    return [line('line', part, { ...both(part.text, message), time, program, level, cluster: operatorCluster(part) })]
  }

  function operatorCluster(part: Part): string | null {
    return part.identity.cluster ?? / cluster-name="?([^" ]+)/.exec(part.text)?.[1] ?? null
  }

  /** Text in front of a JSON record: a helper wrote without ending its line. */
  function embedded(part: Part): readonly SlowLine[] | null {
    const at = part.text.indexOf('{"')
    if (at <= 0 || !part.text.endsWith('}') || part.depth > 0) return null
    const records = json({ ...part, text: part.text.slice(at) })
    if (records === null || records.some(({ outcome }) => outcome !== 'line')) return null
    return [bareLine({ ...part, text: part.text.slice(0, at) }), ...records]
  }

  function csvUnfinished({ part, lines }: OpenCsv): readonly SlowLine[] {
    const whole = csvEnds({ ...part, text: lines.join('\n') })
    return whole ?? [line('rejected', part, { reason: 'csvlog record without its end' })]
  }

  function bareLine(part: Part): SlowLine {
    const bytes = encoded(part.text)
    return bareOf(part, bytes, 0, bytes.length)
  }

  function bareOf(part: Part, bytes: Uint8Array, from: number, to: number): SlowLine {
    const whole = { bytes, from, to, messageFrom: from, messageTo: to }
    return line('bare', part, { ...whole, time: Number.NaN, program: 'unknown', level: 'INFO' })
  }

  function line(outcome: Outcome, part: Part, record: Partial<RecordCursor>): SlowLine {
    const { identity, stream } = part
    const { member, cluster, basis } = identity
    const fixed = { member: interned(member), cluster: interned(record.cluster ?? cluster), line: part.line }
    return {
      outcome,
      stream,
      key: keyOf(part),
      basis,
      record: { index: 0, sqlstate: '', joined: true, ...record, ...fixed },
    }
  }

  return {
    goesOn: () => csvs.size > 0,
    since() {
      let least = Number.POSITIVE_INFINITY
      for (const { part } of csvs.values()) least = Math.min(least, part.line)
      for (const { line } of parts.values()) least = Math.min(least, line)
      return least
    },
    wrapped: () => wrapped,
    shape: () => shape,
    read(bytes, from, to, number, settled) {
      const may = mayBegin(bytes, from, to, settled, wrapped)
      if (csvs.size === 0 && leads.size === 0 && !may) return null
      const read = asBytes(bytes, from, to, number)
      if (read !== null) return read
      const text = withoutColours(decoder.decode(bytes.subarray(from, to)))
      const part = { text, identity: NOBODY, stream: '', depth: 0, line: number }
      return open(part) ?? (leads.size === 0 ? null : [bareLine(following(part))])
    },
    open(text, of) {
      const part = { ...of, text: withoutColours(text) }
      return open(part) ?? [bareLine(part)]
    },
    openParsed(value, text, of) {
      return parsed({ ...of, text }, value)
    },
    openEnveloped(record, text, of) {
      return enveloped({ ...of, text }, record, 0)
    },
    flush() {
      const left = [...csvs.values()].flatMap((csv) => csvUnfinished(csv))
      const cut = [...parts.values()].flatMap((part) => open(part) ?? [bareLine(part)])
      csvs.clear()
      parts.clear()
      return [...left, ...cut]
    },
    mayBegin: (bytes, from, to, settled) => mayBegin(bytes, from, to, settled, wrapped),
  }
}

/** A stream inside another one. */
function within(outer: string, inner: string): string {
  return inner === '' ? outer : outer === '' ? inner : `${outer}/${inner}`
}

/** A writer and its stream, '' for the input's own. */
function keyOf({ stream, identity: { cluster, member } }: Opening): string {
  if (member === null && cluster === null) return stream
  return `${cluster ?? ''}/${member ?? ''}/${stream}`
}

function whyNoLine(value: unknown): string {
  return isMetric(value) ? 'a metric, no log line' : 'JSON without a log line in it'
}

/** `msg` of a logrus line: a word, or quoted as Go quotes. */
function operatorMessage(text: string): string {
  const quoted = / msg="((?:[^"\\]|\\.)*)"/.exec(text)
  if (quoted !== null) {
    try {
      return JSON.parse(`"${quoted[1]}"`)
    } catch {
      return quoted[1] as string
    }
  }
  return / msg=(\S+)/.exec(text)?.[1] ?? ''
}
