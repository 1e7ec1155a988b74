import { HOLE_KINDS, type Template } from './template.ts'

/** A place in a template while building: the literal that leads to it behind its first byte, and what may follow it. */
interface Place {
  label: Uint8Array
  next: Map<number, Place> | null
  accept: number
  holes: (Gap | undefined)[] | null
}

/**
 * What follows a hole. `int` and `lsn` take what they can and go on at `inner`. `any` and `word` end where the next
 * literal begins: `suffix` holds the literals that end their template, backwards; `inner` those that another hole
 * follows; `end` is the entry whose last part is this hole.
 */
interface Gap {
  end: number
  readonly suffix: Place
  readonly inner: Place
}

/** Fields of a node: `nodes[node + LABEL_FROM]`. A node is known by where its record starts; 0 means none. */
export const LABEL_FROM = 0
export const LABEL_TO = 1
/** Entry whose template ends here, or -1. */
export const ACCEPT = 2
/** Where its row starts in `branches`, or -1. */
export const ROW = 3
/** Where its four gaps (any, word, int, lsn; 0 means none) start in `fills`, or -1. */
export const FILLS = 4
/** The gap whose search for literals comes by; 0 when it is reached without a search. */
export const OWNER = 5
/** Number of the match that came by last. */
export const SEEN = 6
const NODE = 8

/** Fields of a gap: `gaps[gap + END]`. */
export const END = 0
export const SUFFIX = 1
export const INNER = 2
/** How many literals a search looks for. */
export const WANTED = 3
/** How many it has not found yet. */
export const LEFT = 4
/** Where its 256 flags start in `first`: 1 at the bytes that a literal may begin with. */
export const FIRST = 5
const GAP = 8

/**
 * The places of all templates in typed arrays, chains of single bytes folded into labels. A node is reached after its
 * first byte was read; then come its label (in `text`, in reading order also where nodes go backwards), what it
 * accepts, its holes, its branches.
 */
export interface Tables {
  readonly text: Uint8Array
  readonly nodes: Int32Array
  readonly gaps: Int32Array
  readonly fills: Int32Array
  readonly first: Uint8Array
  /** Rows of nodes: `branches[row + column[byte]]`. */
  readonly branches: Int32Array
  readonly column: Uint8Array
}

export interface Trie {
  /** Adds a template that leads to entry `id`; of two equal templates the first stays. */
  add(template: Template, id: number): void
  readonly root: Place
}

const NO_LABEL = new Uint8Array(0)

function place(label: Uint8Array = NO_LABEL): Place {
  return { label, next: null, accept: -1, holes: null }
}

export function trie(): Trie {
  const root = place()
  return { root, add: (template, id) => add(root, template, id) }
}

function add(root: Place, { parts }: Template, id: number): void {
  let at = root
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as Template['parts'][number]
    if (part instanceof Uint8Array) {
      at = descend(at, part)
      continue
    }
    const kind = HOLE_KINDS.indexOf(part.kind)
    at.holes ??= []
    at.holes[kind] ??= { end: -1, suffix: place(), inner: place() }
    const gap = at.holes[kind]
    at = gap.inner
    if (part.kind === 'int' || part.kind === 'lsn') continue
    const after = parts[index + 1]
    if (after === undefined) {
      if (gap.end < 0) gap.end = id
      return
    }
    if (index + 2 === parts.length) {
      at = descend(gap.suffix, (after as Uint8Array).toReversed())
      break
    }
  }
  if (at.accept < 0) at.accept = id
}

/** The place behind a literal, made where it is new; a label that only begins alike is split. */
function descend(from: Place, literal: Uint8Array): Place {
  let at = from
  for (let index = 0; index < literal.length; ) {
    const byte = literal[index++] as number
    at.next ??= new Map()
    const next = at.next.get(byte)
    if (next === undefined) {
      const made = place(literal.subarray(index))
      at.next.set(byte, made)
      return made
    }
    const alike = commonLength(next.label, literal, index)
    index += alike
    at = alike === next.label.length ? next : split(at.next, byte, next, alike)
  }
  return at
}

function commonLength(label: Uint8Array, literal: Uint8Array, from: number): number {
  let length = 0
  while (length < label.length && label[length] === literal[from + length]) length++
  return length
}

