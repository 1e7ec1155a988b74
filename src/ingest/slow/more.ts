import { TAB } from '../tab.ts'
import type { Part } from './part.ts'
import { isStamped, type Reading } from './reading.ts'

const INDENTED = new RegExp(`^${TAB}`)
/** `[7-2] `: a further part of a message, as PostgreSQL gives it to syslog. */
const FURTHER = /^\[\d{1,10}-(?!1\])\d{1,10}\] /

/** Whether a text looks like what PostgreSQL's message goes on with. */
export function seemsMore(text: string): boolean {
  return INDENTED.test(text) || FURTHER.test(text)
}

/**
 * Whether a message of PostgreSQL goes on with a text: then it may be anything, other lines too. `indented` tells that somebody put
 * TABs in front of whole lines, so that one proves nothing.
 */
export function isMore(reading: Reading, part: Part, indented: boolean): boolean {
  if (INDENTED.test(part.text)) return !indented && isStamped(reading, 'postgres', part)
  return FURTHER.test(part.text)
}
