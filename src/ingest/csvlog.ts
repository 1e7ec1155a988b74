import type { Level } from '../model/message.ts'
import { severityOf } from './severity.ts'

/** A record of PostgreSQL's csvlog that was read whole. */
export interface CsvRecord {
  readonly time: string
  readonly level: Level
  readonly sqlstate: string
  readonly message: string
}

/** Columns up to the message; 9.x to 18 have the same first 23. */
const [TIME, SEVERITY, SQLSTATE, MESSAGE, FEWEST] = [0, 11, 12, 13, 23] as const

/** Whether a line begins a csvlog record: a quoted or bare stamp with a zone, then a comma. */
export const CSV_START = /^"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [A-Za-z+-][\w:+-]{0,9}"?,/

/** Whether the quotes of a text are balanced: a record ends where they are. */
export function quotesBalanced(text: string): boolean {
  let odd = false
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd
  return !odd
}

/** What people write for columns that they leave out. */
const LEFT_OUT = new Set(['...', '…'])
const STATE = /^[A-Z\d]{5}$/

/**
 * Reads a record (RFC 4180); null when it has no severity, or fewer columns than any release writes unless one of them is
 * said to be left out or the line broke behind the message.
 */
export function csvRecord(text: string): CsvRecord | null {
  const columns = split(text)
  if (columns.length < FEWEST && !STATE.test(columns[SQLSTATE] ?? ''))
    return columns.some((column) => LEFT_OUT.has(column)) ? abridged(columns) : null
  if (columns.length <= MESSAGE) return null
  const severity = severityOf(columns[SEVERITY] as string)
  if (severity === null) return null
  return {
    time: columns[TIME] as string,
    level: severity.level,
    sqlstate: columns[SQLSTATE] as string,
    message: columns[MESSAGE] as string,
  }
}

/** A record without some of its columns: the severity is known by its word, and the message stands behind it. */
function abridged(columns: readonly string[]): CsvRecord | null {
  const at = columns.findIndex((column, index) => index > TIME && severityOf(column) !== null)
  const severity = severityOf(columns[at] ?? '')
  if (severity === null) return null
  const rest = columns.slice(at + 1)
  const sqlstate = STATE.test(rest[0] ?? '') ? (rest.shift() as string) : ''
  return { time: columns[TIME] as string, level: severity.level, sqlstate, message: rest[0] ?? '' }
}

function split(text: string): string[] {
  const columns: string[] = []
  let at = 0
  while (at <= text.length) {
    if (text[at] === '"') {
      const { value, end } = quoted(text, at + 1)
      columns.push(value)
      at = end + 1
    } else {
      const comma = text.indexOf(',', at)
      const end = comma < 0 ? text.length : comma
      columns.push(text.slice(at, end))
      at = end + 1
    }
  }
  return columns
}

function quoted(text: string, from: number): { value: string; end: number } {
  let value = ''
  let at = from
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return { value: value + text.slice(at), end: text.length }
    value += text.slice(at, quote)
    if (text[quote + 1] !== '"') return { value, end: quote + 1 }
    value += '"'
    at = quote + 2
  }
}
