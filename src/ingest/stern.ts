import type { Names } from './names.ts'
import { type Phrases, phrases } from './phrases.ts'
import { alike, find, wordOf } from './words.ts'

/** What `POD CONTAINER ` in front of a line says. */
export interface Pod {
  /** The prefix with both blanks. */
  readonly prefix: DataView
  readonly length: number
  readonly member: string | null
  readonly stream: number
  readonly phrases: Phrases
}

/** The one writer of a file without such prefixes. */
export function noPod(): Pod {
  return { prefix: new DataView(new ArrayBuffer(0)), length: 0, member: null, stream: 0, phrases: phrases() }
}

/**
 * Knows the pods of a file by the bytes in front of their lines: lines of many pods alternate, so each is found by a few
 * bytes of its prefix, without a string.
 */
export interface Pods {
  /** The pod whose prefix stands at `from`, if it was met before, else null. */
  known(view: DataView, bytes: Uint8Array, from: number, to: number): Pod | null
  /** The pod whose prefix stands at `from`, or null when no two Kubernetes names do. */
  at(view: DataView, bytes: Uint8Array, from: number, to: number): Pod | null
}

const SLOTS = 1 << 12
/** Prefixes that share more slots push each other out; nothing is lost but the saving. */
const TRIES = 4
const BLANK = 32
const BLANKS = wordOf(BLANK)
/** A pod's name has 253 characters, a container's 63. */
const LONGEST = 320
const WORD = 4

export function pods(names: Names, streamOf: (key: string) => number): Pods {
  /** Made for the first pod: most logs are of one writer, and many may be open. */
  let slots: (Pod | undefined)[] = []

  function learn(bytes: Uint8Array, from: number, first: number, end: number): Pod {
    const member = names.of(bytes, from, first)
    const container = names.of(bytes, first + 1, end - 1)
    const prefix = new DataView(bytes.slice(from, end).buffer)
    return { prefix, length: end - from, member, stream: streamOf(`${member}/${container}`), phrases: phrases() }
  }

  /** Where the first name and the slot of the last prefix looked for are; the slot is free, or to be taken over. */
  let first = 0
  let slot = 0

  function known(view: DataView, bytes: Uint8Array, from: number, to: number): Pod | null {
    const most = Math.min(to, from + LONGEST)
    first = find(view, bytes, BLANKS, from, most)
    if (first === most) return null
    slot = first - from < WORD ? 0 : slotOf(view, from, first)
    for (let tries = 0; tries < TRIES; tries++, slot = (slot + 1) & (SLOTS - 1)) {
      const pod = slots[slot]
      if (pod === undefined) break
      if (from + pod.length <= most && alike(view, from, pod.prefix, 0, pod.length)) return pod
    }
    return null
  }

  return {
    known,
    at(view, bytes, from, to) {
      const pod = known(view, bytes, from, to)
      if (pod !== null) return pod
      const end = endOfPrefix(bytes, from, first, Math.min(to, from + LONGEST))
      if (end < 0) return null
      if (slots.length === 0) slots = new Array(SLOTS).fill(undefined)
      const made = learn(bytes, from, first, end)
      slots[slot] = made
      return made
    },
  }
}

/** Pods of a cluster differ in the end of their names, clusters often in the begin. */
function slotOf(view: DataView, from: number, first: number): number {
  const mixed = Math.imul(view.getInt32(from, true), 31) + view.getInt32(first - WORD, true) + first - from
  return (Math.imul(mixed, 0x9e3779b1) >>> 20) & (SLOTS - 1)
}

/** Behind `NAME NAME `, where the first name ends at `first`; -1 when there are no two names. */
function endOfPrefix(bytes: Uint8Array, from: number, first: number, most: number): number {
  if (first === from) return -1
  for (let at = from; at < most; at++) {
    const byte = bytes[at] as number
    if (byte !== BLANK) {
      if (!inName(byte)) return -1
    } else if (at > first) return at === first + 1 ? -1 : at + 1
  }
  return -1
}

/** Letters, digits, `-`, `.`, `_`. */
function inName(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 48 && byte <= 57) ||
    byte === 45 ||
    byte === 46 ||
    byte === 95 ||
    (byte >= 65 && byte <= 90)
  )
}
