import type { Program, Shelf } from '../model/message.ts'
import type { Entry, Recogniser } from '../model/record.ts'
import { needles } from './needles.ts'
import { parseTemplate, type Template } from './template.ts'
import { layOut, trie } from './trie.ts'

const BLANK = 32
const NEWLINE = 10
const PAUSE = new TextEncoder().encode('PAUSE: ')

/** A literal shorter than this stands in nearly every line: it cannot tell which lines are worth a search. */
const TELLING = 3

interface Compiled {
  readonly entry: Entry
  readonly template: Template
}

/**
 * Compiles the messages of all shelves. What a template matches:
 * - a blank takes the whole run of blanks;
 * - a hole for anything or for a word ends at the first place where the literal after it stands (the last literal:
 *   where the line ends), `int` and `lsn` take all they can; nothing is tried twice, so that cost stays linear;
 * - white space at the end of the line is not part of it.
 * Of several entries that match, the one with most literal text wins, then the first. Templates that begin with
 * a hole for anything or a word are looked at only when no other matches.
 */
export function compile(shelves: readonly Shelf[]): Recogniser {
  const all = compileEntries(shelves)
  const literals = Int32Array.from(all, ({ template }) => template.literal)
  const most = Math.max(1, ...all.map(({ template }) => template.holes.length))
  const programs = [...new Set(all.map(({ entry }) => entry.program))]
  const rooms = [room(all), ...programs.map((program) => room(all.filter(({ entry }) => entry.program === program)))]
  const { tables, nodes } = layOut(rooms.flatMap(({ anchored, leading }) => [anchored, leading]))
  const { text, labelFrom, labelTo, accept, row, branches, column, owner, gaps } = tables
  const { holes: holesOf, gapEnd, gapSuffix, gapInner, gapWanted, gapFirst } = tables

  const holes = new Int32Array(2 * most)
  const current = new Int32Array(2 * most)
  const stamp = new Int32Array(labelFrom.length)
  const left = new Int32Array(gapEnd.length)
  let bytes: Uint8Array = new Uint8Array(0)
  let begin = 0
  let to = 0
  let ended = false
  let tick = 0
  let best = -1

  /** Fixes where the line ends, without white space; until a hole or a doubtful end asks, that is not looked for. */
  function findEnd(from: number): void {
    if (ended) return
    ended = true
    let end = from
    while (end < to && bytes[end] !== NEWLINE) end++
    while (end > begin && (bytes[end - 1] as number) <= BLANK) end--
    to = end
  }

  function atEnd(at: number): boolean {
    if (at === to) return true
    if (at > to || (bytes[at] as number) > BLANK) return false
    findEnd(at)
    return at === to
  }

  function offer(entry: number, depth: number): void {
    if (best >= 0) {
      const more = (literals[entry] as number) - (literals[best] as number)
      if (more < 0 || (more === 0 && entry > best)) return
    }
    best = entry
    for (let at = 0; at < 2 * depth; at++) holes[at] = current[at] as number
  }

  /** Follows literal text from a node, and every hole on the way. */
  function walk(start: number, from: number, depth: number): void {
    const data = bytes
    let limit = to
    let node = start
    let at = from
    for (;;) {
      const end = labelTo[node] as number
      for (let label = labelFrom[node] as number; label < end; label++) {
        const byte = text[label] as number
        if (at >= limit || data[at++] !== byte) return
        if (byte === BLANK) while (at < limit && data[at] === BLANK) at++
      }
      const entry = accept[node] as number
      if (entry >= 0 && atEnd(at)) offer(entry, depth)
      const hole = holesOf[node] as number
      if (hole >= 0 && stamp[node] !== tick) {
        stamp[node] = tick
        left[owner[node] as number] = (left[owner[node] as number] as number) - 1
        fill(hole, at, depth)
        limit = to
      }
      const branch = row[node] as number
      if (branch < 0 || at >= limit) return
      const byte = data[at++] as number
      node = branches[branch + (column[byte] as number)] as number
      if (node === 0) return
      if (byte === BLANK) while (at < limit && data[at] === BLANK) at++
    }
  }

  /** Tries the holes that may begin at `from`. */
  function fill(hole: number, from: number, depth: number): void {
    findEnd(from)
    if (from > to) return
    const any = gaps[hole] as number
    const word = gaps[hole + 1] as number
    const int = gaps[hole + 2] as number
    const lsn = gaps[hole + 3] as number
    if (any > 0) search(any, from, from, to, depth)
    if (word > 0) search(word, from, from + 1, endOfWord(from), depth)
    if (int > 0) take(int, from, endOfInt(from), depth)
    if (lsn > 0) take(lsn, from, endOfLsn(from), depth)
  }

  function take(gap: number, from: number, end: number, depth: number): void {
    if (end < 0) return
    current[2 * depth] = from
    current[2 * depth + 1] = end
    walk(gapInner[gap] as number, end, depth + 1)
  }

  /** A hole that begins at `from` and ends somewhere in [least, last]. */
  function search(gap: number, from: number, least: number, last: number, depth: number): void {
    if (least > last) return
    if ((gapEnd[gap] as number) >= 0 && last === to) {
      current[2 * depth] = from
      current[2 * depth + 1] = to
      offer(gapEnd[gap] as number, depth + 1)
    }
    if ((gapSuffix[gap] as number) > 0) walkBack(gapSuffix[gap] as number, from, least, last, depth)
    if ((gapWanted[gap] as number) > 0) searchInner(gap, from, least, Math.min(last, to - 1), depth)
  }

  /** One pass for all literals that may follow: each counts where it stands first. */
  function searchInner(gap: number, from: number, least: number, last: number, depth: number): void {
    const data = bytes
    const flags = gap << 8
    left[gap] = gapWanted[gap] as number
    for (let at = least; at <= last; at++) {
      const byte = data[at] as number
      if (gapFirst[flags + byte] === 1) {
        current[2 * depth] = from
        current[2 * depth + 1] = at
        walk(gapInner[gap] as number, at, depth + 1)
        if (left[gap] === 0) return
      }
      if (byte === BLANK) while (at < last && data[at + 1] === BLANK) at++
    }
  }

  /** Follows literals backwards from the end of the line; each that ends a template leaves a hole before it. */
  function walkBack(start: number, from: number, least: number, last: number, depth: number): void {
    const data = bytes
    let node = start
    let at = to
    for (;;) {
      const end = labelTo[node] as number
      for (let label = labelFrom[node] as number; label < end; label++) {
        const byte = text[label] as number
        if (at <= least || data[--at] !== byte) return
        if (byte === BLANK) while (at > least && data[at - 1] === BLANK) at--
      }
      const entry = accept[node] as number
      if (entry >= 0 && at <= last) {
        current[2 * depth] = from
        current[2 * depth + 1] = at
        offer(entry, depth + 1)
      }
      const branch = row[node] as number
      if (branch < 0 || at <= least) return
      const byte = data[--at] as number
      node = branches[branch + (column[byte] as number)] as number
      if (node === 0) return
      if (byte === BLANK) while (at > least && data[at - 1] === BLANK) at--
    }
  }

  function endOfWord(from: number): number {
    let at = from
    while (at < to && !isSpace(bytes[at] as number)) at++
    return at
  }

  /** End of an integer, or -1. */
  function endOfInt(from: number): number {
    let at = from
    if (at < to && (bytes[at] === 43 || bytes[at] === 45)) at++
    const digits = at
    while (at < to && isDigit(bytes[at] as number)) at++
    return at > digits ? at : -1
  }

  /** End of a position X/X, or -1. */
  function endOfLsn(from: number): number {
    const slash = endOfHex(from)
    if (slash === from || slash >= to || bytes[slash] !== 47) return -1
    const end = endOfHex(slash + 1)
    return end > slash + 1 ? end : -1
  }

  function endOfHex(from: number): number {
    const last = Math.min(to, from + 8)
    let at = from
    while (at < last && isHex(bytes[at] as number)) at++
    return at
  }

  /** `unknown` is the room of all; a program without shelves has none, and nothing matches. */
  function roomOf(program: Program | 'unknown'): number {
    if (program === 'unknown') return 0
    return programs.includes(program) ? programs.indexOf(program) + 1 : -1
  }

  let lastProgram: Program | 'unknown' = 'unknown'
  let lastRoom = 0
  const recogniser: Recogniser = {
    entries: all.map(({ entry }) => entry),
    types: typesOf(shelves),
    holes,
    paused: false,
    match(program, given, from, end) {
      if (program !== lastProgram) {
        lastProgram = program
        lastRoom = roomOf(program)
      }
      bytes = given
      to = end
      ended = false
      best = -1
      tick = (tick + 1) | 0
      const start = skipPause(given, from, end)
      begin = start
      recogniser.paused = start > from
      if (lastRoom < 0) return -1
      walk(nodes[2 * lastRoom] as number, start, 0)
      if (best < 0 && (rooms[lastRoom] as Room).worthSearching(given, start, to)) {
        walk(nodes[2 * lastRoom + 1] as number, start, 0)
      }
      return best
    },
  }
  return recogniser
}

