import type { Level } from '../../model/message.ts'
import { type KnownPhrase, STAMP } from '../phrases.ts'
import { alike, isPlain } from '../words.ts'
import { hashed, put, SLOTS, slotOf } from './spans.ts'

/**
 * What the writers of a partition say again and again behind the time stamps of Patroni's lines. A record tells where its
 * line ends, so that a phrase is found by all its bytes, however many writers take turns; phrases that share a slot push each
 * other out, and nothing is lost but the saving.
 */
export interface PhraseTable {
  /** The phrase of a writer, by its number, that is bytes[from, to) of `view`, or null. */
  find(view: DataView, from: number, to: number, stream: number): KnownPhrase | null
  /** Keeps one that was not found; null when it is not worth it. */
  learn(view: DataView, from: number, to: number, stream: number, message: Message): KnownPhrase | null
}

/** Where the message begins in the bytes, and the level before it. */
export interface Message {
  readonly messageFrom: number
  readonly level: Level
}

interface Slot {
  readonly phrase: KnownPhrase
  readonly stream: number
}

/** Longer lines are reports, which seldom repeat. */
const LONGEST = 256 - STAMP

export function phraseTable(): PhraseTable {
  const table: (Slot | undefined)[] = new Array(SLOTS).fill(undefined)

  return {
    find(view, from, to, stream) {
      const length = to - from
      if (length > LONGEST) return null
      const at = slotOf(hashed(view, from, length, stream))
      return said(table[at], view, from, length, stream) ?? said(table[at ^ 1], view, from, length, stream)
    },
    learn(view, from, to, stream, { messageFrom, level }) {
      const length = to - from
      if (length > LONGEST || length <= 0) return null
      const bytes = new Uint8Array(view.buffer, view.byteOffset + from, length)
      if (!isPlain(bytes, 0, length)) return null
      const text = new DataView(bytes.slice().buffer)
      const phrase = { stamp: STAMP, text, length, messageFrom: messageFrom - from, level, memo: null }
      put(table, slotOf(hashed(view, from, length, stream)), { phrase, stream })
      return phrase
    },
  }
}

function said(
  slot: Slot | undefined,
  view: DataView,
  from: number,
  length: number,
  stream: number,
): KnownPhrase | null {
  if (slot === undefined || slot.stream !== stream) return null
  const { phrase } = slot
  return phrase.length === length && alike(view, from, phrase.text, 0, length) ? phrase : null
}
