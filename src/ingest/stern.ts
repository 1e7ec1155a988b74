import type { Names } from './names.ts'
import { alike, find, wordOf } from './words.ts'

/** What `POD CONTAINER ` in front of a line says. */
export interface Pod {
  /** The prefix with both blanks. */
  readonly prefix: DataView
  readonly length: number
  readonly member: string
  readonly stream: number
}

/**
 * Knows the pods of a file by the bytes in front of their lines: lines of many pods alternate, so each is found by a few
 * bytes of its prefix, without a string.
 */
export interface Pods {
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
  const slots: (Pod | undefined)[] = new Array(SLOTS).fill(undefined)

  function learn(bytes: Uint8Array, from: number, first: number, end: number): Pod {
    const member = names.of(bytes, from, first)
    const container = names.of(bytes, first + 1, end - 1)
    const prefix = new DataView(bytes.slice(from, end).buffer)
    return { prefix, length: end - from, member, stream: streamOf(`${member}/${container}`) }
  }

  return {
    at(view, bytes, from, to) {
      const most = Math.min(to, from + LONGEST)
      const first = find(view, bytes, BLANKS, from, most)
      if (first === most) return null
      let slot = first - from < WORD ? 0 : slotOf(view, from, first)
      for (let tries = 0; tries < TRIES; tries++, slot = (slot + 1) & (SLOTS - 1)) {
        const known = slots[slot]
        if (known === undefined) break
        if (from + known.length <= most && alike(view, from, known.prefix, 0, known.length)) return known
      }
      const end = endOfPrefix(bytes, from, first, most)
      if (end < 0) return null
      const pod = learn(bytes, from, first, end)
      slots[slot] = pod
      return pod
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
