import type { Template } from './template.ts'

/** A shorter beginning could be that of a message nobody knows. */
const LEAST = 40

interface Known {
  readonly text: string
  readonly type: string
  readonly entry: number
}

/** Finds the entry of a message that lost its end; -1 when none, or more than one meaning, begins so. */
export type CutMessages = (bytes: Uint8Array, from: number, to: number) => number

/**
 * Lines are cut at the width of a terminal or by a limit of a shipper. What is left tells the message if it is long and
 * every message that begins with it means the same. Messages with holes are not completed; they count as others.
 */
export function cutMessages(
  messages: readonly { readonly template: Template; readonly type: string; readonly id: number }[],
): CutMessages {
  const known = messages.flatMap(({ template, type, id }) => knownOf(template, type, id)).sort(byText)
  const longest = Math.max(0, ...known.map(({ text }) => text.length))
  const decoder = new TextDecoder()
  return (bytes, from, to) => {
    if (to - from < LEAST || to - from >= longest) return -1
    const text = decoder.decode(bytes.subarray(from, to)).replace(/ +/g, ' ')
    return text.length < LEAST ? -1 : onlyOne(known, text)
  }
}

/** The text up to its first hole; the entry only where there is none. */
function knownOf({ parts }: Template, type: string, id: number): readonly Known[] {
  const [first] = parts
  if (!(first instanceof Uint8Array) || first.length <= LEAST) return []
  return [{ text: new TextDecoder().decode(first), type, entry: parts.length === 1 ? id : -1 }]
}

function byText(a: Known, b: Known): number {
  if (a.text === b.text) return 0
  return a.text < b.text ? -1 : 1
}

function onlyOne(known: readonly Known[], text: string): number {
  let at = firstFrom(known, text)
  let entry = -1
  let type: string | null = null
  for (; known[at]?.text.startsWith(text) === true; at++) {
    const one = known[at] as Known
    if (type !== null && one.type !== type) return -1
    type = one.type
    if (entry < 0) entry = one.entry
  }
  return entry
}

function firstFrom(known: readonly Known[], text: string): number {
  let [low, high] = [0, known.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((known[middle] as Known).text < text) low = middle + 1
    else high = middle
  }
  return low
}
