import type { Names } from '../names.ts'
import { type Basis, type Identity, NOBODY } from './identity.ts'

/** Somebody whose lines follow one another: a member's stdout, a file of a host. Continuation lines join within one. */
export interface Writer {
  /** Number of the writer within its input, from 0. */
  readonly stream: number
  /** What tells the streams of one member apart. */
  readonly name: string
  readonly member: string | null
  readonly cluster: string | null
  readonly basis: Basis
  readonly identity: Identity
}

export interface Writers {
  /** The writer of this identity and stream; always the same one. */
  of(identity: Identity, stream: string): Writer
}

/** Writers kept; beyond it they share the number of the first, so that hostile input cannot grow the table. */
const MOST = 65_536

export function writers(names: Names): Writers {
  const known = new Map<string, Writer>()
  const encoder = new TextEncoder()

  function interned(name: string | null): string | null {
    if (name === null) return null
    const bytes = encoder.encode(name)
    return names.of(bytes, 0, bytes.length)
  }

  function make(identity: Identity, name: string, stream: number): Writer {
    const member = interned(identity.member)
    const cluster = interned(identity.cluster)
    const { basis } = identity
    return { stream, name, member, cluster, basis, identity: { member, cluster, basis } }
  }

  known.set(keyOf(NOBODY, ''), make(NOBODY, '', 0))
  return {
    of(identity, stream) {
      const key = keyOf(identity, stream)
      const found = known.get(key)
      if (found !== undefined) return found
      if (known.size >= MOST) return make(identity, stream, 0)
      const made = make(identity, stream, known.size)
      known.set(key, made)
      return made
    },
  }
}

function keyOf({ cluster, member }: Identity, stream: string): string {
  return `${cluster ?? ''}\0${member ?? ''}\0${stream}`
}
