import { isMetric } from '../envelopes/body.ts'
import type { Enveloped } from '../envelopes/enveloped.ts'
import { openJson, shapeOf } from '../envelopes/json.ts'
import { levelOf, readStamp } from '../loose.ts'
import { severityOf } from '../severity.ts'
import { asShown } from '../wrap.ts'
import type { Joiner } from './joiner.ts'
import { both, type LineMaker } from './lines.ts'
import { DEEPEST, type Open, type Part, type SlowLine, within } from './part.ts'
import { clockOf, type Reading, timeWritten } from './reading.ts'
import { message } from './wordings.ts'

/** Texts that are JSON: envelopes of shippers, and logs that are JSON themselves. */
export interface JsonTexts {
  /** Null when it is no JSON that holds a record. */
  open(part: Part): readonly SlowLine[] | null
  /** The same of a value that was parsed already; `text` is what evidence quotes, '' for the record itself. */
  parsed(part: Part, value: unknown): readonly SlowLine[]
  /** The same of a record out of a batch. */
  enveloped(part: Part, record: Enveloped, index: number): readonly SlowLine[]
  /** Text in front of a JSON record: a helper wrote without ending its line. */
  embedded(part: Part): readonly SlowLine[] | null
}

export function jsonTexts(reading: Reading, make: LineMaker, { join }: Joiner, open: Open): JsonTexts {
  function json(part: Part): readonly SlowLine[] | null {
    if (part.depth >= DEEPEST) return null
    let value: unknown
    try {
      value = JSON.parse(part.text)
    } catch {
      return null
    }
    return typeof value === 'object' || typeof value === 'string' ? parsed(part, value) : null
  }

  function parsed(part: Part, value: unknown): readonly SlowLine[] {
    const records = openJson(value, reading.rules)
    if (records === null) return [make.line('rejected', part, { reason: whyNoLine(value) })]
    if (reading.shape === '') reading.shape = shapeOf(value)
    let index = 0
    return records.flatMap((record) => {
      const lines = enveloped(part, record, index)
      index += Math.max(1, lines.length)
      return lines
    })
  }

  function enveloped(part: Part, record: Enveloped, index: number): readonly SlowLine[] {
    const identity = record.identity.basis === 'none' ? part.identity : record.identity
    const of = { ...part, identity, stream: within(part.stream, record.stream) }
    if (record.missing !== '') return [make.line('rejected', of, { reason: record.missing, index })]
    if (record.fields !== null) return [withFields(reading, make, of, record, index)]
    const whole = join(of, record.text.replace(/\r?\n$/, ''), record.partial)
    if (whole === null) return []
    const lines = whole.text.split('\n').flatMap((text, at) => {
      const next = { ...whole, text: asShown(text.replace(/\r$/, '')), depth: part.depth + 1 }
      const lines = open(next) ?? message(reading, make, next, timeWritten(reading, record.time)) ?? [make.bare(next)]
      return lines.map((each) => ({ ...each, record: { ...each.record, index: index + at } }))
    })
    // Another program's object that carries no dated line does not show how the file is written.
    if (lines.some(({ outcome }) => outcome === 'line')) reading.wrapped = true
    return lines
  }

  function embedded(part: Part): readonly SlowLine[] | null {
    const at = part.text.indexOf('{"')
    if (at <= 0 || !part.text.endsWith('}') || part.depth > 0) return null
    const records = json({ ...part, text: part.text.slice(at) })
    if (records === null || records.some(({ outcome }) => outcome !== 'line')) return null
    return [make.bare({ ...part, text: part.text.slice(0, at) }), ...records]
  }

  return { open: json, parsed, enveloped, embedded }
}

/** A log that is JSON itself: evidence quotes the object, the message is recognised. */
function withFields(reading: Reading, make: LineMaker, part: Part, record: Enveloped, index: number): SlowLine {
  const { time: written, program, level, sqlstate } = record.fields as NonNullable<Enveloped['fields']>
  const time = readStamp(written, clockOf(reading))
  if (Number.isNaN(time)) return make.bare({ ...part, text: record.text })
  reading.latest = time
  return make.line('line', part, {
    ...both(part.text === '' ? record.text : part.text, record.text),
    time,
    level: program === 'postgres' ? (severityOf(level)?.level ?? 'INFO') : levelOf(level),
    program,
    sqlstate,
    index,
  })
}

function whyNoLine(value: unknown): string {
  return isMetric(value) ? 'a metric, no log line' : 'JSON without a log line in it'
}
