import type { Identity } from './envelopes/identity.ts'

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
