import { CSV_START, csvRecord, quotesBalanced } from '../csvlog.ts'
import { readStamp } from '../loose.ts'
import { both, type LineMaker } from './lines.ts'
import { keyOf, LONGEST, MOST_OPEN, type Open, type Part, type SlowLine } from './part.ts'
import { isPrefixed, loose } from './prefixes.ts'
import { clockOf, noted, type Reading } from './reading.ts'

/** Records of csvlogs, which may go on over lines, by stream. */
export interface CsvLogs {
  /** Whether a record of the stream goes on with this text. What is wrapped otherwise is not opened yet. */
  continues(part: Part): boolean
  /** Takes a text that a record goes on with, or that was lost its end. */
  goOn(part: Part): readonly SlowLine[]
  /** Takes the first line of a record; null when it is none. */
  begin(part: Part): readonly SlowLine[] | null
  /** Whether no record goes on. */
  idle(): boolean
  /** Least line number of the records that go on; Infinity without one. */
  since(): number
  /** What still went on when the input ended. */
  flush(): readonly SlowLine[]
}

/** A record whose quotes are not balanced yet. */
interface OpenCsv {
  readonly part: Part
  readonly lines: string[]
  length: number
}

export function csvLogs(reading: Reading, make: LineMaker, open: Open): CsvLogs {
  const csvs = new Map<string, OpenCsv>()

  function completed({ part, lines }: OpenCsv): readonly SlowLine[] {
    const whole = { ...part, text: lines.join('\n') }
    return csvLine(reading, make, whole) ?? [make.bare(whole)]
  }

  function unfinished({ part, lines }: OpenCsv): readonly SlowLine[] {
    const whole = csvLine(reading, make, { ...part, text: lines.join('\n') })
    return whole ?? [make.line('rejected', part, { reason: 'csvlog record without its end' })]
  }

  return {
    continues: (part) => csvs.size > 0 && csvs.get(keyOf(part))?.part.depth === part.depth,
    goOn(part) {
      const before = csvs.get(keyOf(part)) as OpenCsv
      if (CSV_START.test(part.text) || isPrefixed(reading, part.text)) {
        // Its end was lost on the way: what there is of it counts.
        csvs.delete(keyOf(part))
        return [...completed(before), ...(open(part) ?? [make.bare(part)])]
      }
      before.lines.push(part.text)
      before.length += part.text.length
      // One quote is open: the line that has an odd number of them ends it.
      if (quotesBalanced(part.text) && before.length <= LONGEST) return []
      csvs.delete(keyOf(part))
      return completed(before)
    },
    begin(part) {
      if (quotesBalanced(part.text) || csvs.size >= MOST_OPEN) return csvLine(reading, make, part)
      csvs.set(keyOf(part), { part, lines: [part.text], length: part.text.length })
      return []
    },
    idle: () => csvs.size === 0,
    since() {
      let least = Number.POSITIVE_INFINITY
      for (const { part } of csvs.values()) least = Math.min(least, part.line)
      return least
    },
    flush() {
      const left = [...csvs.values()].flatMap(unfinished)
      csvs.clear()
      return left
    },
  }
}

/** A whole record; null when it is none. */
function csvLine(reading: Reading, make: LineMaker, part: Part): readonly SlowLine[] | null {
  const record = csvRecord(part.text)
  if (record === null) return part.depth === 0 ? loose(reading, make, part) : null
  const time = readStamp(record.time, clockOf(reading))
  if (Number.isNaN(time)) return null
  reading.latest = time
  noted(reading, 'csvlog')
  const { level, sqlstate } = record
  const found = { ...both(part.text, record.message), time, level, sqlstate, program: 'postgres' } as const
  return [make.line('line', part, found)]
}
