import type { Outcome, RecordCursor } from '../../model/record.ts'
import type { Names } from '../names.ts'
import { keyOf, type Opening, type Part, type SlowLine } from './part.ts'

/** Makes records of texts. */
export interface LineMaker {
  line(outcome: Outcome, of: Opening, record: Partial<RecordCursor>): SlowLine
  /** A line that belongs to the one before, or that a helper program wrote. */
  bare(part: Part): SlowLine
  /** A line that a message goes on with, whatever it looks like. */
  more(part: Part): SlowLine
  bareOf(of: Opening, bytes: Uint8Array, from: number, to: number): SlowLine
  /** Bytes of a text; the last ones are kept, because a text that is tried in vain is a bare line. */
  encoded(text: string): Uint8Array
}

const encoder = new TextEncoder()
const NEWLINE = 10

export function lineMaker(names: Names): LineMaker {
  let lastText = ''
  let lastBytes: Uint8Array = new Uint8Array(0)

  function interned(name: string | null): string | null {
    if (name === null) return null
    const bytes = encoder.encode(name)
    return names.of(bytes, 0, bytes.length)
  }

  function encoded(text: string): Uint8Array {
    if (text === lastText) return lastBytes
    lastText = text
    lastBytes = encoder.encode(text)
    return lastBytes
  }

  function line(outcome: Outcome, of: Opening, record: Partial<RecordCursor>): SlowLine {
    const { identity, stream } = of
    const { member, cluster, basis } = identity
    const fixed = { member: interned(member), cluster: interned(record.cluster ?? cluster), line: of.line }
    return {
      outcome,
      stream,
      key: keyOf(of),
      basis,
      record: { index: 0, sqlstate: '', joined: true, ...record, ...fixed },
    }
  }

  function bareOf(of: Opening, bytes: Uint8Array, from: number, to: number): SlowLine {
    const whole = { bytes, from, to, messageFrom: from, messageTo: to }
    return line('bare', of, { ...whole, time: Number.NaN, program: 'unknown', level: 'INFO' })
  }

  function bare(part: Part): SlowLine {
    const bytes = encoded(part.text)
    return bareOf(part, bytes, 0, bytes.length)
  }

  function more(part: Part): SlowLine {
    const one = bare(part)
    return { ...one, record: { ...one.record, messageFrom: one.record.messageTo as number } }
  }

  return { line, bare, more, bareOf, encoded }
}

/** The line as it stood and its message, in one piece of bytes. */
export function both(whole: string, message: string): Partial<RecordCursor> {
  const outer = encoder.encode(whole)
  const inner = encoder.encode(message)
  const bytes = new Uint8Array(outer.length + 1 + inner.length)
  bytes.set(outer)
  bytes[outer.length] = NEWLINE
  bytes.set(inner, outer.length + 1)
  return { bytes, from: 0, to: outer.length, messageFrom: outer.length + 1, messageTo: bytes.length }
}
