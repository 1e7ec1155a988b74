import { loosePrefix } from '../loose.ts'
import { emptyPrefix, patroniPrefix, postgresPrefix } from '../prefix.ts'
import { both, type LineMaker } from './lines.ts'
import { operatorCluster, operatorMessage } from './operator.ts'
import type { Opening, Part, SlowLine } from './part.ts'
import { clockOf, noted, noteStamped, type Reading } from './reading.ts'

const [ZERO, NINE] = [48, 57] as const
/** A prefix stands within the first characters of a line. */
const HEAD = 200
const encoder = new TextEncoder()
const prefix = emptyPrefix()

function common({ stamps }: Reading, bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] as number
  if (first < ZERO || first > NINE) return false
  return patroniPrefix(stamps, bytes, from, to, prefix) || postgresPrefix(stamps, bytes, from, to, prefix)
}

/** The two prefixes that nearly all lines have, on a line that was wrapped; null without one. */
export function quick(
  reading: Reading,
  make: LineMaker,
  of: Opening,
  bytes: Uint8Array,
  from: number,
  to: number,
): SlowLine | null {
  if (!common(reading, bytes, from, to)) return null
  if (prefix.continues) return make.bareOf(of, bytes, from, to)
  const { time, program, level, messageFrom } = prefix
  reading.latest = time
  noteStamped(reading, program, of)
  return make.line('line', of, { bytes, from, to, messageFrom, messageTo: to, time, program, level })
}

/** Whether a text begins with one of them. */
export function isPrefixed(reading: Reading, text: string): boolean {
  const bytes = encoder.encode(text.slice(0, HEAD))
  return common(reading, bytes, 0, bytes.length)
}

/** Prefixes in other forms; null without one. */
export function loose(reading: Reading, make: LineMaker, part: Part): readonly SlowLine[] | null {
  const found = loosePrefix(part.text, clockOf(reading))
  if (found === null) return null
  if (found.continues) return [make.bare(part)]
  const { time, program, level } = found
  reading.latest = time
  noteStamped(reading, program, part)
  noted(reading, `${program}, prefix of its own`)
  const message = program === 'operator' ? operatorMessage(part.text) : part.text.slice(found.length)
  const record = { ...both(part.text, message), time, program, level, cluster: operatorCluster(part) }
  return [make.line('line', part, record)]
}
