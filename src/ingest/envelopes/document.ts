import { readStamp } from '../loose.ts'
import { array, isObject, type Json, object, text } from '../readings/json.ts'
import { type LooseClock, localClock } from '../time.ts'
import { epochOf, fieldRow, flat, timeIn } from './exported.ts'
import { lokiRows } from './loki.ts'
import { containerEnd } from './scan.ts'

/** Where answers of log stores keep their rows: CloudWatch, Splunk and its kin, Datadog, Graylog, Elasticsearch. */
const LISTS = ['events', 'results', 'data', 'logs', 'messages', 'hits', 'entries', 'items'] as const

/**
 * Lines of JSON, a row each, of what a log store exports as one document: a list, its whole answer, or objects printed one
 * behind the other. They are in the order of their times. Null when a text is none of that, lies too deep, or has parts beyond
 * number.
 */
export function rowsOf(text: string): readonly string[] | null {
  if (isHostile(text)) return null
  const documents = documentsIn(text)
  const rows = documents?.flatMap((each) => listIn(each)) ?? []
  if (rows.length === 0) return null
  const times = rows.map(timeOf)
  const order = [...rows.keys()]
  if (!times.some(Number.isNaN)) order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
  return written(order.map((at) => rows[at]))
}

/** Rows of a log have some hundred bytes: what consists of far smaller parts, packed to nothing, would fill the memory as objects. */
const MOST_CONTAINERS = 1_000_000
const MOST_VALUES = 16_000_000

function isHostile(text: string): boolean {
  let [containers, values] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === COMMA) values++
    else if (code === BRACE || code === BRACKET) containers++
  }
  return containers > MOST_CONTAINERS || values > MOST_VALUES
}

const [COMMA, BRACE, BRACKET] = [44, 123, 91] as const

/** Rows as JSON. Null when one lies deeper than can be written, though it could be read. */
function written(rows: readonly unknown[]): readonly string[] | null {
  try {
    return rows.map((row) => JSON.stringify(row))
  } catch {
    return null
  }
}

/** Whether a text that begins so is such a document: `line` is its first line, null where more of it may follow. */
export function mayBeDocument(head: string, line: string | null): boolean {
  if (/^\s*\[\s*(?:[[{"]|$)/.test(head)) return true
  if (!head.trimStart().startsWith('{')) return false
  const value = line === null ? undefined : parsed(line)
  return value === undefined ? line === null || /^\s*\{\s*$/.test(line) : listIn(value).length > 1
}

/** The documents in a text, one behind the other; null when one is broken. */
function documentsIn(text: string): readonly unknown[] | null {
  const whole = parsed(text)
  if (whole !== undefined) return [whole]
  const bytes = encoder.encode(text)
  const documents: unknown[] = []
  for (let at = 0; at < bytes.length; ) {
    if ((bytes[at] as number) <= BLANK) {
      at++
      continue
    }
    const end = containerEnd(bytes, at, bytes.length)
    const document = end < 0 ? undefined : parsed(decoder.decode(bytes.subarray(at, end)))
    if (document === undefined) return null
    documents.push(document)
    at = end
  }
  return documents
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const BLANK = 32

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Lists of rows lie in so many lists at most: of pages, of commands. */
const DEEPEST = 4

/** The rows of a document; the document itself where it is one. */
function listIn(document: unknown, depth = 0): readonly unknown[] {
  if (Array.isArray(document) && depth < DEEPEST && fieldRow(document) === null)
    return document.flatMap((each) => listIn(each, depth + 1))
  if (!isObject(document)) return [document]
  const loki = lokiRows(document)
  if (loki !== null) return loki
  const tables = array(document, 'tables')?.filter(isObject).flatMap(tableRows) ?? []
  if (tables.length > 0) return tables
  for (const key of LISTS) {
    const list = array(document, key) ?? array(object(document, key) ?? {}, key)
    if (list !== undefined && list.length > 0 && list.every(isRow)) return list
  }
  return [document]
}

function isRow(value: unknown): boolean {
  return isObject(value) || (Array.isArray(value) && fieldRow(value) !== null)
}

/** Rows of a table of Azure, whose columns are named once. */
function tableRows(table: Json): readonly Json[] {
  const names = (array(table, 'columns') ?? []).map((column) => (isObject(column) ? (text(column, 'name') ?? '') : ''))
  return (array(table, 'rows') ?? [])
    .filter((row) => Array.isArray(row))
    .map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])))
}

/** Time of a row, epoch ms; NaN where it says none. One without a zone is taken as UTC: only the order of the rows is asked. */
function timeOf(value: unknown): number {
  const row = Array.isArray(value) ? fieldRow(value) : value
  if (!isObject(row)) return Number.NaN
  const written = timeIn({ ...row, ...flat(row) })
  const epoch = epochOf(written)
  return Number.isNaN(epoch) ? readStamp(written, UTC) : epoch
}

const UTC: LooseClock = { clock: localClock('UTC'), latest: Number.NaN, day: 0 }
