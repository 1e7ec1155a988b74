import { mask } from '../../report/mask.ts'
import { plain } from '../../report/plain.ts'

/** No text is looked at beyond this, however long a line was. */
const MOST = 8_000

/** A text of a log as it may be shown: secrets hidden, controls written out, cut to `limit` characters. */
export function shown(text: string, limit: number): string {
  return clip(plain(mask(clip(text, MOST))).trimEnd(), limit)
}

/** Cuts between characters, never inside one of two units. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text
  const end = limit - 1
  const inside = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return `${text.slice(0, inside ? end - 1 : end)}…`
}

/** A line for each of the first of a list; how many more there are stands at their end. */
export function firstOf<T>(items: readonly T[], most: number, lineOf: (item: T) => string, where = ''): string[] {
  const lines = items.slice(0, most).map(lineOf)
  return items.length <= most ? lines : [...lines, `and ${items.length - most} more${where}`]
}

/** A word as a shell takes it. */
export function quotedForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
