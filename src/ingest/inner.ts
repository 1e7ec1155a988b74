import { readCri } from './cri.ts'
import { type IdentityRules, NOBODY } from './envelopes/identity.ts'
import type { InnerText } from './inner-text.ts'
import { type JsonLines, jsonLines } from './json-line.ts'

/** Takes the most common wrappers off a line where it stands: without objects and strings. */
export interface InnerLines {
  /** Null when there is none of them, or only a look at the whole line as text can tell. */
  read(bytes: Uint8Array, from: number, to: number): InnerText | null
}

const BRACE = 123

export function innerLines(rules: IdentityRules): InnerLines {
  /** Made for the first object: it remembers much, and many logs may be open. */
  let objects: JsonLines | null = null
  const nobody = { identity: NOBODY, stream: '', timed: false, shape: '' }
  const inner: InnerText = { bytes: new Uint8Array(0), from: 0, to: 0, writer: nobody }
  let view: DataView = new DataView(new ArrayBuffer(0))
  return {
    read(bytes, from, to) {
      if (view.buffer !== bytes.buffer) view = new DataView(bytes.buffer)
      if (bytes[from] !== BRACE) return readCri(bytes, view, from, to, inner) ? inner : null
      objects ??= jsonLines(rules)
      return objects(bytes, view, from, to, inner) ? inner : null
    },
  }
}
