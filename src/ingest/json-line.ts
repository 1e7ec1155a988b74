import { DOCKER_CUT } from './envelopes/body.ts'
import type { IdentityRules } from './envelopes/identity.ts'
import { openJson, shapeOf, streamOf } from './envelopes/json.ts'
import { emptyScan, keyTable, scanObject } from './envelopes/scan.ts'
import { objectCache, spanCache } from './envelopes/spans.ts'
import { unescaper } from './envelopes/unescape.ts'
import type { InnerText, InnerWriter } from './inner-text.ts'

/**
 * Finds the text in a line of JSON as common shippers and other programs write it. False where the line has to be parsed
 * to know: broken, unusual, a log that is JSON itself, a part of a line.
 */
export type JsonLines = (bytes: Uint8Array, view: DataView, from: number, to: number, inner: InnerText) => boolean

const [BACKSLASH, RETURN, NEWLINE_LETTER] = [92, 13, 110] as const

export function jsonLines(rules: IdentityRules): JsonLines {
  const decoder = new TextDecoder()
  const scan = emptyScan()
  const mapped = [...rules.member, ...rules.cluster, ...rules.namespace]
  const keys = keyTable(mapped.map((path) => path.split('.', 1)[0] as string))
  const objects = objectCache()
  const known = spanCache<InnerWriter>()
  const texts = unescaper()

  /** Reads the metadata of a writer that was not met before. */
  function learn(bytes: Uint8Array, from: number, to: number): InnerWriter | null {
    const value = parsed(decoder.decode(bytes.subarray(from, to)))
    const [one, ...more] = value === undefined ? [] : (openJson(value, rules) ?? [])
    if (one === undefined || more.length > 0) return null
    if (one.partial || one.fields !== null || one.missing !== '') return null
    const writer = { identity: one.identity, stream: streamOf(value), timed: one.time !== '', shape: shapeOf(value) }
    known.keep(bytes, scan.spans, scan.count, writer)
    return writer
  }

  /** Sets the text between its quotes, freed of the end of its line; false when it is more than one line. */
  function set(bytes: Uint8Array, from: number, to: number, inner: InnerText): boolean {
    inner.bytes = bytes
    inner.from = from
    inner.to = to
    if (scan.escaped && endsInOneEscape(bytes, from, to)) inner.to = to - 2
    else if (scan.escaped) {
      const text = texts.read(bytes, from, to)
      if (!text.single) return false
      inner.bytes = text.bytes
      inner.from = text.from
      inner.to = text.to
    }
    while (inner.to > inner.from && inner.bytes[inner.to - 1] === RETURN) inner.to--
    return true
  }

  return (bytes, view, from, to, inner) => {
    if (!scanObject(bytes, view, from, to, keys, scan, objects)) return false
    if (scan.bodyTo - scan.bodyFrom >= DOCKER_CUT) return false
    const writer = known.find(bytes, view, scan.spans, scan.count) ?? learn(bytes, from, to)
    if (writer === null) return false
    inner.writer = writer
    return set(bytes, scan.bodyFrom, scan.bodyTo, inner)
  }
}

/** docker's lines end in `\n` and mostly hold no other escape: they may be read where they stand. */
function endsInOneEscape(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[to - 1] === NEWLINE_LETTER && bytes.indexOf(BACKSLASH, from) === to - 2
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
