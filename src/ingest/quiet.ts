import type { Part, Template } from './template.ts'
import { alike, isPlain } from './words.ts'

/** A template, and whether what it matches means nothing. */
export interface Weighed {
  readonly template: Template
  readonly noise: boolean
}

/**
 * Tells messages that mean nothing by their first words alone: such that a template without a meaning takes whatever
 * follows, and no template with a meaning begins alike. Two thirds of PostgreSQL's lines are such ones.
 */
export interface Quiet {
  /** True for noise only; false says nothing. `view` is that of the same bytes. */
  begins(view: DataView, bytes: Uint8Array, from: number, to: number): boolean
}

interface Head {
  readonly text: DataView
  readonly length: number
}

/** Shorter beginnings are left to the trie. */
const SHORTEST = 8
const SLOTS = 64
const BLANK = 32

export function quiet(templates: readonly Weighed[]): Quiet {
  const table: Head[][] = Array.from({ length: SLOTS }, () => [])
  const meaningful = templates.filter(({ noise }) => !noise)
  for (const { template, noise } of templates) {
    const head = noise ? openHead(template) : null
    if (head === null || meaningful.some((other) => mayBegin(other.template, head))) continue
    const text = new DataView(head.slice().buffer)
    table[slotOf(text, 0)]?.push({ text, length: head.length })
  }

  return {
    begins(view, bytes, from, to) {
      if (to - from <= SHORTEST || (bytes[to - 1] as number) <= BLANK) return false
      const heads = table[slotOf(view, from)] as readonly Head[]
      for (let index = 0; index < heads.length; index++) {
        const { text, length } = heads[index] as Head
        if (to - from > length && alike(view, from, text, 0, length)) return true
      }
      return false
    },
  }
}

function slotOf(view: DataView, at: number): number {
  const mixed = Math.imul(view.getInt32(at, true), 31) + view.getInt32(at + 4, true)
  return (Math.imul(mixed, 0x9e3779b1) >>> 16) & (SLOTS - 1)
}

/** The text of a template that is one text and a hole for whatever follows. */
function openHead({ parts }: Template): Uint8Array | null {
  const [head, hole, ...more] = parts
  if (!(head instanceof Uint8Array) || head.length < SHORTEST || more.length > 0) return null
  if (!isPlain(head, 0, head.length)) return null
  return hole !== undefined && !(hole instanceof Uint8Array) && hole.kind === 'any' ? head : null
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
