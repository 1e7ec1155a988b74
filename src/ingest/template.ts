/** What a hole takes: anything, a word, an integer, a log position. The order is the index of `Place.holes`. */
export const HOLE_KINDS = ['any', 'word', 'int', 'lsn'] as const

export type HoleKind = (typeof HOLE_KINDS)[number]

/** Literal bytes (runs of blanks folded to one) or a hole. */
export type Part = Uint8Array | { readonly name: string; readonly kind: HoleKind }

export interface Template {
  readonly parts: readonly Part[]
  readonly holes: readonly string[]
  /** Bytes of literal text: of several templates that match, the one with most wins. */
  readonly literal: number
}

const encoder = new TextEncoder()
const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g
const HOLE = /^([A-Za-z_][\w.]*)(?::(word|int|lsn))?$/

/** Parses the language of `Message.text`; only the first line counts, white space at its end does not. */
export function parseTemplate(text: string): Template {
  const line = (text.split('\n', 1)[0] as string).trimEnd()
  const parts: Part[] = []
  let literal = ''
  function close(): void {
    if (literal !== '') parts.push(encoder.encode(literal.replace(/ +/g, ' ')))
    literal = ''
  }
  for (const [token, inside] of line.matchAll(TOKEN)) {
    if (token === '{{' || token === '}}') literal += token[0]
    else if (inside !== undefined) {
      close()
      parts.push(hole(inside, line))
    } else if (token === '{' || token === '}') throw new Error(`template '${line}': a lone brace, write it twice`)
    else literal += token
  }
  close()
  checkNeighbours(parts, line)
  return {
    parts,
    holes: parts.flatMap((part) => (part instanceof Uint8Array ? [] : [part.name])),
    literal: parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : 0), 0),
  }
}

function hole(inside: string, line: string): Part {
  const found = HOLE.exec(inside)
  if (found === null) {
    throw new Error(`template '${line}': hole {${inside}}, expected {name}, {name:word}, {name:int} or {name:lsn}`)
  }
  return { name: found[1] as string, kind: (found[2] ?? 'any') as HoleKind }
}

/** A hole that any text may fill must be followed by literal text or the end: else nothing says where it ends. */
function checkNeighbours(parts: readonly Part[], line: string): void {
  for (const [at, part] of parts.entries()) {
    const next = parts[at + 1]
    if (part instanceof Uint8Array || next === undefined || next instanceof Uint8Array) continue
    if (part.kind === 'any' || part.kind === 'word') {
      throw new Error(`template '${line}': {${part.name}} and {${next.name}} touch, expected text between them`)
    }
  }
}
