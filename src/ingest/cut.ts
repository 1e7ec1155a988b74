import type { Template } from './template.ts'

/** A shorter beginning could be that of a message nobody knows. */
const LEAST = 40
/** No terminal is wider, bytes. */
const LONGEST = 1024

/** What `journalctl`, `systemctl status` and others put where they cut a line. */
const MARKS = ['>', '…', '...'].map((mark) => new TextEncoder().encode(mark))
/** So much must be left behind a name for the message to be told by it. */
const TAIL = 12

interface Known {
  readonly text: string
  readonly meaning: string
  readonly entry: number
}

/** Finds the entry of a message that lost its end; -1 when none, or more than one meaning, begins so. */
export type CutMessages = (bytes: Uint8Array, from: number, to: number) => number

/** A message in which a name stands early: the text before it and behind it. */
interface Naming {
  readonly before: string
  readonly behind: string
  readonly meaning: string
}

/**
 * Lines are cut at the width of a terminal or by a limit of a shipper. What is left tells the message if it is long and
 * every message that begins with it means the same. Messages with holes are not completed; they count as others. Where the
 * cut is marked and all messages that name somebody and go on so mean one thing, it is the entry for it that names nobody.
 */
export function cutMessages(
  messages: readonly { readonly template: Template; readonly meaning: string; readonly id: number }[],
): CutMessages {
  const known = messages.flatMap(({ template, meaning, id }) => knownOf(template, meaning, id)).sort(byText)
  const longest = Math.max(0, ...known.map(({ text }) => text.length))
  const naming = messages.flatMap(({ template, meaning }) => namingOf(template, meaning))
  const holeless = messages.filter(({ template }) => template.holes.length === 0)
  const nameless = new Map(holeless.map(({ meaning, id }) => [meaning, id]))
  return (bytes, from, to) => {
    if (to - from < LEAST || to - from >= LONGEST) return -1
    const text = textOf(bytes, from, to)
    if (text.length < LEAST) return -1
    const end = beforeCut(bytes, to)
    const left = end === to ? text : textOf(bytes, from, end)
    const named = end === to ? undefined : nameless.get(onlyMeaning(naming, left))
    if (named !== undefined) return named
    return left.length < LEAST || left.length >= longest ? -1 : onlyOne(known, left)
  }
}

/** Where a line ends that ends at `to`, without the mark that it was cut there; `to` where it has none. */
export function beforeCut(bytes: Uint8Array, to: number): number {
  const mark = MARKS.find((each) => each.every((byte, at) => bytes[to - each.length + at] === byte))
  return mark === undefined ? to : to - mark.length
}

const decoder = new TextDecoder()

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to)).replace(/ +/g, ' ')
}

function namingOf({ parts: [before, name, behind] }: Template, meaning: string): readonly Naming[] {
  if (!(before instanceof Uint8Array) || name === undefined || !(behind instanceof Uint8Array)) return []
  return [{ before: decoder.decode(before), behind: decoder.decode(behind), meaning }]
}

/** What all messages mean that name somebody and go on as `text` does; empty when there is none, or they differ. */
function onlyMeaning(naming: readonly Naming[], text: string): string {
  const meanings = new Set(naming.filter((each) => goesOn(each, text)).map(({ meaning }) => meaning))
  const [meaning] = meanings
  return meanings.size === 1 && meaning !== undefined ? meaning : ''
}

function goesOn({ before, behind }: Naming, text: string): boolean {
  if (behind.length < TAIL || !text.startsWith(before)) return false
  const at = text.indexOf(behind.slice(0, TAIL), before.length)
  if (at <= before.length || text.slice(before.length, at).includes(' ')) return false
  const tail = text.slice(at)
  return behind.startsWith(tail) || (tail.startsWith(behind) && !tail.slice(behind.length).includes(' '))
}

/** The text up to its first hole; the entry only where there is none. */
function knownOf({ parts }: Template, meaning: string, id: number): readonly Known[] {
  const [first] = parts
  if (!(first instanceof Uint8Array) || first.length <= LEAST) return []
  return [{ text: new TextDecoder().decode(first), meaning, entry: parts.length === 1 ? id : -1 }]
}

function byText(a: Known, b: Known): number {
  if (a.text === b.text) return 0
  return a.text < b.text ? -1 : 1
}

function onlyOne(known: readonly Known[], text: string): number {
  let at = firstFrom(known, text)
  let entry = -1
  let meaning: string | null = null
  for (; known[at]?.text.startsWith(text) === true; at++) {
    const one = known[at] as Known
    if (meaning !== null && one.meaning !== meaning) return -1
    meaning = one.meaning
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
