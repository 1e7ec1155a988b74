import type { Message, Program, Shelf } from '../model/message.ts'
import type { Entry } from '../model/record.ts'
import { needles } from './needles.ts'
import { parseTemplate, type Template } from './template.ts'
import { trie } from './trie.ts'

export interface Compiled {
  readonly entry: Entry
  readonly template: Template
}

/** A literal shorter than this stands in nearly every line: it cannot tell which lines are worth a search. */
const TELLING = 3

/** The templates of one program, in two tries. */
export interface Tries {
  /** Those that begin with text. */
  readonly anchored: ReturnType<typeof trie>['root']
  /** Those that begin with a hole that must be searched. */
  readonly leading: ReturnType<typeof trie>['root']
  /** False when no template of `leading` can match. */
  readonly worthSearching: (bytes: Uint8Array, from: number, to: number) => boolean
}

/** The templates of one program: those that begin with text, and those that begin with a hole that must be searched. */
export function tries(compiled: readonly Compiled[]): Tries {
  const anchored = trie()
  const leading = trie()
  const telling: Uint8Array[] = []
  for (const { entry, template } of compiled) {
    const first = template.parts[0]
    if (first === undefined || first instanceof Uint8Array || first.kind === 'int' || first.kind === 'lsn') {
      anchored.add(template, entry.id)
      continue
    }
    leading.add(template, entry.id)
    telling.push(longestLiteral(template))
  }
  const worthSearching = telling.some((literal) => literal.length < TELLING) ? () => true : needles(telling)
  return { anchored: anchored.root, leading: leading.root, worthSearching }
}

function longestLiteral({ parts }: Template): Uint8Array {
  let longest: Uint8Array = new Uint8Array(0)
  for (const part of parts) if (part instanceof Uint8Array && part.length > longest.length) longest = part
  return longest
}

interface Owned {
  readonly program: Program
  readonly message: Message
}

/** The messages of all shelves, numbered. Throws at a template that could never match. */
export function compileEntries(shelves: readonly Shelf[]): Compiled[] {
  const types = typesOf(shelves)
  const numbers = new Map(types.map((type, index) => [type, index]))
  const english = shelves.flatMap(({ program, messages }) => messages.map((message) => ({ program, message })))
  return [...english, ...translated(shelves, english)].map(({ program, message }, id) => {
    const template = parseTemplate(message.text)
    if (message.text.startsWith('PAUSE: ') && message.type !== 'pause.seen') {
      throw new Error(`template '${message.text}': 'PAUSE: ' is skipped before matching, leave it out`)
    }
    const typeId = numbers.get(message.type) as number
    return { template, entry: entryOf(message, { id, program, typeId, holes: template.holes }) }
  })
}

/** Messages in other languages: their wordings, and what the English ones mean. */
function translated(shelves: readonly Shelf[], english: readonly Owned[]): Owned[] {
  const known = new Map(english.map(({ program, message }) => [`${program}: ${message.text}`, message]))
  return shelves.flatMap(({ program, translations = {} }) =>
    Object.entries(translations).map(([of, text]) => {
      const message = known.get(`${program}: ${of}`)
      if (message === undefined) throw new Error(`translation of '${of}': ${program} has no such message`)
      return { program, message: { ...message, text, samples: [] } }
    }),
  )
}

/** All entries have the same fields in the same order, set or not: what is asked of each line is found at one place. */
function entryOf(message: Message, compiled: Pick<Entry, 'id' | 'program' | 'typeId' | 'holes'>): Entry {
  const { type, text, level, noiseAt, since, until, from, means, bare, params, samples } = message
  const fields = { ...compiled, type, text, level, noiseAt, since, until, from, means, bare, params, samples }
  return fields as Entry
}

/** All event types, sorted; `typeId` of an entry is the place of its own. */
export function typesOf(shelves: readonly Shelf[]): string[] {
  return [...new Set<string>(shelves.flatMap(({ messages }) => messages.map(({ type }) => type)))].sort()
}