/** A place in the middle of a label. */
function split(branches: Map<number, Place>, byte: number, place: Place, length: number): Place {
  const { label } = place
  const middle: Place = { label: label.subarray(0, length), next: new Map(), accept: -1, holes: null }
  middle.next?.set(label[length] as number, place)
  place.label = label.subarray(length + 1)
  branches.set(byte, middle)
  return middle
}

/** A trie of literals, backwards: for a search from their last byte. */
export function backwards(literals: readonly Uint8Array[]): Place {
  const root = place()
  for (const literal of literals) descend(root, literal.toReversed()).accept = 0
  return root
}

/** Lays the places out in typed arrays; `starts[i]` is the node of `roots[i]`. */
export function layOut(roots: readonly Place[]): { tables: Tables; starts: number[] } {
  const text: number[] = []
  const nodes: number[] = new Array(NODE).fill(0)
  const gaps: number[] = new Array(GAP).fill(0)
  const fills: number[] = []
  const first: number[][] = [[]]
  const rows: [byte: number, node: number][][] = []

  function nodeOf(start: Place, owner: number, back = false): number {
    const labelFrom = text.length
    const label: number[] = [...start.label]
    let at = start
    while (at.next?.size === 1 && at.accept < 0 && at.holes === null) {
      const [byte, next] = at.next.entries().next().value as [number, Place]
      label.push(byte, ...next.label)
      at = next
    }
    text.push(...(back ? label.reverse() : label))
    const node = nodes.push(labelFrom, text.length, at.accept, -1, -1, owner, 0, 0) - NODE
    if (at.holes !== null) nodes[node + FILLS] = fillsOf(at.holes, owner)
    if (at.next !== null) {
      nodes[node + ROW] = rows.push([]) - 1
      const row = rows.at(-1) as (typeof rows)[number]
      for (const [byte, next] of at.next) row.push([byte, nodeOf(next, owner, back)])
    }
    return node
  }

  function fillsOf(holes: readonly (Gap | undefined)[], owner: number): number {
    gaps[owner + WANTED] = (gaps[owner + WANTED] as number) + 1
    const index = fills.push(0, 0, 0, 0) - 4
    for (const [kind, from] of holes.entries()) if (from !== undefined) fills[index + kind] = gapOf(from, kind >= 2)
    return index
  }

  function gapOf(from: Gap, taken: boolean): number {
    const gap = gaps.push(from.end, 0, 0, 0, 0, first.length * 256, 0, 0) - GAP
    const { inner, suffix } = from
    first.push([...(inner.next?.keys() ?? [])])
    if (suffix.next !== null) gaps[gap + SUFFIX] = nodeOf(suffix, 0, true)
    if (taken || inner.next !== null) gaps[gap + INNER] = nodeOf(inner, taken ? 0 : gap)
    return gap
  }

  const starts = roots.map((root) => nodeOf(root, 0))
  const flags = new Uint8Array(first.length * 256)
  for (const [index, bytes] of first.entries()) for (const byte of bytes) flags[index * 256 + byte] = 1
  const { branches, column, width } = tabulate(rows)
  for (let node = 0; node < nodes.length; node += NODE) {
    if ((nodes[node + ROW] as number) > 0) nodes[node + ROW] = (nodes[node + ROW] as number) * width
  }
  const tables = {
    text: Uint8Array.from(text),
    nodes: Int32Array.from(nodes),
    gaps: Int32Array.from(gaps),
    fills: Int32Array.from(fills),
    first: flags,
    branches,
    column,
  }
  return { tables, starts }
}

/** One table of all rows, with a column for each byte that any row knows; column 0 is for the others. */
function tabulate(rows: readonly (readonly [byte: number, node: number][])[]) {
  const column = new Uint8Array(256)
  let width = 1
  for (const row of rows) for (const [byte] of row) if (column[byte] === 0) column[byte] = width++
  const branches = new Int32Array(rows.length * width)
  for (const [index, row] of rows.entries()) {
    for (const [byte, node] of row) branches[index * width + (column[byte] as number)] = node
  }
  return { branches, column, width }
}
