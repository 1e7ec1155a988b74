import { NOBODY } from './envelopes/identity.ts'
import type { InnerText, InnerWriter } from './inner-text.ts'
import { find, wordOf } from './words.ts'

const [ZERO, NINE, DASH, COLON, DOT, BLANK, PLUS, T, Z, F] = [48, 57, 45, 58, 46, 32, 43, 84, 90, 70] as const
const ESCAPES = wordOf(27)
/** `YYYY-MM-DDTHH:MM:SS`; ` stdout F ` or ` stderr F `; `+00:00`. */
const [STAMP, TAIL, OFFSET] = [19, 10, 6] as const
const encoder = new TextEncoder()
const WRITERS: readonly { readonly bytes: Uint8Array; readonly writer: InnerWriter }[] = ['stdout', 'stderr'].map(
  (stream) => ({
    bytes: encoder.encode(` ${stream} `),
    writer: { identity: NOBODY, stream, timed: true, shape: 'cri' },
  }),
)

/** The inside of a whole line of a container runtime (CRI), where it stands; false for parts of lines and anything else. */
export function readCri(bytes: Uint8Array, view: DataView, from: number, to: number, inner: InnerText): boolean {
  if (to - from < STAMP + 1 + TAIL || bytes[from + 10] !== T || bytes[from + 4] !== DASH) return false
  const end = zoneEnd(bytes, from + STAMP)
  if (end < 0 || end + TAIL > to || bytes[end + TAIL - 2] !== F || bytes[end + TAIL - 1] !== BLANK) return false
  for (let index = 0; index < WRITERS.length; index++) {
    const { bytes: word, writer } = WRITERS[index] as (typeof WRITERS)[number]
    if (!stands(bytes, end, word)) continue
    // Colours are taken off elsewhere.
    if (!isStamp(bytes, from) || find(view, bytes, ESCAPES, end, to) < to) return false
    inner.bytes = bytes
    inner.from = end + TAIL
    inner.to = to
    inner.writer = writer
    return true
  }
  return false
}

/** Behind the fraction and the zone of a stamp whose seconds end at `from`; -1 when there is no zone. */
function zoneEnd(bytes: Uint8Array, from: number): number {
  let at = from
  if (bytes[at] === DOT) {
    at++
    while (isDigit(bytes[at]) && at - from < STAMP) at++
    if (at - from < 2 || at - from > 10) return -1
  }
  if (bytes[at] === Z) return at + 1
  const sign = bytes[at]
  if ((sign !== PLUS && sign !== DASH) || bytes[at + 3] !== COLON) return -1
  const digits = isDigit(bytes[at + 1]) && isDigit(bytes[at + 2]) && isDigit(bytes[at + 4]) && isDigit(bytes[at + 5])
  return digits ? at + OFFSET : -1
}

function stands(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return false
  return true
}

/** Digits everywhere but at the marks. */
function isStamp(bytes: Uint8Array, from: number): boolean {
  if (bytes[from + 7] !== DASH || bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return false
  for (let at = 0; at < STAMP; at++) {
    const isMark = at === 4 || at === 7 || at === 10 || at === 13 || at === 16
    if (!isMark && !isDigit(bytes[from + at])) return false
  }
  return true
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
