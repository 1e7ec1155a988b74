import { mask } from '../mask.ts'
import { plain } from '../plain.ts'

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** Longer texts are cut: a page is read, the log has the rest. */
const LONG = 2_000

/** Our own words as text or as the value of an attribute in quotes. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => NAMED[mark] as string)
}

/** Text of the input: secrets hidden, what would steer the page written out. */
export function data(text: string): string {
  const shown = plain(mask(text))
  return html(shown.length > LONG ? `${shown.slice(0, LONG)}…` : shown)
}

/** A value as JSON that may stand inside a `script` element: no character of it can end that. */
export function embedded(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
