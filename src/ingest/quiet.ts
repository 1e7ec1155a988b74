import type { Part, Template } from './template.ts'
import { alike, isPlain } from './words.ts'

/** A template, and whether what it matches means nothing. */
export interface Weighed {
  readonly template: Template
  readonly noise: boolean
}

/** Tells messages that mean nothing by a few words of theirs alone. */
export interface Quiet {
  /** True for noise only; false says nothing. `view` is that of the same bytes. */
  begins(view: DataView, bytes: Uint8Array, from: number, to: number): boolean
}

interface Head {
  readonly text: DataView
  readonly length: number
  /** What follows it: nothing, or whatever, or whatever that ends so. */
  readonly rest: 'nothing' | 'any' | Uint8Array
}

/** Shorter beginnings are left to the trie. */
const SHORTEST = 8
const SLOTS = 256
const BLANK = 32

/**
 * Of the templates without a meaning, those that are one text, or a text and whatever follows, or whatever between two texts;
 * and of them, those of which no template with a meaning begins alike. Nearly all of PostgreSQL's lines are such ones.
 */
export function quiet(templates: readonly Weighed[]): Quiet {
  const table: Head[][] = Array.from({ length: SLOTS }, () => [])
  const meaningful = templates.filter(({ noise }) => !noise)
  for (const { template, noise } of templates) {
    const first = template.parts[0]
    const rest = restOf(template)
    if (!noise || !(first instanceof Uint8Array) || rest === null || first.length < SHORTEST) continue
    if (!isPlain(first, 0, first.length) || meaningful.some((other) => mayBegin(other.template, first))) continue
    const text = new DataView(first.slice().buffer)
    table[slotOf(text, 0)]?.push({ text, length: first.length, rest })
  }

  return {
    begins(view, bytes, from, to) {
      if (to - from < SHORTEST || (bytes[to - 1] as number) <= BLANK) return false
      const heads = table[slotOf(view, from)] as readonly Head[]
      for (let index = 0; index < heads.length; index++) {
        const { text, length, rest } = heads[index] as Head
        if (to - from >= length && alike(view, from, text, 0, length) && follows(rest, bytes, from + length, to))
          return true
      }
      return false
    },
  }
}

/** Whether the rest of a message, [from, to), is as expected. */
function follows(rest: Head['rest'], bytes: Uint8Array, from: number, to: number): boolean {
  if (rest === 'any') return to > from
  if (rest === 'nothing') return to === from
  const tail = to - rest.length
  if (tail <= from) return false
  for (let at = 0; at < rest.length; at++) if (bytes[tail + at] !== rest[at]) return false
  return true
}

function slotOf(view: DataView, at: number): number {
  const mixed = Math.imul(view.getInt32(at, true), 31) + view.getInt32(at + 4, true)
  return (Math.imul(mixed, 0x9e3779b1) >>> 16) & (SLOTS - 1)
}

/** What may follow the text that a template begins with, where its last byte is enough to tell; else null. */
function restOf({ parts }: Template): Head['rest'] | null {
  const [, hole, tail, ...more] = parts
  if (hole === undefined) return 'nothing'
  if (hole instanceof Uint8Array || hole.kind !== 'any' || more.length > 0) return null
  if (tail === undefined) return 'any'
  return tail instanceof Uint8Array && isPlain(tail, 0, tail.length) ? tail : null
}

/** Whether a text that begins with `head` may match the template. One that begins with a hole is asked last, after noise. */
function mayBegin({ parts }: Template, head: Uint8Array): boolean {
  const first = parts[0] as Part | undefined
  if (first === undefined) return false
  if (!(first instanceof Uint8Array)) return (first.kind === 'int' || first.kind === 'lsn') && isHex(head[0] as number)
  const common = Math.min(first.length, head.length)
  for (let at = 0; at < common; at++) if (first[at] !== head[at]) return false
  return true
}

/** A digit, a sign, or what else may begin a position. */
function isHex(byte: number): boolean {
  const isLetter = (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102)
  return isLetter || (byte >= 48 && byte <= 57) || byte === 43 || byte === 45
}
