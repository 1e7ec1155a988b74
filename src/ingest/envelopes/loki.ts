import { array, isObject, type Json, object } from '../readings/json.ts'
import type { Enveloped } from './enveloped.ts'
import { type IdentityRules, identityOf } from './identity.ts'

/** A stream of Loki: its labels, and entries of a time in ns and a line. */
interface LokiStream {
  readonly labels: Json
  readonly entries: readonly (readonly [time: unknown, line: string])[]
}

/** Streams of Loki as its API answers a query (`data.result`) or is sent them (`streams`); null where there are none. */
export function lokiStreams(value: Json): readonly LokiStream[] | null {
  const all = array(value, 'streams') ?? array(object(value, 'data') ?? {}, 'result')
  const streams = (all ?? []).map(streamOf).filter((stream) => stream !== null)
  return all === undefined || streams.length < all.length || streams.length === 0 ? null : streams
}

function streamOf(value: unknown): LokiStream | null {
  const labels = isObject(value) ? object(value, 'stream') : undefined
  const entries = isObject(value) ? array(value, 'values') : undefined
  return labels === undefined || !entries?.every(isEntry) ? null : { labels, entries }
}

function isEntry(value: unknown): value is readonly [unknown, string] {
  return Array.isArray(value) && typeof value[1] === 'string'
}

/** Its lines, oldest first: an answer may begin with the newest. */
export function openLoki(streams: readonly LokiStream[], rules: IdentityRules): readonly Enveloped[] {
  return streams.flatMap(({ labels, entries }) => {
    const pod = identityOf(labels, rules)
    const stream = typeof labels.container === 'string' ? labels.container : ''
    const newestFirst = Number(entries[0]?.[0]) > Number(entries.at(-1)?.[0])
    const oldestFirst = newestFirst ? entries.toReversed() : entries
    return oldestFirst.map(([time, text]) => {
      const of = { identity: pod, stream, partial: false, fields: null, missing: '' }
      return { ...of, text, time: typeof time === 'string' ? time : '' }
    })
  })
}

/** Its entries as rows, each with the labels of its stream; null where there are none. */
export function lokiRows(value: Json): readonly Json[] | null {
  const streams = lokiStreams(value)
  if (streams === null) return null
  return streams.flatMap(({ labels, entries }) => entries.map(([timestamp, line]) => ({ labels, line, timestamp })))
}
