import type { Names } from '../names.ts'
import { type Identity, type IdentityRules, NOBODY, qualified } from './identity.ts'

type HeaderValue = Uint8Array | string | readonly (Uint8Array | string)[] | null | undefined

/** What a record of a topic has besides its value. */
export interface RecordMeta {
  /** Offset in its partition. */
  readonly offset: number
  readonly key: Uint8Array | null
  readonly headers: Readonly<Record<string, HeaderValue>> | undefined
  /** Epoch ms: when the record was made or sent, or when the broker appended it. */
  readonly timestamp: number
  readonly timestampType?: 'create' | 'append'
}

/** Header `member`, `cluster` and `namespace` name the writer where the record does not; so do paths that name headers. */
export function recordIdentity(meta: RecordMeta, home: Identity, rules: IdentityRules, names: Names): Identity {
  const configured = rules.member.some(isMeta) || rules.cluster.some(isMeta)
  if (meta.headers === undefined && !configured) return home
  const member = first(meta, rules.member, names)
  const cluster = first(meta, rules.cluster, names)
  if (member !== null || cluster !== null) {
    const space = first(meta, rules.namespace, names)
    const full = cluster === null ? home.cluster : qualified(space, cluster)
    return { member: member ?? home.member, cluster: full, basis: 'mapping' }
  }
  return ofHeaders(meta, home, names)
}

function ofHeaders(meta: RecordMeta, home: Identity, names: Names): Identity {
  const member = header(meta, 'member', names)
  const cluster = header(meta, 'cluster', names)
  if (member === null && cluster === null) return home
  const full = cluster === null ? home.cluster : qualified(header(meta, 'namespace', names), cluster)
  return { member: member ?? home.member, cluster: full, basis: 'header' }
}

/** Header of the record as text, or null. */
export function header(meta: RecordMeta, name: string, names: Names): string | null {
  const { headers } = meta
  if (headers === undefined || !Object.hasOwn(headers, name)) return null
  const value = headers[name]
  const one = Array.isArray(value) ? (value as readonly (Uint8Array | string)[])[0] : (value as Uint8Array | string)
  if (typeof one === 'string') return one === '' ? null : one
  return one === undefined || one === null || one.length === 0 || one.length > 253 ? null : names.of(one, 0, one.length)
}

const HEADER = 'header:'

/** Whether a path names a part of the record beside its value. */
export function isMeta(path: string): boolean {
  return path === 'key' || path.startsWith(HEADER)
}

function first(meta: RecordMeta, paths: readonly string[], names: Names): string | null {
  for (const path of paths) {
    const found = path === 'key' ? ofKey(meta, names) : header(meta, path.slice(HEADER.length), names)
    if (isMeta(path) && found !== null) return found
  }
  return null
}

function ofKey({ key }: RecordMeta, names: Names): string | null {
  return key === null || key.length === 0 || key.length > 253 ? null : names.of(key, 0, key.length)
}

/** What the record's content says of its writer, completed by what stands beside it. */
export function merged(found: Identity, beside: Identity): Identity {
  if (beside === NOBODY) return found
  const { basis } = found
  if (beside.basis === 'mapping' || basis === 'none' || basis === 'host') {
    if (basis === 'mapping') return found
    const by = beside.member === null && beside.cluster === null ? basis : beside.basis
    return { member: beside.member ?? found.member, cluster: beside.cluster ?? found.cluster, basis: by }
  }
  // A cluster that is configured goes before one that is guessed.
  const guessed = basis === 'pod name' || found.cluster === null
  return guessed && beside.cluster !== null ? { ...found, cluster: beside.cluster, basis: beside.basis } : found
}
