import { metaOf } from '../../ingest/envelopes/placed.ts'
import { recordReader } from '../../ingest/envelopes/record-reader.ts'
import type { Names } from '../../ingest/names.ts'
import { isAhead } from '../../journal/ahead.ts'
import { lineReading } from '../../live/sources.ts'
import type { Recogniser } from '../../model/record.ts'
import { type Heard, hearLine, nothingHeard } from '../identity.ts'
import { disorder } from './disorder.ts'
import { type RangeBatch, type RangeRecord, rangeReader, type TopicRange } from './range.ts'
import { type PlacedReading, readingsReader } from './readings-reader.ts'

/** What a first look at a range learns. */
export interface Scanned {
  /** The range less the records behind the last time that is wanted. */
  readonly range: TopicRange
  readonly heard: Heard
  /** Whether clusters are but guessed from pods' names. */
  readonly guessed: boolean
  /** How far its writers lie behind the one that is furthest, ms. */
  readonly lag: number
}

export interface ScanOptions {
  /** Zone of lines that name none. */
  readonly zone: string
  readonly names: Names
  readonly recogniser: Recogniser
  /** How late a line may come against its own stream, ms. */
  readonly lateness: number
  /** Last event time wanted, epoch ms; null for all. */
  readonly until: number | null
}

/** Says of each record when its lines or readings were written, and learns on the way who wrote them. */
interface Ear {
  readonly heard: Heard
  readonly guessed: boolean
  /** Event times of what the record completed, with the writer each is of. */
  hear(record: RangeRecord, note: (time: number, writer: string) => void): void
}

/** A record appended so long after the last time wanted, ms, may still bring something of before: shippers fall behind. */
const GRACE = 900_000
/** Lines of a writer that are asked for its name. */
const ASKED = 2_000

/** Reads a range once to learn what its replay must know beforehand. */
export async function scan(range: TopicRange, options: ScanOptions): Promise<Scanned> {
  const ear = range.source.kind === 'metrics' ? readingsEar(range, options) : linesEar(range, options)
  const order = disorder(options.lateness)
  const batches = rangeReader(range, () => {})
  let to = range.from
  try {
    for (let batch = await batches.next(); batch !== null; batch = await batches.next()) {
      const wanted = hearBatch(batch, ear, order.note, options.until)
      if (wanted) to = batch.next
      else if (appendedAfter(batch, (options.until as number) + GRACE)) break
    }
  } finally {
    await batches.close()
  }
  return { range: { ...range, to }, heard: ear.heard, guessed: ear.guessed, lag: order.lag }
}

/** Whether something in the batch may be wanted. */
function hearBatch(batch: RangeBatch, ear: Ear, note: (time: number, writer: string) => void, until: number | null) {
  let wanted = until === null
  let dated = false
  for (const record of batch.records)
    ear.hear(record, (time, writer) => {
      dated = true
      if (until !== null && time <= until) wanted = true
      note(time, writer)
    })
  return wanted || !dated
}

function appendedAfter({ records }: RangeBatch, time: number): boolean {
  return records.every(({ timestamp }) => timestamp > time)
}

function linesEar({ source }: TopicRange, { zone, names, recogniser }: ScanOptions): Ear {
  const reader = recordReader(lineReading(source, source.timezone ?? zone, names, recogniser))
  const heard = nothingHeard()
  const asked: number[] = []
  let guessed = false
  let appended = Number.NaN

  function hearOne(note: (time: number, writer: string) => void): void {
    const { record, writer } = reader
    const count = asked[record.stream] ?? 0
    asked[record.stream] = count + 1
    if (count < ASKED) hearLine(record, recogniser, names, heard)
    if (writer().basis === 'pod name') guessed = true
    note(record.time, record.program === 'postgres' ? `${record.stream}p` : `${record.stream}`)
  }

  return {
    heard,
    get guessed() {
      return guessed
    },
    hear(record, note) {
      if (record.timestamp >= 0) appended = record.timestamp
      reader.push(record.value, metaOf(record))
      for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next())
        if (outcome === 'line' && !isAhead(reader.record.time, appended)) hearOne(note)
    },
  }
}

function readingsEar({ source }: TopicRange, { names }: ScanOptions): Ear {
  const reader = readingsReader(source, names)
  const heard = nothingHeard()
  const hearOne = ({ reading: { cluster, member, time } }: PlacedReading, note: (time: number, of: string) => void) => {
    if (cluster?.includes('/') === true) heard.clusters.add(cluster)
    note(time, member)
  }
  return {
    heard,
    guessed: false,
    hear(record, note) {
      for (const placed of reader.take(record).readings) hearOne(placed, note)
    },
  }
}
