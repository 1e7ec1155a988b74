import { type Document, isAlias, isMap, isSeq, type LineCounter, type Node } from 'yaml'

/** A way into a document: keys of mappings and indexes of lists. */
export type Path = readonly (string | number)[]

/** `line:column` of the value at `path`, or of its key when `ofKey` or when there is no value; else of what holds it. */
export function place(document: Document, lines: LineCounter, path: Path, ofKey = false): string {
  let at: Node | null = document.contents as Node | null
  let offset = at?.range?.[0] ?? 0
  for (const [depth, step] of path.entries()) {
    const next = child(document, at, step)
    if (next === undefined) break
    at = next.value
    const last = depth === path.length - 1
    offset = (last && ofKey ? next.key : (at?.range?.[0] ?? next.key)) ?? offset
  }
  const { line, col } = lines.linePos(offset)
  return `${line}:${col}`
}

interface Child {
  /** Offset of the key; undefined for an element of a list. */
  readonly key: number | undefined
  readonly value: Node | null
}

function child(document: Document, parent: Node | null, step: string | number): Child | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => String((key as { value?: unknown } | null)?.value) === String(step))
    if (pair === undefined) return undefined
    return { key: (pair.key as Node | null)?.range?.[0], value: pair.value as Node | null }
  }
  if (isSeq(node)) return { key: undefined, value: node.items[Number(step)] as Node | null }
  return undefined
}
