import { memberOfPath } from '../model/file-names.ts'
import { SEVERITY_WORD } from './severity.ts'

/**
 * What stands in front of a line that was copied from somewhere: marks of quotation and lists, indentation, the names and
 * times that a viewer prints, what grep and cat print. Nobody specified any of it, so it is known by what it is in front
 * of: a whole prefix of Patroni or of PostgreSQL.
 */
export interface Lead {
  /** Its length in characters. */
  readonly length: number
  /** Whom it seems to name, or null. */
  readonly member: string | null
  /** Tells the writers of one text apart; '' when it names nobody. */
  readonly stream: string
  /** What was opened in front of the line, and ends it too: a quotation, code, or the frame of a terminal's window. */
  readonly opened: 'quotation' | 'apostrophe' | 'code' | 'frame' | 'bold' | 'event' | null
  /** Whether the next lines of the same writer begin with the same characters. */
  readonly constant: boolean
}

const MARKS =
  /^(?:[\s\u00a0\ufeff\u200b>|│┃`"']|&gt;|[*+#-](?=[\s>])|<(?:p|li|code|pre|td|tr|div|span|br|b)\b[^>]{0,200}>)+/
/** A whole line that somebody wanted to be seen. */
const BOLD = /^\s*\*\*(?=[^\s*].*\*\*\s*$)/
const PATRONI =
  /\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{3,9})?(?: ?[+-]\d\d(?::?\d\d)?| UTC)? (?:\| |\[\d{1,10}\]:? )?(?:INFO|WARNING|ERROR|DEBUG|CRITICAL):/
const POSTGRES = new RegExp(
  String.raw`(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? ?[A-Z\d:+-]{3,6} |(?<![\w.-])\d{10}\.\d{3}(?![\w.])).{0,200}?${SEVERITY_WORD}`,
  'u',
)
/** Behind it PostgreSQL's message begins, in which lines may be quoted. */
const SAID = new RegExp(SEVERITY_WORD, 'u')
/** What an export puts in front of a line: the quotation mark of a field, the word of a command. */
const EXPORTED = /(?:^|[\s,;=:([])"$|^EVENTS\t/
/** A file's name as grep prints it, maybe with the number of the line. */
const FILE = /^[^\s:]{0,255}\.log(?:[.-]\w{1,16}){0,3}[:-](?:\d{1,9}[:-])?$/
/** Labels of a stream. */
const LABELLED = /(?<=^\S{1,40} )\{(?:[\w.-]+="[^"]*"(?:, ?)?)*\}/
/** What `date` writes behind a time. */
const DATE = /^ (?:[A-Z]{3,4}|[+-]\d\d) \d{4} $/
/** Times as viewers write them. */
const TIMES =
  /(?:[A-Z][a-z]{2},? )?(?:[A-Z][a-z]{2} +\d{1,2}(?:, \d{4})?|\d{4}[-/]\d\d[-/]\d\d|\d\d[-/]\d\d[-/]\d{4})?[T @]{0,3}\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[AP]M)?(?:Z| ?[+-]\d\d:?\d\d)?/g
/** Letters of all languages, so that prose is known as such. */
const WORDS = /[\p{L}\d_][\p{L}\d_.@/*-]*/gu
/** The head of a line in which a lead may stand. */
const REACH = 300
/** A host and a program, a pod and a container; more words are what a program wrote without ending its line. */
const MOST_WORDS = 2
/** What archive_command, restore_command and Patroni run: each writes its name in front, and often the rest a moment later. */
const TOOL =
  /^(?:cp|mv|cat|sh|bash|dash|scp|ssh|rsync|tar|gzip|gunzip|zstd|lz4|envdir|initdb|psql|pg_[a-z]+|wal-[eg]|pgbackrest)$/
/** The name of one of them alone: the line of another writer came in between. */
const TORN = /^([\w-]{1,64}): $/
/** Words that name a program, a container, a stream or a field, and never a member. */
const GENERIC =
  /^(?:patroni|postgres|postgresql|database|db|spilo|pg|docker|container|log|logs|message|stdout|stderr|out|err|info|error|warning|ERROR|WARNING|DEBUG|NOTICE|CRITICAL|DEFAULT|[FP]|UTC|GMT|[A-Z]{3,4}|var|pg_log|time|date|ts|user|app|pid|host|unknown|local)$/
/** What PostgreSQL calls its processes, and numbers their sessions. */
const PROCESS =
  /^(?:client|backend|autovacuum|launcher|worker|background|writer|checkpointer|io|logger|slotsync|standalone|startup|walreceiver|walsender|walsummarizer|walwriter|archiver|postmaster|not|initialized|logical|replication|[\da-f]{8}\.[\da-f]{1,8})$/
const NAMELESS = [GENERIC, TOOL, PROCESS]

/** Marks in front of a line, or null. What is behind them must be opened to know. */
export function marksOf(text: string): Lead | null {
  const bold = BOLD.exec(text)?.[0].length ?? 0
  if (bold > 0) return { length: bold, member: null, stream: '', opened: 'bold', constant: false }
  const length = MARKS.exec(text)?.[0].length ?? 0
  if (length === 0 || length === text.length) return null
  return { length, member: null, stream: '', opened: openedBy(text.slice(0, length)), constant: true }
}

/** What stands in front of a whole prefix of Patroni, or of PostgreSQL when it is clearly no part of that; or null. */
export function leadOf(text: string): Lead | null {
  const patroni = before(text, PATRONI)
  if (patroni !== null) return patroni === '' ? null : leadBefore(patroni)
  const postgres = before(text, POSTGRES)
  if (postgres === null || postgres === '') return null
  const lead = leadBefore(postgres)
  return isApart(postgres, lead) ? lead : null
}

/** What stands in front of a prefix near the begin of a text; null where there is none, or PostgreSQL's message quotes it. */
function before(text: string, prefix: RegExp): string | null {
  const at = prefix.exec(text)?.index ?? REACH
  const found = text.slice(0, at)
  return at >= REACH || SAID.test(found) ? null : found
}

/** Whether characters are no part of PostgreSQL's prefix behind them, in which a name, an address and a time may stand. */
function isApart(before: string, lead: Lead): boolean {
  if (isTime(before) || EXPORTED.test(before) || FILE.test(before)) return true
  return !/^\d/.test(before) && ((lead.constant && !/[=@]/.test(lead.stream)) || isTorn(before))
}

/** Whether they are the time of whoever showed the line, maybe with labels. PostgreSQL's own times name a zone. */
function isTime(before: string): boolean {
  return /^[\s[\]|,:-]*$/.test(before.replace(LABELLED, '').replace(TIMES, '').replace(DATE, ''))
}

function isTorn(before: string): boolean {
  return TOOL.test(TORN.exec(before)?.[1] ?? '')
}

/** What a lead says, given its characters. */
export function leadBefore(before: string): Lead {
  const { length } = before
  const timeless = before.replace(TIMES, ' ')
  const words = (timeless.match(WORDS) ?? []).filter((word) => !/^[\d.]+$/.test(word))
  const marked = /[:|\]>)\t]\s*$/.test(before)
  const name = words.length <= MOST_WORDS ? (words.map(baseName).find((word) => named(word, marked)) ?? null) : null
  return {
    length,
    member: name,
    stream: name === null ? '' : words.join(' '),
    opened: openedBy(before),
    constant: name !== null && timeless === before && !/(?<![\w.-])\d+(?![\w.-])/.test(before),
  }
}

/** A line behind a lead, without what closes it. */
export function behindLead(text: string, { length, opened }: Lead): string {
  const rest = text.slice(length)
  if (opened === 'quotation') return quoted(rest)
  const close = opened === null ? undefined : CLOSE[opened]
  const inner = close === undefined ? rest : rest.replace(close, '')
  return opened === 'apostrophe' ? inner.replaceAll("''", "'") : inner
}

const CLOSE = {
  apostrophe: /',?\s*$/,
  code: /`+\s*$/,
  bold: /\*\*\s*$/,
  frame: /\s*[│┃|]\s*$/,
  event: /\t\d{13}\s*$/,
} as const

/** A text up to its end: a quotation mark inside is doubled in CSV, has a backslash in front in JSON, and is bare elsewhere. */
function quoted(rest: string): string {
  const json = rest.includes('\\"') ? /^(?:[^"\\]|\\.)*(?=")/.exec(rest) : null
  if (json !== null) return json[0].replace(/\\(["\\])/g, '$1')
  const csv = rest.includes('""') ? /^(?:[^"]|"")*(?="(?!"))/.exec(rest) : null
  if (csv !== null) return csv[0].replaceAll('""', '"')
  const end = rest.search(/"(?:,.*)?\s*$/)
  return end < 0 ? rest : rest.slice(0, end)
}

/** A field holds no line that is shorter. */
const LEAST = 20
/** An export has no more columns in front of its lines. */
const MOST_FIELDS = 32

/**
 * Quoted fields of a row of CSV, unquoted, that do not begin with a prefix of Patroni or PostgreSQL themselves: a line may stand in
 * one as a container runtime or a shipper wrapped it. None where PostgreSQL speaks, whose statements have commas and quotes too.
 */
export function* fieldsOf(text: string): Generator<{ readonly lead: Lead; readonly text: string }> {
  for (let from = 0, field = 0; from < text.length && field < MOST_FIELDS; field++) {
    if (text[from] !== '"') {
      from = text.indexOf(',', from) + 1
      if (from === 0) return
      continue
    }
    const end = endOfField(text, from + 1)
    const inner = text.slice(from + 1, end).replaceAll('""', '"')
    const head = text.slice(0, from + 1)
    if (SAID.test(head)) return
    if (inner.length >= LEAST && before(inner, PATRONI) !== '' && before(inner, POSTGRES) !== '')
      yield { lead: leadBefore(head), text: inner }
    from = end + 2
  }
}

/** Where the quotation mark stands that closes a field; the end of the text where none does. */
function endOfField(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at < 0 ? text.length : at
}

/** Leads of the same form: their numbers differ. */
export function formOf(lead: string): RegExp {
  const literal = lead.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  return new RegExp(`^${literal.replace(/\d+/g, '\\d+').replace(/ +/g, ' +')}`)
}

function openedBy(lead: string): Lead['opened'] {
  if (/(?:^|[\s,;=:([])"$/.test(lead) || lead.split('"').length % 2 === 0) return 'quotation'
  if (lead.endsWith("'")) return 'apostrophe'
  if (lead.split('`').length % 2 === 0) return 'code'
  if (lead.startsWith('EVENTS\t')) return 'event'
  return /[│┃]|^\s*\|/.test(lead) ? 'frame' : null
}

/** `/var/log/pg-1.log`, `db/pg-1`, `pg-1/patroni.log.1.gz`: the part that may be a name; '' where none does. */
function baseName(word: string): string {
  if (!word.includes('/') && !word.includes('.log')) return word
  return memberOfPath(word.replace(/\.log(?:[.-].*)?$/, '')) ?? ''
}

/** The member that a file's name, or a name, seems to be of; null where it is of nobody. */
export function memberOf(word: string): string | null {
  const name = baseName(word)
  return named(name, true) ? name : null
}

/** A name is marked as one by what stands behind it, or has both letters and digits. */
function named(word: string, marked: boolean): boolean {
  return /\p{L}/u.test(word) && !NAMELESS.some((each) => each.test(word)) && (marked || /^\w[\w-]*-\d+$/.test(word))
}

/** Whether a word in front of a line is one that PostgreSQL calls a process of its own. */
export function isProcess(word: string | null): boolean {
  return word !== null && PROCESS.test(word)
}

/** What stands in front of PostgreSQL's time. */
export interface Front {
  readonly named: boolean
  /** What is left without the words: that of a field that is empty is as that of one that is not. */
  readonly marks: string
}

/** What stands in front of PostgreSQL's time and severity in a text; null where nothing does. */
export function frontOf(text: string): Front | null {
  const front = before(text, POSTGRES)
  if (front === null || front === '') return null
  return { named: leadBefore(front).member !== null, marks: front.replace(WORDS, '').replace(/\(\)|\[\]|\s/g, '') }
}
