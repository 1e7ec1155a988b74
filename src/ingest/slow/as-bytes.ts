import { NOBODY } from '../envelopes/identity.ts'
import { mayBegin } from '../glance.ts'
import { innerLines } from '../inner.ts'
import { type JsonLogLine, readJsonLog } from '../json-log.ts'
import type { LineMaker } from './lines.ts'
import type { Opening, SlowLine } from './part.ts'
import { quick } from './prefixes.ts'
import { noted, type Reading } from './reading.ts'

/**
 * Reads a line that need not be looked at as text, bytes[from, to) with its number; null when it has to be. In a settled file, whose
 * lines have times of their own, that of an object counts for none in it.
 */
export type ReadAsBytes = (
  bytes: Uint8Array,
  from: number,
  to: number,
  line: number,
  settled: boolean,
) => readonly SlowLine[] | null

const BRACE = 123

/** For wrappers and JSON logs that are common. */
export function asBytes(reading: Reading, make: LineMaker): ReadAsBytes {
  const inside = innerLines(reading.rules)
  const fields: JsonLogLine = { local: Number.NaN, level: 'INFO', messageFrom: 0, messageTo: 0 }

  /** A line of Patroni's JSON log. */
  function fieldsIn(of: Opening, bytes: Uint8Array, from: number, to: number): SlowLine | null {
    if (bytes[from] !== BRACE || !readJsonLog(bytes, from, to, reading.stamps, fields)) return null
    const { local, level, messageFrom, messageTo } = fields
    const time = reading.clock.toUtc(local, reading.latest)
    reading.latest = time
    return make.line('line', of, { bytes, from, to, messageFrom, messageTo, time, level, program: 'patroni' })
  }

  return (bytes, from, to, number, settled) => {
    const whole = { identity: NOBODY, stream: '', depth: 0, line: number }
    const own = fieldsIn(whole, bytes, from, to)
    if (own !== null) {
      noted(reading, 'patroni json')
      return [own]
    }
    const inner = inside.read(bytes, from, to)
    if (inner === null || inner.from === inner.to) return null
    const { identity, stream, timed, shape } = inner.writer
    const of = { ...whole, identity, stream, depth: 1 }
    const line =
      quick(reading, make, of, inner.bytes, inner.from, inner.to) ?? fieldsIn(of, inner.bytes, inner.from, inner.to)
    if (line !== null) {
      noted(reading, shape)
      if (line.outcome === 'line') reading.wrapped = true
      return [line]
    }
    const mayTell = timed && !(settled && bytes[from] === BRACE)
    if (mayTell || mayBegin(inner.bytes, inner.from, inner.to, false, true)) return null
    noted(reading, shape)
    return [make.bareOf(of, inner.bytes, inner.from, inner.to)]
  }
}
