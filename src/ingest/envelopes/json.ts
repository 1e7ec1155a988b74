import { array, isObject, type Json, object, text } from '../readings/json.ts'
import { bodyOf, isEmptyLine, isPartial, whyMissing } from './body.ts'
import type { Enveloped } from './enveloped.ts'
import { fieldRow, flat, timeIn } from './exported.ts'
import { type Identity, type IdentityRules, identityOf, NO_RULES, NOBODY, pathOf, qualified } from './identity.ts'
import { lifted, logFields } from './log-fields.ts'
import { lokiStreams, openLoki } from './loki.ts'
import { openOtlp } from './otlp-json.ts'

/** Opens a JSON value of a shipper, a topic dump or a JSON log; null when no line is found in it. */
export function openJson(given: unknown, rules: IdentityRules = NO_RULES): readonly Enveloped[] | null {
  if (typeof given === 'string') return [line(given, NOBODY)]
  const row = Array.isArray(given) ? fieldRow(given) : given
  if (Array.isArray(given) && row === null) return openList(given, rules)
  if (!isObject(row)) return null
  const value = flat(row)
  if (isDump(value)) return openDump(value)
  const resources = array(value, 'resourceLogs')
  if (resources !== undefined) return openOtlp(resources, rules)
  const streams = lokiStreams(value)
  if (streams !== null) return openLoki(streams, rules)
  const inner = lifted(value)
  const direct = logFields(value, rules) ?? (inner === null ? null : within(inner, value, rules))
  if (direct !== null) return [direct]
  const body = bodyOf(value)
  const identity = identityOf(value, rules)
  if (body === null) return withoutBody(value, identity)
  return [
    {
      text: body,
      identity,
      stream: streamOf(value),
      partial: isPartial(value),
      fields: null,
      time: timeIn(value),
      missing: '',
    },
  ]
}

const STREAMS = ['stream', 'syslog_identifier', 'SYSLOG_IDENTIFIER', 'PROGRAM', 'program', 'programname'] as const

/** What tells the writers of one member apart: the container or program, its file, stdout or stderr. */
export function streamOf(value: unknown): string {
  if (!isObject(value)) return ''
  const container = text(object(value, 'kubernetes') ?? {}, 'container_name') ?? ''
  return [container, pathOf(value) ?? '', ...STREAMS.map((key) => text(value, key) ?? '')]
    .filter((part) => part !== '')
    .join('/')
}

/** A record as `kcat -J` prints it; its value is opened as a record's is. */
export function isDump(value: unknown): value is Json {
  return isObject(value) && ['topic', 'partition', 'payload'].every((key) => Object.hasOwn(value, key))
}

function openDump(value: Json): readonly Enveloped[] {
  const { payload, partition } = value
  const stream = typeof partition === 'number' ? `${partition}` : ''
  const of = { ...line(typeof payload === 'string' ? payload : '', dumped(array(value, 'headers') ?? [])), stream }
  return [
    BINARY.test(of.text.slice(0, 64)) ? { ...of, missing: 'a binary value, which a dump as JSON does not keep' } : of,
  ]
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a binary value has
const BINARY = /[\0-\b\x0e-\x1a\ufffd]/

/** Headers come as a list of names and values in turn. */
function dumped(headers: readonly unknown[]): Identity {
  const header = (name: string): string | null => {
    const value = headers[headers.findIndex((each, at) => at % 2 === 0 && each === name) + 1]
    return headers.includes(name) && typeof value === 'string' && value !== '' ? value : null
  }
  const [member, cluster] = [header('member'), header('cluster')]
  if (member === null && cluster === null) return NOBODY
  return { member, cluster: cluster === null ? null : qualified(header('namespace'), cluster), basis: 'header' }
}

/** Some sinks write several events as one array. */
function openList(values: readonly unknown[], rules: IdentityRules): readonly Enveloped[] | null {
  const all: Enveloped[] = []
  for (const value of values) {
    const records = isObject(value) ? openJson(value, rules) : null
    if (records === null) return null
    all.push(...records)
  }
  return all.length === 0 ? null : all
}

/** The log's own fields, told by an object beside the shipper's metadata. */
function within(inner: Json, outer: Json, rules: IdentityRules): Enveloped | null {
  const fields = logFields(inner, rules)
  return fields === null ? null : { ...fields, identity: identityOf(outer, rules) }
}

function withoutBody(value: Json, identity: Identity): readonly Enveloped[] | null {
  const missing = whyMissing(value)
  if (missing !== '') return [{ ...line('', identity), stream: streamOf(value), missing }]
  return isEmptyLine(value) ? [{ ...line('', identity), stream: streamOf(value) }] : null
}

function line(body: string, identity: Identity): Enveloped {
  return { text: body, identity, stream: '', partial: false, fields: null, time: '', missing: '' }
}

/** What the shape of a JSON object says of who made it, for the summary. */
export function shapeOf(value: unknown): string {
  if (!isObject(value)) return 'json'
  const has = (key: string): boolean => Object.hasOwn(value, key)
  if (has('resourceLogs')) return 'otlp'
  if (isDump(value)) return 'topic dump'
  if (lokiStreams(value) !== null) return 'loki'
  if (has('error_severity')) return 'jsonlog'
  if (object(value, '@metadata') !== undefined) return 'beats'
  if (has('source_type')) return 'vector'
  if (object(value, 'kubernetes') !== undefined) return 'fluent'
  if (has('MESSAGE')) return has('PROGRAM') ? 'syslog-ng' : 'journald'
  if (has('short_message')) return 'gelf'
  if (has('fields') && has('tags')) return 'telegraf'
  if (has('schema') && has('payload')) return 'connect'
  if (has('_raw')) return 'cribl'
  if (has('msg') && has('rawmsg')) return 'rsyslog'
  if (has('log') && has('stream')) return 'docker json'
  return logFields(value, NO_RULES) === null ? 'json' : 'patroni json'
}
