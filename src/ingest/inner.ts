import { readCri } from './cri.ts'
import { type Identity, type IdentityRules, NOBODY } from './envelopes/identity.ts'
import { jsonLines } from './json-line.ts'

/** The text inside a wrapped line; one object, overwritten by the next line. */
export interface InnerText {
  bytes: Uint8Array
  from: number
  to: number
  writer: InnerWriter
}

/** Who wrote it, as far as the wrapper says. */
export interface InnerWriter {
  readonly identity: Identity
  readonly stream: string
  /** Whether the wrapper has a time, which a line without one of its own may take. */
  readonly timed: boolean
  /** What the wrapper is called in the summary. */
  readonly shape: string
}

/** Takes the most common wrappers off a line where it stands: without objects and strings. */
export interface InnerLines {
  /** Null when there is none of them, or only a look at the whole line as text can tell. */
  read(bytes: Uint8Array, from: number, to: number): InnerText | null
}

const BRACE = 123

export function innerLines(rules: IdentityRules): InnerLines {
  const objects = jsonLines(rules)
  const nobody = { identity: NOBODY, stream: '', timed: false, shape: '' }
  const inner: InnerText = { bytes: new Uint8Array(0), from: 0, to: 0, writer: nobody }
  let view: DataView = new DataView(new ArrayBuffer(0))
  return {
    read(bytes, from, to) {
      if (view.buffer !== bytes.buffer) view = new DataView(bytes.buffer)
      const found =
        bytes[from] === BRACE ? objects(bytes, view, from, to, inner) : readCri(bytes, view, from, to, inner)
      return found ? inner : null
    },
  }
}
