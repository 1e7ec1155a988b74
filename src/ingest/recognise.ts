import type { Message, Program, Shelf } from '../model/message.ts'
import type { Entry, Recogniser } from '../model/record.ts'
import { needles } from './needles.ts'
import { type Quiet, quiet } from './quiet.ts'
import { parseTemplate, type Template } from './template.ts'
import {
  ACCEPT,
  END,
  FILLS,
  FIRST,
  INNER,
  LABEL_FROM,
  LABEL_TO,
  LEFT,
  layOut,
  OWNER,
  ROW,
  SEEN,
  SUFFIX,
  trie,
  WANTED,
} from './trie.ts'

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
  const counts = Int32Array.from(all, ({ template }) => template.holes.length)
  const most = Math.max(1, ...counts)
  const programs = [...new Set(all.map(({ entry }) => entry.program))]
  const bare = all.filter(({ entry }) => entry.bare === true)
  const rooms = [room(bare), ...programs.map((program) => room(all.filter(({ entry }) => entry.program === program)))]
  const quiets: (Quiet | undefined)[] = []
  const { tables, starts } = layOut(rooms.flatMap(({ anchored, leading }) => [anchored, leading]))
  const { text, nodes, gaps, fills, first, branches, column } = tables

  const holes = new Int32Array(2 * most)
  const current = new Int32Array(2 * most)
  let bytes: Uint8Array = new Uint8Array(0)
  /** Made when the same bytes come a second time: it costs more than one match saves. */
  let view = new DataView(bytes.buffer)
  let viewed = false
  const textView = new DataView(text.buffer)
  let to = 0
  /** Whether the answer depends on where the line ends. */
  let asked = false
  let tick = 0
  let best = -1

  function atEnd(at: number): boolean {
    if (at < to && (bytes[at] as number) <= BLANK) asked = true
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
    const limit = to
    let node = start
    let at = from
    for (;;) {
      at = along(nodes[node + LABEL_FROM] as number, nodes[node + LABEL_TO] as number, from, at, limit)
      if (at < 0) return
      const entry = nodes[node + ACCEPT] as number
      if (entry >= 0 && atEnd(at)) offer(entry, depth)
      if ((nodes[node + FILLS] as number) >= 0 && nodes[node + SEEN] !== tick) {
        nodes[node + SEEN] = tick
        const owner = (nodes[node + OWNER] as number) + LEFT
        gaps[owner] = (gaps[owner] as number) - 1
        fill(nodes[node + FILLS] as number, at, depth)
      }
      const row = nodes[node + ROW] as number
      if (row < 0 || at >= limit) return
      node = branches[row + (column[data[at++] as number] as number)] as number
      if (node === 0) return
    }
  }

  /** Where text[label, end) and what blanks follow end, or -1. */
  function along(label: number, end: number, from: number, start: number, limit: number): number {
    let at = start
    if (end > label) {
      const whole = start + end - label
      at = whole <= limit && same(start, label, end) ? whole : alongStretched(label, end, from, start, limit)
      if (at < 0) return -1
    }
    if (at > from && bytes[at - 1] === BLANK) while (at < limit && bytes[at] === BLANK) at++
    return at
  }

  /** As `along`, where blanks of the data may repeat one that matched. */
  function alongStretched(label: number, end: number, from: number, start: number, limit: number): number {
    let at = start
    for (let next = label; next < end; at++) {
      if (at >= limit) return -1
      if (bytes[at] === text[next]) next++
      else if (bytes[at] !== BLANK || at === from || bytes[at - 1] !== BLANK) return -1
    }
    return at
  }

  /** Whether the data at `start` are text[label, end), four bytes at a time where the data have a view. */
  function same(start: number, label: number, end: number): boolean {
    let next = label
    let at = start
    if (viewed) {
      for (; next + 4 <= end; next += 4, at += 4) if (view.getInt32(at) !== textView.getInt32(next)) return false
    }
    for (; next < end; next++, at++) if (bytes[at] !== text[next]) return false
    return true
  }

  /** Tries the holes that may begin at `from`. */
  function fill(hole: number, from: number, depth: number): void {
    asked = true
    if (from > to) return
    const any = fills[hole] as number
    const word = fills[hole + 1] as number
    const int = fills[hole + 2] as number
    const lsn = fills[hole + 3] as number
    if (any > 0) search(any, from, from, to, depth)
    if (word > 0) search(word, from, from + 1, endOfWord(from), depth)
    if (int > 0) take(int, from, endOfInt(from), depth)
    if (lsn > 0) take(lsn, from, endOfLsn(from), depth)
  }

  function take(gap: number, from: number, end: number, depth: number): void {
    if (end < 0) return
    current[2 * depth] = from
    current[2 * depth + 1] = end
    walk(gaps[gap + INNER] as number, end, depth + 1)
  }

  /** A hole that begins at `from` and ends somewhere in [least, last]. */
  function search(gap: number, from: number, least: number, last: number, depth: number): void {
    if (least > last) return
    if ((gaps[gap + END] as number) >= 0 && last === to) {
      current[2 * depth] = from
      current[2 * depth + 1] = to
      offer(gaps[gap + END] as number, depth + 1)
    }
    if ((gaps[gap + SUFFIX] as number) > 0) walkBack(gaps[gap + SUFFIX] as number, from, least, last, depth)
    if ((gaps[gap + WANTED] as number) > 0) searchInner(gap, from, least, Math.min(last, to - 1), depth)
  }

  /** One pass for all literals that may follow: each counts where it stands first. */
  function searchInner(gap: number, from: number, least: number, last: number, depth: number): void {
    const data = bytes
    const flags = gaps[gap + FIRST] as number
    gaps[gap + LEFT] = gaps[gap + WANTED] as number
    for (let at = least; at <= last; at++) {
      while (at <= last && first[flags + (data[at] as number)] === 0) at++
      if (at > last) return
      current[2 * depth] = from
      current[2 * depth + 1] = at
      walk(gaps[gap + INNER] as number, at, depth + 1)
      if (gaps[gap + LEFT] === 0) return
      // a literal that begins with a blank takes the whole run
      if (data[at] === BLANK) while (at < last && data[at + 1] === BLANK) at++
    }
  }

  /** Follows literals backwards from the end of the line; each that ends a template leaves a hole before it. */
  function walkBack(start: number, from: number, least: number, last: number, depth: number): void {
    const data = bytes
    let node = start
    let at = to
    for (;;) {
      at = back(nodes[node + LABEL_FROM] as number, nodes[node + LABEL_TO] as number, at, least)
      if (at < 0) return
      const entry = nodes[node + ACCEPT] as number
      if (entry >= 0 && at <= last) {
        current[2 * depth] = from
        current[2 * depth + 1] = at
        offer(entry, depth + 1)
      }
      const branch = nodes[node + ROW] as number
      if (branch < 0 || at <= least) return
      const byte = data[--at] as number
      node = branches[branch + (column[byte] as number)] as number
      if (node === 0) return
      if (byte === BLANK) while (at > least && data[at - 1] === BLANK) at--
    }
  }

  /** Where text[label, to) and blanks before it begin when they end at `end`, or -1. */
  function back(label: number, to: number, end: number, least: number): number {
    if (to === label) return end
    const whole = end - (to - label)
    let at = whole
    if (whole < least || !same(whole, label, to)) {
      at = end
      for (let next = to - 1; next >= label; next--) {
        if (at <= least || bytes[--at] !== text[next]) return -1
        if (text[next] === BLANK) while (at > least && bytes[at - 1] === BLANK) at--
      }
    }
    if (bytes[at] === BLANK) while (at > least && bytes[at - 1] === BLANK) at--
    return at
  }

  function endOfWord(from: number): number {
    const data = bytes
    const limit = to
    let at = from
    while (at < limit && !isSpace(data[at] as number)) at++
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

  /**
   * Matches [from, end) as one line. To look for a newline first would cost as much as the match; a match whose
   * holes hold none proves that there is none.
   */
  function attempt(from: number, end: number): void {
    to = end
    best = -1
    tick = (tick + 1) | 0
    walk(starts[2 * lastRoom] as number, from, 0)
    if (best < 0 && (rooms[lastRoom] as Room).worthSearching(bytes, from, end)) {
      walk(starts[2 * lastRoom + 1] as number, from, 0)
    }
  }

  /** Made for the programs that it is asked of. */
  function quietOf(program: Program | 'unknown'): Quiet {
    const own = program === 'unknown' ? bare : all.filter(({ entry }) => entry.program === program)
    return quiet(own.map(({ entry, template }) => ({ template, noise: entry.type === 'noise' })))
  }

  function chooseRoom(program: Program | 'unknown'): void {
    if (program === lastProgram) return
    lastProgram = program
    lastRoom = roomOf(program)
  }

  function look(given: Uint8Array): void {
    if (given !== bytes) {
      bytes = given
      viewed = false
    } else if (!viewed) {
      view = new DataView(given.buffer, given.byteOffset, given.byteLength)
      viewed = true
    }
  }

  /** Whether a hole of the best match holds a newline. */
  function splitsLine(): boolean {
    const last = 2 * (counts[best] as number)
    for (let at = 0; at < last; at += 2) {
      if (newlineIn(bytes, holes[at] as number, holes[at + 1] as number) >= 0) return true
    }
    return false
  }

  let lastProgram: Program | 'unknown' = 'unknown'
  let lastRoom = 0
  const recogniser: Recogniser = {
    entries: all.map(({ entry }) => entry),
    types: typesOf(shelves),
    holes,
    paused: false,
    match(program, given, from, end, joined = true) {
      chooseRoom(program)
      const start = skipPause(given, from, end)
      recogniser.paused = start > from
      if (lastRoom < 0) return -1
      look(given)
      asked = false
      attempt(start, trimmed(given, start, end))
      if (joined && asked && (best < 0 || splitsLine())) {
        const newline = newlineIn(given, start, to)
        if (newline >= 0) attempt(start, trimmed(given, start, newline))
      }
      return best
    },
    isNoise(program, given, from, end) {
      chooseRoom(program)
      if (lastRoom < 0) return false
      look(given)
      const known = quiets[lastRoom] ?? quietOf(program)
      quiets[lastRoom] = known
      return viewed && known.begins(view, given, from, end)
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
      return { template, entry: entryOf(message, { id, program, typeId, holes: template.holes }) }
    })
}

/** All entries have the same fields in the same order, set or not: what is asked of each line is found at one place. */
function entryOf(message: Message, compiled: Pick<Entry, 'id' | 'program' | 'typeId' | 'holes'>): Entry {
  const { type, text, level, since, until, from, means, bare, params, samples } = message
  const fields = { ...compiled, type, text, level, since, until, from, means, bare, params, samples }
  return fields as Entry
}

function typesOf(shelves: readonly Shelf[]): string[] {
  return [...new Set<string>(shelves.flatMap(({ messages }) => messages.map(({ type }) => type)))].sort()
}

function skipPause(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] !== PAUSE[0] || to - from < PAUSE.length) return from
  for (let at = 1; at < PAUSE.length; at++) if (bytes[from + at] !== PAUSE[at]) return from
  return from + PAUSE.length
}

function trimmed(bytes: Uint8Array, from: number, to: number): number {
  let end = to
  while (end > from && (bytes[end - 1] as number) <= BLANK) end--
  return end
}

function newlineIn(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === NEWLINE) return at
  return -1
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
