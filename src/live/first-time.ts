import { names } from '../ingest/names.ts'
import { lineReader } from '../ingest/reader.ts'
import type { FirstTime } from '../io/follow/start.ts'

const NEWLINE = 10

/** The first line of a log that has a time. */
export function firstLineTime(zone: string): FirstTime {
  return (text) => {
    const reader = lineReader({ zone, names: names() })
    reader.push(text)
    for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next())
      if (outcome === 'line') return { time: reader.record.time, byte: startOf(text, reader.record.line) }
    return null
  }
}

/** Where a line begins, counted from 1. */
function startOf(text: Uint8Array, line: number): number {
  let byte = 0
  for (let number = 1; number < line; number++) byte = text.indexOf(NEWLINE, byte) + 1
  return byte
}

const decoder = new TextDecoder()

/** The first line of JSON that says when it was read: `t` of a capture, in seconds. */
export const firstReadingTime: FirstTime = (text) => {
  for (let byte = 0; byte < text.length; ) {
    const newline = text.indexOf(NEWLINE, byte)
    const end = newline < 0 ? text.length : newline
    const [, seconds] = /^\{"t":\s*(\d{1,12}(?:\.\d+)?)/.exec(decoder.decode(text.subarray(byte, end))) ?? []
    if (seconds !== undefined) return { time: Number(seconds) * 1000, byte }
    byte = end + 1
  }
  return null
}
