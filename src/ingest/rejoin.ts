import { isHeading } from './heading.ts'
import { SEVERITY_WORD } from './severity.ts'

/**
 * Lines that a terminal or a mail program broke at its width, in a text that somebody pasted. Both are known by that nothing in
 * the text is wider, and that what does not begin as a line of a log follows where the one before was full.
 */

/** A line of a log begins so: the time of a journal or a wrapper, or a whole prefix of Patroni or PostgreSQL. */
const TIME = /^[\W_]{0,6}(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T_ ]\d\d:\d\d:\d\d)/
const PATRONI = /\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,]\d{3}.{0,20}?(?:INFO|WARNING|ERROR|DEBUG|CRITICAL):/
const POSTGRES = new RegExp(String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.{0,100}?${SEVERITY_WORD}`, 'u')
/** Marks of quotation, which stand in front of each part of a line. */
const QUOTED = /^(?:> ?)+/
/** Widths of terminals, and of what mail programs write, which is less in most. */
const TERMINAL = { least: 80, most: 240 } as const
const MAIL = { least: 60, most: 100 } as const
/** So many lines must be broken, and so large a share of them must fit. */
const LEAST = 3
const SHARE = 0.8

type Join = (before: string, rest: string) => string | null

/** The lines with their parts put together again, and '' where the parts stood; null where none is broken. */
export function rejoined(lines: readonly string[]): readonly string[] | null {
  if (lines.length <= LEAST) return null
  const rests = restsIn(lines)
  if (rests.length < LEAST) return null
  const join = byTerminal(lines, rests) ?? byMail(lines, rests)
  return join === null ? null : putTogether(lines, new Set(rests), join)
}

/** Lines behind another one that do not begin as a line of a log does. */
function restsIn(lines: readonly string[]): readonly number[] {
  const rests: number[] = []
  let begun = false
  lines.forEach((line, at) => {
    const begins = beginsLine(line)
    begun ||= begins
    if (begun && !begins && unquoted(line) !== '' && (lines[at - 1] as string).trim() !== '') rests.push(at)
  })
  return rests
}

function beginsLine(line: string): boolean {
  return TIME.test(line) || PATRONI.test(line) || POSTGRES.test(line) || isHeading(line) || /^\s*[`~]{3}/.test(line)
}

/** A terminal fills its width, and goes on within a word; it may not show the blank at its edge. */
function byTerminal(lines: readonly string[], rests: readonly number[]): Join | null {
  const width = Math.max(...lines.map(({ length }) => length))
  if (width < TERMINAL.least || width > TERMINAL.most) return null
  const join: Join = (before, rest) =>
    before.length === width ? rest : before.length === width - 1 ? ` ${rest}` : null
  const full = lines.filter(({ length }) => length === width).length
  const fit = rests.filter((at) => join(lines[at - 1] as string, '') !== null).length
  return full >= LEAST && fit >= SHARE * full && fit >= SHARE * rests.length ? join : null
}

/** A mail program breaks at a blank, where the next word would have been too wide. */
function byMail(lines: readonly string[], rests: readonly number[]): Join | null {
  const before = rests.map((at) => lines[at - 1] as string)
  const width = Math.max(...before.map(({ length }) => length))
  if (width < MAIL.least || width > MAIL.most) return null
  if (lines.filter(({ length }) => length > width).length > (1 - SHARE) * lines.length) return null
  const join: Join = (head, rest) =>
    head.length + 1 + (unquoted(rest).split(' ')[0] as string).length > width ? ` ${rest}` : null
  const fit = rests.filter((at) => join(lines[at - 1] as string, lines[at] as string) !== null).length
  return fit >= SHARE * rests.length ? join : null
}

function unquoted(line: string): string {
  return line.replace(QUOTED, '').trimEnd()
}

function putTogether(lines: readonly string[], rests: ReadonlySet<number>, join: Join): readonly string[] {
  const whole: string[] = []
  let head = 0
  lines.forEach((line, at) => {
    const joined = rests.has(at) ? join(lines[at - 1] as string, unquoted(line)) : null
    whole.push(joined === null ? line : '')
    if (joined === null) head = at
    else whole[head] += joined
  })
  return whole
}
