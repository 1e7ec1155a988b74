import type { Dumped } from './dumped.ts'

/** The records that `kafka-console-consumer` printed, put together line by line. */
export interface ConsoleRecords {
  /** Takes whole lines; gives the records that they complete. */
  take(bytes: Uint8Array): Iterable<Dumped>
  /** The last record. */
  end(): Iterable<Dumped>
}

/** What stands before the value of a record; `from` is where that begins. */
interface Head extends Pick<Dumped, 'partition' | 'ts' | 'headers' | 'key'> {
  readonly offset: number | null
  readonly from: number
}

/**
 * With `print.partition`, and what else is asked for in this order: time, partition, offset, headers, key. The name of the
 * topic is never printed, and nothing tells a key that is asked for from the begin of a value: a word before a tab is one.
 */
const HEAD =
  /^(?:(?:(?:CreateTime|LogAppendTime):(-?\d{1,15})|NoTimestamp(?::-?\d{1,15})?)\t)?Partition:(\d{1,9})\t(?:Offset:(\d{1,15})\t)?(?:(NO_HEADERS|[\w.-]{1,64}:[^\t"{]{0,256})\t)?(?:([\w./-]{1,128})\t)?/
/** It stands within so many bytes of a line. */
const REACH = 800
const NEWLINE = 10
/** More lines belong to no record. */
const LONGEST = 1 << 20
const decoder = new TextDecoder()
const latin = new TextDecoder('latin1')

/** The head of the line bytes[from, to), or null. */
export function consoleHead(bytes: Uint8Array, from: number, to: number): Head | null {
  const found = HEAD.exec(latin.decode(bytes.subarray(from, Math.min(to, from + REACH))))
  if (found === null) return null
  const [all, time, partition, offset, headers, key] = found
  return {
    partition: Number(partition),
    offset: offset === undefined ? null : Number(offset),
    ts: time === undefined ? -1 : Number(time),
    headers: headers === undefined || headers === 'NO_HEADERS' ? [] : headers.split(',').flatMap(headerOf),
    key: key === undefined || key === 'null' ? null : key,
    from: from + all.length,
  }
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':')
  return [text.slice(0, colon), text.slice(colon + 1)]
}

/** `topic`: what the records are said to be of. Where no offsets were printed, they are counted. */
export function consoleRecords(topic: string): ConsoleRecords {
  const next = new Map<number, number>()
  let open: Dumped | null = null

  function begin({ from, offset, ...head }: Head, bytes: Uint8Array, to: number): Dumped {
    const at = offset ?? next.get(head.partition) ?? 0
    next.set(head.partition, at + 1)
    const value = decoder.decode(bytes.subarray(from, to))
    return { topic, ...head, offset: at, payload: value === 'null' ? null : value }
  }

  /** A line without a head goes on with the value before it. */
  function* line(bytes: Uint8Array, from: number, to: number): Iterable<Dumped> {
    const head = consoleHead(bytes, from, to)
    if (head !== null) {
      if (open !== null) yield open
      open = begin(head, bytes, to)
    } else if (open !== null && (open.payload?.length ?? LONGEST) < LONGEST)
      open.payload = `${open.payload}\n${decoder.decode(bytes.subarray(from, to))}`
  }

  return {
    *take(bytes) {
      for (let from = 0; from < bytes.length; ) {
        const newline = bytes.indexOf(NEWLINE, from)
        const to = newline < 0 ? bytes.length : newline
        yield* line(bytes, from, to)
        from = to + 1
      }
    },
    *end() {
      if (open !== null) yield open
    },
  }
}
