import type { Reading } from '../model/sample.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** Positions are bigint, which JSON has not: they are written as decimal texts. */
const POSITIONS: ReadonlySet<string> = new Set(['writeLsn', 'receiveLsn', 'replayLsn'])

/** A reading as it travels in a frame. */
export function encodeReading(reading: Reading): Uint8Array {
  return encoder.encode(JSON.stringify(reading, (_, value) => (typeof value === 'bigint' ? value.toString() : value)))
}

/** What `encodeReading` wrote. Throws a RangeError at anything else. */
export function decodeReading(bytes: Uint8Array): Reading {
  const text = decoder.decode(bytes)
  try {
    return JSON.parse(text, (key, value) => (POSITIONS.has(key) && typeof value === 'string' ? BigInt(value) : value))
  } catch (cause) {
    throw new RangeError('frame of observations: a reading that is none', { cause })
  }
}
