import type { RecordSpans } from '../../model/record-spans.ts'
import type { Names } from '../names.ts'
import { type Identity, type IdentityRules, NOBODY } from './identity.ts'
import { isMeta, merged, type RecordMeta, recordIdentity } from './record-meta.ts'
import { memoryView, spanCache } from './spans.ts'
import type { Writer, Writers } from './writers.ts'

/** A record of a topic as a fetch brings it: nothing is made of its parts before somebody needs them. */
export interface PlacedRecord extends RecordSpans {
  readonly offset: number
  /** Epoch ms. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly { readonly name: string; readonly value: Uint8Array | null }[]
}

/** What stands beside the values of some records: whose they are, and who that makes of a writer found within. */
export interface Beside {
  readonly identity: Identity
  /** The writer `of` with what stands beside it. */
  writer(of: Writer): Writer
}

export interface Besides {
  /** Of a record whose parts were taken apart. */
  of(meta: RecordMeta): Beside
  /** Of a record where it lies: headers that were met before are known by their bytes. */
  placed(record: PlacedRecord): Beside
}

export interface BesidesOptions {
  /** Whose the records are that do not say. */
  readonly home: Identity
  readonly rules: IdentityRules
  readonly names: Names
  readonly writers: Writers
}

export function besides({ home, rules, names, writers }: BesidesOptions): Besides {
  const ofHome = beside(home, writers)
  const byHeaders = spanCache<Beside>()
  const byKey = spanCache<Beside>()
  const span = new Int32Array(4)
  const configured = [...rules.member, ...rules.cluster, ...rules.namespace].some(isMeta)
  const viewOf = memoryView()

  function of(meta: RecordMeta): Beside {
    const identity = recordIdentity(meta, home, rules, names)
    return identity === home ? ofHome : beside(identity, writers)
  }

  return {
    of,
    placed(record) {
      const { bytes, headersFrom, headersTo } = record
      if (headersFrom === headersTo && !configured) return ofHome
      // Only the operator's paths look at keys.
      const keyed = configured && record.keyFrom >= 0
      const headed = headersFrom < headersTo
      const known = headed ? byHeaders : byKey
      const spans = keyed && headed ? 2 : 1
      span[0] = keyed ? record.keyFrom : headersFrom
      span[1] = keyed ? record.keyTo : headersTo
      span[2] = headersFrom
      span[3] = headersTo
      const found = known.find(bytes, viewOf(bytes), span, spans)
      if (found !== null) return found
      const made = of(metaOf(record))
      known.keep(bytes, span, spans, made)
      return made
    },
  }
}

/** Beside one identity mostly one writer is found again and again. */
function beside(identity: Identity, writers: Writers): Beside {
  let last: Writer | null = null
  let itself: Writer | null = null
  return {
    identity,
    writer(of) {
      if (identity === NOBODY) return of
      if (of === last) return itself as Writer
      last = of
      itself = writers.of(merged(of.identity, identity), of.name)
      return itself
    },
  }
}

/** A record taken apart. */
export function metaOf({
  offset,
  timestamp,
  key,
  headers,
}: Pick<PlacedRecord, 'offset' | 'timestamp' | 'key' | 'headers'>): RecordMeta {
  const named = headers.length === 0 ? undefined : Object.fromEntries(headers.map(({ name, value }) => [name, value]))
  return { offset, key, headers: named, timestamp }
}
