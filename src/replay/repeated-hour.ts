import type { Names } from '../ingest/names.ts'
import { type LineReader, lineReader } from '../ingest/reader.ts'
import { localClock } from '../ingest/time.ts'
import type { InputFile, InputSequence } from '../io/files/input.ts'

const HOUR = 3_600_000
/** So many hours a zone may be away from UTC. */
const FARTHEST = 14

/**
 * When summer time ends one hour comes twice, and a log may begin in it. It is read on until that hour is over, both ways:
 * right is the way in which its time moves less, without an hour left out or repeated. Gives a time that the log had come to
 * before its first line, epoch ms; NaN when it begins at another time, in the earlier of the two hours, or when it ends before
 * anything tells them apart.
 */
export async function cameTo(sequence: InputSequence, zone: string, names: Names): Promise<number> {
  const [file] = sequence.files
  const end = sequence.from === null ? null : repeatedHour(zone, sequence.from)
  if (file === undefined || end === null) return Number.NaN
  const ways = [Number.NaN, end].map((after) => way(lineReader({ zone, names, after })))
  await readOn(file, ways, end + HOUR)
  const [early, late] = ways.map(({ moved }) => moved) as [number, number]
  return late < early ? end : Number.NaN
}

/** The end of the later of the two hours when a log begins in one of them; its first stamp may be of the zone or UTC. */
function repeatedHour(zone: string, from: number): number | null {
  const clock = localClock(zone)
  const hour = Math.floor(from / HOUR)
  for (let off = -FARTHEST; off <= FARTHEST; off++) {
    const [first, second] = clock.readings((hour + off) * HOUR)
    if (first === undefined || second === undefined) continue
    return off === 0 || (from >= first && from < second + HOUR) ? second + HOUR : null
  }
  return null
}

/** A log read one way: how far its time went forth and back, ms, and how far it has come. */
interface Way {
  readonly reader: LineReader
  moved: number
  time: number
}

const way = (reader: LineReader): Way => ({ reader, moved: 0, time: Number.NaN })

async function readOn(file: InputFile, ways: readonly Way[], until: number): Promise<void> {
  // A pipe can be read once, but for its beginning.
  if (file.bytes === 0) {
    const { head } = await file.peek(false)
    for (const each of ways) readChunk(each, head, until)
    return
  }
  const stream = file.open()
  try {
    for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read()) {
      for (const each of ways) readChunk(each, chunk, until)
      if (ways.every(({ time }) => time >= until)) return
    }
  } finally {
    await stream.close()
  }
}

function readChunk(way: Way, chunk: Uint8Array, until: number): void {
  const { reader } = way
  reader.push(chunk)
  for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next()) {
    if (outcome !== 'line' || way.time >= until) continue
    if (!Number.isNaN(way.time)) way.moved += Math.abs(reader.record.time - way.time)
    way.time = reader.record.time
  }
}
