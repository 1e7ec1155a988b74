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
  const memberNamed = interning(names)
  const clusterNamed = interning(names)

  function encoded(text: string): Uint8Array {
    if (text === lastText) return lastBytes
    lastText = text
    lastBytes = encoder.encode(text)
    return lastBytes
  }

  function line(outcome: Outcome, of: Opening, record: Partial<RecordCursor>): SlowLine {
    const { identity, stream } = of
    const { member, cluster, basis } = identity
    const fixed = { member: memberNamed(member), cluster: clusterNamed(record.cluster ?? cluster), line: of.line }
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

/** Gives equal names as the same string; most lines name whom the line before named. */
function interning(names: Names): (name: string | null) => string | null {
  let [last, known] = ['', '']
  return (name) => {
    if (name === null) return null
    if (name === last) return known
    const bytes = encoder.encode(name)
    last = name
    known = names.of(bytes, 0, bytes.length)
    return known
  }
}

/** Where texts become bytes before these are copied, so that a line costs one piece of memory. */
let room = new Uint8Array(1 << 16)
/** Most bytes of a character of a string. */
const WIDEST = 3

/** The line as it stood and its message, in one piece of bytes. */
export function both(whole: string, message: string): Partial<RecordCursor> {
  const most = WIDEST * (whole.length + message.length) + 1
  if (most > room.length) room = new Uint8Array(most)
  const to = encoder.encodeInto(whole, room).written
  room[to] = NEWLINE
  const messageTo = to + 1 + encoder.encodeInto(message, room.subarray(to + 1)).written
  return { bytes: room.slice(0, messageTo), from: 0, to, messageFrom: to + 1, messageTo }
}
