import { DOCKER_CUT } from './envelopes/body.ts'
import { type Identity, type IdentityRules, NOBODY } from './envelopes/identity.ts'
import { openJson, shapeOf, streamOf } from './envelopes/json.ts'
import { emptyScan, keyTable, scanObject } from './envelopes/scan.ts'
import { objectCache, spanCache } from './envelopes/spans.ts'
import { unescaper } from './envelopes/unescape.ts'

/** The text inside a line that is a JSON object; one object, overwritten by the next line. */
export interface JsonText {
  bytes: Uint8Array
  from: number
  to: number
  writer: JsonWriter
}

/** Who wrote it, as the metadata beside it say. */
export interface JsonWriter {
  readonly identity: Identity
  readonly stream: string
  /** What the shape of the object says of who made it. */
  readonly shape: string
}

/** Finds the text in lines of JSON as common shippers and other programs write them, without objects and strings. */
export interface JsonLines {
  /** Null where the line has to be parsed to know: broken, unusual, a log that is JSON itself, a part of a line. */
  read(bytes: Uint8Array, from: number, to: number): JsonText | null
}

const [BACKSLASH, RETURN, NEWLINE_LETTER] = [92, 13, 110] as const

export function jsonLines(rules: IdentityRules): JsonLines {
  const decoder = new TextDecoder()
  const scan = emptyScan()
  const mapped = [...rules.member, ...rules.cluster, ...rules.namespace]
  const keys = keyTable(mapped.map((path) => path.split('.', 1)[0] as string))
  const objects = objectCache()
  const known = spanCache<JsonWriter>()
  const texts = unescaper()
  let view: DataView = new DataView(new ArrayBuffer(0))
  const nobody = { identity: NOBODY, stream: '', shape: '' }
  const found: JsonText = { bytes: new Uint8Array(0), from: 0, to: 0, writer: nobody }

  /** Reads the metadata of a writer that was not met before. */
  function learn(bytes: Uint8Array, from: number, to: number): JsonWriter | null {
    const value = parsed(decoder.decode(bytes.subarray(from, to)))
    const [one, ...more] = value === undefined ? [] : (openJson(value, rules) ?? [])
    if (one === undefined || more.length > 0) return null
    if (one.partial || one.fields !== null || one.missing !== '') return null
    const writer = { identity: one.identity, stream: streamOf(value), shape: shapeOf(value) }
    known.keep(bytes, scan.spans, scan.count, writer)
    return writer
  }

  /** Sets the text between its quotes, freed of the end of its line; false when it is more than one line. */
  function set(bytes: Uint8Array, from: number, to: number): boolean {
    found.bytes = bytes
    found.from = from
    found.to = to
    if (scan.escaped && endsInOneEscape(bytes, from, to)) found.to = to - 2
    else if (scan.escaped) {
      const text = texts.read(bytes, from, to)
      if (!text.single) return false
      found.bytes = text.bytes
      found.from = text.from
      found.to = text.to
    }
    while (found.to > found.from && found.bytes[found.to - 1] === RETURN) found.to--
    return true
  }

  return {
    read(bytes, from, to) {
      if (view.buffer !== bytes.buffer) view = new DataView(bytes.buffer)
      if (!scanObject(bytes, view, from, to, keys, scan, objects)) return null
      if (scan.bodyTo - scan.bodyFrom >= DOCKER_CUT) return null
      const writer = known.find(bytes, view, scan.spans, scan.count) ?? learn(bytes, from, to)
      if (writer === null || !set(bytes, scan.bodyFrom, scan.bodyTo)) return null
      found.writer = writer
      return found
    },
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
