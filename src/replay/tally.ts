import type { RejectEffect } from '../model/effect.ts'
import type { RecordCursor } from '../model/record.ts'
import type { LineSource } from './log-source.ts'

const SAMPLES = 5
const LONGEST = 200

/** Counts of what became of each record, with samples of what nobody understood. */
export interface Tally {
  continuation: number
  empty: number
  duplicate: number
  rejected: number
  samples: number
  /** Lines without a prefix and without a line before them. */
  bare: number
  /** Lines that people put around a log they copied. */
  markup: number
  from: number
  to: number
  readonly unrecognisedBy: Map<string, { count: number; samples: string[] }>
  line(time: number): void
  unrecognised(record: RecordCursor): void
  bareUnrecognised(record: RecordCursor): void
  reject(source: LineSource, time: number): void
  rejectText(reason: string, source: RejectEffect['source'], time: number, text: string): void
}

export function tally(onReject: (reject: RejectEffect) => void): Tally {
  const decoder = new TextDecoder()

  function sample(program: string, record: RecordCursor): void {
    let of = counts.unrecognisedBy.get(program)
    if (of === undefined) {
      of = { count: 0, samples: [] }
      counts.unrecognisedBy.set(program, of)
    }
    of.count++
    if (of.samples.length < SAMPLES) of.samples.push(head(record))
  }

  function head(record: RecordCursor): string {
    return decoder.decode(record.bytes.subarray(record.from, Math.min(record.to, record.from + LONGEST)))
  }

  const counts: Tally = {
    continuation: 0,
    empty: 0,
    duplicate: 0,
    rejected: 0,
    samples: 0,
    bare: 0,
    markup: 0,
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
    unrecognisedBy: new Map(),
    line(time) {
      if (time < counts.from) counts.from = time
      if (time > counts.to) counts.to = time
    },
    unrecognised: (record) => sample(record.program, record),
    bareUnrecognised(record) {
      counts.bare++
      sample('unknown', record)
    },
    reject(source, time) {
      const { record } = source.reader
      counts.rejectText(record.reason, source.origin.at(source.line(), record.index), time, head(record))
    },
    rejectText(reason, source, time, text) {
      counts.rejected++
      onReject({
        kind: 'reject',
        time: Number.isFinite(time) ? time : Number.isFinite(counts.to) ? counts.to : 0,
        cluster: null,
        member: null,
        reason,
        source,
        text: text.slice(0, LONGEST),
      })
    },
  }
  return counts
}
