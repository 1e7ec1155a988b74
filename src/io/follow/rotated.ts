import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const PACKED = /\.(gz|zst|zstd|bz2|xz|lz4|zip|7z|tar|tgz)$/i
const DATE = String.raw`\d{8}(?:[-_T]?\d{2,6}Z?)?|\d{4}-\d\d-\d\d(?:[-_T]\d\d(?:[-:.]?\d\d){0,2}Z?)?|1\d{9}`
/** `patroni.log.1`, `patroni.log.old`, `patroni.log-20260101`, `patroni.1.log`, `patroni-20260101.log`. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^(.+)\.(?:\d{1,4}|old|bak|orig)$/i, '$1'],
  [new RegExp(`^(.+)[-._](?:${DATE})$`), '$1'],
  [/^(.+)\.\d{1,4}(\.[A-Za-z]+)$/, '$1$2'],
  [new RegExp(`^(.+)[-._](?:${DATE})(\\.[A-Za-z]+)$`), '$1$2'],
]

/** Packed files are written once: nothing is to be followed in them. */
export function isPacked(name: string): boolean {
  return PACKED.test(name)
}

/** Names that a file may have had before rotation gave it this one. */
function namesBefore(name: string): readonly string[] {
  const once = FORMS.filter(([form]) => form.test(name)).map(([form, before]) => name.replace(form, before))
  return [...new Set([...once, ...once.flatMap((before) => (before === name ? [] : namesBefore(before)))])]
}

/** The path that a file had before rotation, when that is one of those known. */
export function pathBefore(path: string, known: (path: string) => boolean): string | undefined {
  const folder = dirname(path)
  return namesBefore(basename(path))
    .map((name) => join(folder, name))
    .find(known)
}

/** Files beside a log that rotation may have made of it. */
export function rotatedFrom(path: string): readonly string[] {
  const folder = dirname(path)
  const name = basename(path)
  const stem = name.replace(/\.[^.]*$/, '')
  const mayBe = (other: string): boolean => other.startsWith(stem) && !isPacked(other)
  try {
    const names = readdirSync(folder).filter((other) => mayBe(other) && namesBefore(other).includes(name))
    return names.map((other) => join(folder, other))
  } catch {
    return []
  }
}
