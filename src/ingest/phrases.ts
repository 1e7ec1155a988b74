import type { Level } from '../model/message.ts'
import type { Phrase } from '../model/record.ts'
import { alike, isPlain } from './words.ts'

/** What one writer says again and again behind the time stamps of its lines. */
export interface Phrases {
  /** The phrase that stands at `from` and ends its line, or null. `view` is that of the same bytes. */
  find(view: DataView, bytes: Uint8Array, from: number, to: number): KnownPhrase | null
  /** Remembers the text of a line that a newline ends; null when it is not worth it. */
  learn(bytes: Uint8Array, from: number, to: number, messageFrom: number, level: Level): KnownPhrase | null
}

/** Printable ASCII. */
export interface KnownPhrase extends Phrase {
  /** Its bytes, the level included. */
  readonly text: DataView
  readonly length: number
  /** Bytes before the message: the level. */
  readonly messageFrom: number
  readonly level: Level
}

/** A healthy member alternates between two lines; some more come with an outage. */
const MOST = 4
/** A time stamp of Patroni and the blank behind it. */
export const STAMP = 24
/** Longer lines are reports, which seldom repeat. */
const LONGEST = 256 - STAMP
const NEWLINE = 10

export function phrases(): Phrases {
  const known: KnownPhrase[] = []
  /** The oldest one, which the next takes the place of. */
  let oldest = 0

  return {
    find(view, bytes, from, to) {
      for (let index = 0; index < known.length; index++) {
        const phrase = known[index] as KnownPhrase
        const end = from + phrase.length
        if (end < to && bytes[end] === NEWLINE && alike(view, from, phrase.text, 0, phrase.length)) return phrase
      }
      return null
    },
    learn(bytes, from, to, messageFrom, level) {
      const length = to - from
      if (length > LONGEST || bytes[to] !== NEWLINE || !isPlain(bytes, from, to)) return null
      const text = new DataView(bytes.slice(from, to).buffer)
      const phrase = { stamp: STAMP, text, length, messageFrom: messageFrom - from, level, memo: null }
      known[oldest] = phrase
      oldest = (oldest + 1) % MOST
      return phrase
    },
  }
}
