import { endOfInt, endOfLsn, endOfWord } from './holes.ts'
import {
  ACCEPT,
  END,
  FILLS,
  FIRST,
  INNER,
  LABEL_FROM,
  LABEL_TO,
  LEFT,
  OWNER,
  ROW,
  SEEN,
  SUFFIX,
  type Tables,
  WANTED,
} from './trie.ts'

/** Matches messages against tries of templates. */
export interface Walker {
  /** Turns to bytes; with their view, or when they come a second time in a row, they are compared four at a time. */
  look(bytes: Uint8Array, view?: DataView): void
  /** The view of the bytes looked at, once they have one. */
  view(): DataView | null
  /** Begins with a message that ends at `to`. */
  begin(to: number): void
  /** Walks the trie that begins at the node, along the message that begins at `from`: its best match counts. */
  walk(root: number, from: number): void
  /** The best match since `begin`, an entry, or -1. Its holes are in `holes`, as pairs of bounds. */
  best(): number
  /** Whether the answer depends on where the message ends. */
  asked(): boolean
  readonly holes: Int32Array
}

/** What the walker knows of the entries, by their numbers. */
export interface Walked {
  /** Bytes of literal text. */
  readonly literals: Int32Array
  /** Most holes of one. */
  readonly mostHoles: number
}

const BLANK = 32

export function walker(
  { text, nodes, gaps, fills, first, branches, column }: Tables,
  { literals, mostHoles }: Walked,
): Walker {
  const holes = new Int32Array(2 * mostHoles)
  const current = new Int32Array(2 * mostHoles)
  let bytes: Uint8Array = new Uint8Array(0)
  /** Made when the same bytes come a second time: it costs more than one match saves. */
  let view = new DataView(bytes.buffer)
  let viewed = false
  const textView = new DataView(text.buffer)
  let to = 0
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
    if (word > 0) search(word, from, from + 1, endOfWord(bytes, from, to), depth)
    if (int > 0) take(int, from, endOfInt(bytes, from, to), depth)
    if (lsn > 0) take(lsn, from, endOfLsn(bytes, from, to), depth)
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

  return {
    holes,
    look(given, seen) {
      if (given !== bytes) {
        bytes = given
        viewed = seen !== undefined
        if (seen !== undefined) view = seen
      } else if (!viewed) {
        view = new DataView(given.buffer, given.byteOffset, given.byteLength)
        viewed = true
      }
    },
    view: () => (viewed ? view : null),
    begin(end) {
      to = end
      best = -1
      asked = false
      tick = (tick + 1) | 0
    },
    walk: (root, from) => walk(root, from, 0),
    best: () => best,
    asked: () => asked,
  }
}
