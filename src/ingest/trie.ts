import { HOLE_KINDS, type Template } from './template.ts'

/** A place in a template while building: what may follow it. */
interface Place {
  readonly next: Map<number, Place>
  accept: number
  holes: (Gap | undefined)[]
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

/**
 * The places of all templates in typed arrays, chains of single bytes folded into labels. Node 0 means none.
 * A node is reached after its first byte was read; then come its label, what it accepts, its holes, its branches.
 */
export interface Tables {
  readonly text: Uint8Array
  readonly labelFrom: Int32Array
  readonly labelTo: Int32Array
  /** Entry whose template ends here, or -1. */
  readonly accept: Int32Array
  /** Where this node's row starts in `branches`, or -1. */
  readonly row: Int32Array
  readonly branches: Int32Array
  /** Column of a byte in a row. */
  readonly column: Uint8Array
  /** Index of four gaps (any, word, int, lsn; 0 means none) in `gaps`, or -1. */
  readonly holes: Int32Array
  readonly gaps: Int32Array
  /** The gap whose `inner` a node with holes belongs to; 0 when it is reached without a search. */
  readonly owner: Int32Array
  readonly gapEnd: Int32Array
  readonly gapSuffix: Int32Array
  readonly gapInner: Int32Array
  /** How many literals `inner` looks for. */
  readonly gapWanted: Int32Array
  /** 256 flags a gap: bytes a literal of `inner` may begin with. */
  readonly gapFirst: Uint8Array
}

export interface Trie {
  /** Adds a template that leads to entry `id`; of two equal templates the first stays. */
  add(template: Template, id: number): void
  readonly root: Place
}

function place(): Place {
  return { next: new Map(), accept: -1, holes: [] }
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

function descend(from: Place, literal: Uint8Array): Place {
  let at = from
  for (const byte of literal) {
    let next = at.next.get(byte)
    if (next === undefined) {
      next = place()
      at.next.set(byte, next)
    }
    at = next
  }
  return at
}

/** A trie of literals, backwards: for a search from their last byte. */
export function backwards(literals: readonly Uint8Array[]): Place {
  const root = place()
  for (const literal of literals) descend(root, literal.toReversed()).accept = 0
  return root
}

/** Lays the places out in typed arrays; `nodes[i]` is the node of `roots[i]`. */
export function layOut(roots: readonly Place[]): { tables: Tables; nodes: number[] } {
  const text: number[] = []
  const nodes: { labelFrom: number; labelTo: number; accept: number; row: number; holes: number; owner: number }[] = []
  const rows: Map<number, number>[] = []
  const gaps: number[] = []
  const gap: { end: number; suffix: number; inner: number; wanted: number; first: number[] }[] = []
  nodes.push({ labelFrom: 0, labelTo: 0, accept: -1, row: -1, holes: -1, owner: 0 })
  gap.push({ end: -1, suffix: 0, inner: 0, wanted: 0, first: [] })

  function nodeOf(start: Place, owner: number): number {
    const id = nodes.length
    const labelFrom = text.length
    let at = start
    while (at.next.size === 1 && at.accept < 0 && at.holes.length === 0) {
      for (const [byte, next] of at.next) {
        text.push(byte)
        at = next
      }
    }
    const node = { labelFrom, labelTo: text.length, accept: at.accept, row: -1, holes: -1, owner }
    nodes.push(node)
    if (at.holes.length > 0) node.holes = holesOf(at, owner)
    if (at.next.size > 0) {
      const row = new Map<number, number>()
      node.row = rows.push(row) - 1
      for (const [byte, next] of at.next) row.set(byte, nodeOf(next, owner))
    }
    return id
  }

  function holesOf(at: Place, owner: number): number {
    ;(gap[owner] as { wanted: number }).wanted++
    const index = gaps.length
    gaps.push(0, 0, 0, 0)
    for (const [kind, from] of at.holes.entries()) if (from !== undefined) gaps[index + kind] = gapOf(from, kind)
    return index
  }

  function gapOf(from: Gap, kind: number): number {
    const made = { end: from.end, suffix: 0, inner: 0, wanted: 0, first: [...from.inner.next.keys()] }
    const id = gap.push(made) - 1
    if (from.suffix.next.size > 0) made.suffix = nodeOf(from.suffix, 0)
    if (from.inner.next.size > 0 || kind >= 2) made.inner = nodeOf(from.inner, kind >= 2 ? 0 : id)
    return id
  }

  const rootNodes = roots.map((root) => nodeOf(root, 0))
  const used = [...new Set(rows.flatMap((row) => [...row.keys()]))].sort((a, b) => a - b)
  const column = new Uint8Array(256)
  for (const [index, byte] of used.entries()) column[byte] = index + 1
  const width = used.length + 1
  const branches = new Int32Array(rows.length * width)
  for (const [index, row] of rows.entries()) {
    for (const [byte, node] of row) branches[index * width + (column[byte] as number)] = node
  }
  const gapFirst = new Uint8Array(gap.length * 256)
  for (const [index, { first }] of gap.entries()) for (const byte of first) gapFirst[index * 256 + byte] = 1
  const tables: Tables = {
    text: Uint8Array.from(text),
    labelFrom: Int32Array.from(nodes, (node) => node.labelFrom),
    labelTo: Int32Array.from(nodes, (node) => node.labelTo),
    accept: Int32Array.from(nodes, (node) => node.accept),
    row: Int32Array.from(nodes, (node) => (node.row < 0 ? -1 : node.row * width)),
    branches,
    column,
    holes: Int32Array.from(nodes, (node) => node.holes),
    gaps: Int32Array.from(gaps),
    owner: Int32Array.from(nodes, (node) => node.owner),
    gapEnd: Int32Array.from(gap, (each) => each.end),
    gapSuffix: Int32Array.from(gap, (each) => each.suffix),
    gapInner: Int32Array.from(gap, (each) => each.inner),
    gapWanted: Int32Array.from(gap, (each) => each.wanted),
    gapFirst,
  }
  return { tables, nodes: rootNodes }
}
