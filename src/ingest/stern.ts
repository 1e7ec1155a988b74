import type { Names } from './names.ts'

/** What `POD CONTAINER ` in front of a line says. */
export interface Pod {
  readonly prefix: Uint8Array
  readonly member: string
  readonly stream: number
}

/**
 * Knows the pods of a file by the bytes in front of their lines: lines of many pods alternate, so each is found by the
 * hash of its prefix, without a string.
 */
export interface Pods {
  /** The pod whose prefix stands at `from`, or null when no two Kubernetes names do. */
  at(bytes: Uint8Array, from: number, to: number): Pod | null
}

/** Lines whose prefixes share a slot push each other out; nothing is lost but the saving. */
const SLOTS = 1 << 12
const BLANK = 32
/** A pod's name has 253 characters, a container's 63. */
const LONGEST = 320

export function pods(names: Names, streamOf: (key: string) => number): Pods {
  const slots: (Pod | undefined)[] = new Array(SLOTS).fill(undefined)

  function learn(bytes: Uint8Array, from: number, first: number, end: number): Pod {
    const member = names.of(bytes, from, first)
    const container = names.of(bytes, first + 1, end - 1)
    return { prefix: bytes.slice(from, end), member, stream: streamOf(`${member}/${container}`) }
  }

  return {
    at(bytes, from, to) {
      const most = Math.min(to, from + LONGEST)
      let hash = 0
      let first = -1
      for (let at = from; at < most; at++) {
        const byte = bytes[at] as number
        if (byte !== BLANK) {
          if (!inName(byte)) return null
          hash = (Math.imul(hash, 31) + byte) | 0
          continue
        }
        if (first < 0) {
          if (at === from) return null
          first = at
          continue
        }
        if (at === first + 1) return null
        const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1)
        const known = slots[slot]
        if (known !== undefined && same(known.prefix, bytes, from, at + 1)) return known
        const pod = learn(bytes, from, first, at + 1)
        slots[slot] = pod
        return pod
      }
      return null
    },
  }
}

function same(prefix: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (prefix.length !== to - from) return false
  for (let at = 0; at < prefix.length; at++) if (prefix[at] !== bytes[from + at]) return false
  return true
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
