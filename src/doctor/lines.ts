import type { SourceSettings } from '../config/sections/live.ts'
import { metaOf } from '../ingest/envelopes/placed.ts'
import { type RecordReader, recordReader } from '../ingest/envelopes/record-reader.ts'
import { names } from '../ingest/names.ts'
import { lineReading } from '../live/sources.ts'
import type { Recogniser, RecordCursor } from '../model/record.ts'
import type { Input } from './needs.ts'
import { type Counted, Counter } from './report.ts'
import type { PartitionSample } from './sample.ts'
import { type Voice, type Voices, voices } from './voices.ts'

/** What the records of a topic of lines hold. */
export interface LinesLook {
  readonly voices: readonly Voice[]
  readonly understood: Readonly<Record<string, number>>
  readonly unrecognised: readonly Counted[]
  readonly rejected: readonly Counted[]
}

const SAMPLES = 3
const HEAD = 200
const decoder = new TextDecoder()

/** Reads the records as `live` would; `zone` is that of lines that name none. */
export function lookAtLines(
  samples: readonly PartitionSample[],
  source: SourceSettings,
  zone: string,
  recogniser: Recogniser,
): LinesLook {
  const look = new Look(recogniser)
  for (const { partition, records } of samples) {
    const reader = recordReader(lineReading(source, zone, names(), recogniser))
    for (const record of records) {
      reader.push(record.value, metaOf(record))
      look.takeAll(reader, partition, record.timestamp)
    }
    reader.end()
    look.takeAll(reader, partition, Number.NaN)
  }
  const { counts, unrecognised, rejected } = look
  return {
    voices: look.voices.all(),
    understood: counts,
    unrecognised: unrecognised.all(),
    rejected: rejected.all(),
  }
}

class Look {
  readonly voices: Voices = voices()
  readonly counts = { event: 0, noise: 0, continuation: 0, unrecognised: 0, empty: 0, rejected: 0 }
  readonly unrecognised = new Counter(SAMPLES)
  readonly rejected = new Counter(1)
  readonly #recogniser: Recogniser

  constructor(recogniser: Recogniser) {
    this.#recogniser = recogniser
  }

  takeAll(reader: RecordReader, partition: number, recorded: number): void {
    for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next()) {
      const { record } = reader
      if (outcome === 'line') this.#line(record, this.voices.of(reader.writer(), partition), recorded)
      else if (outcome === 'bare') this.#bare(record)
      else if (outcome === 'empty') this.counts.empty++
      else {
        this.counts.rejected++
        this.rejected.add(record.reason, () => head(record))
      }
    }
  }

  #line(record: RecordCursor, voice: Voice, recorded: number): void {
    const { program, level, bytes, messageFrom, messageTo, joined, time } = record
    const id = this.#recogniser.match(program, bytes, messageFrom, messageTo, joined, level)
    voice.count++
    this.#count(id, record)
    const input: Input | null = program === 'patroni' || program === 'postgres' ? program : null
    if (input === null) return
    voice.inputs.add(input)
    if (recorded >= 0) stampsOf(voice, input).push({ time, recorded })
    if (id >= 0) this.#self(id, bytes, voice)
  }

  #count(id: number, record: RecordCursor): void {
    if (id >= 0) this.counts[this.#recogniser.entries[id]?.type === 'noise' ? 'noise' : 'event']++
    else {
      this.counts.unrecognised++
      this.unrecognised.add(record.program, () => head(record))
    }
  }

  /** The bare output of a helper program may mean something; else it goes on with the line before, read here or not. */
  #bare(record: RecordCursor): void {
    const { bytes, messageFrom, messageTo, joined } = record
    const id = this.#recogniser.match('unknown', bytes, messageFrom, messageTo, joined)
    if (id >= 0) this.#count(id, record)
    else this.counts.continuation++
  }

  #self(id: number, bytes: Uint8Array, { selves }: Voice): void {
    const { entries, holes } = this.#recogniser
    const hole = entries[id]?.holes.indexOf('self') ?? -1
    if (hole >= 0 && selves.size < 8)
      selves.add(decoder.decode(bytes.subarray(holes[2 * hole] as number, holes[2 * hole + 1] as number)))
  }
}

function stampsOf({ stamps }: Voice, input: Input) {
  const known = stamps.get(input)
  if (known !== undefined) return known
  const made: { time: number; recorded: number }[] = []
  stamps.set(input, made)
  return made
}

function head({ bytes, from, to }: RecordCursor): string {
  return decoder.decode(bytes.subarray(from, Math.min(to, from + HEAD)))
}