interface Room {
  readonly anchored: ReturnType<typeof trie>['root']
  readonly leading: ReturnType<typeof trie>['root']
  /** False when no template of `leading` can match. */
  readonly worthSearching: (bytes: Uint8Array, from: number, to: number) => boolean
}

/** The templates of one program: those that begin with text, and those that begin with a hole that must be searched. */
function room(compiled: readonly Compiled[]): Room {
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

function compileEntries(shelves: readonly Shelf[]): Compiled[] {
  const types = typesOf(shelves)
  const numbers = new Map(types.map((type, index) => [type, index]))
  return shelves
    .flatMap(({ program, messages }) => messages.map((message) => ({ program, message })))
    .map(({ program, message }, id) => {
      const template = parseTemplate(message.text)
      if (message.text.startsWith('PAUSE: ')) {
        throw new Error(`template '${message.text}': 'PAUSE: ' is skipped before matching, leave it out`)
      }
      const typeId = numbers.get(message.type) as number
      return { template, entry: { ...message, id, program, typeId, holes: template.holes } }
    })
}

function typesOf(shelves: readonly Shelf[]): string[] {
  return [...new Set<string>(shelves.flatMap(({ messages }) => messages.map(({ type }) => type)))].sort()
}

function skipPause(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] !== PAUSE[0] || to - from < PAUSE.length) return from
  for (let at = 1; at < PAUSE.length; at++) if (bytes[from + at] !== PAUSE[at]) return from
  return from + PAUSE.length
}

function isSpace(byte: number): boolean {
  return byte === BLANK || (byte >= 9 && byte <= 13)
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102)
}
