/** Longer lines are not what somebody types a note behind. */
const LONGEST = 600
/** What people put behind a line they show: an arrow or a comment and their words, or what is left of a page's markup. */
const NOTE = /[ \t](?:<[-=]|#|\/\/|--|\.\.\.).*$|(?:<\/?[a-z]{1,6} ?\/?>|`|\\[nr]?|\.{3})$/
/** One character a byte. */
const decoder = new TextDecoder('latin1')

/** Where a message ends that somebody wrote a note behind; `to` where there is none. White space may be left at its end. */
export function withoutNote(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > LONGEST) return to
  const at = decoder.decode(bytes.subarray(from, to)).search(NOTE)
  return at < 0 ? to : from + at
}
