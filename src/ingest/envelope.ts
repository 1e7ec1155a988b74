/** One record out of an envelope: a line of text, or one whose prefix came as fields. */
export interface Enveloped {
  readonly text: string
  readonly member: string | null
  readonly cluster: string | null
  /** Distinguishes writers inside the file. */
  readonly stream: string
  /** A part of a longer line: join until the last part. */
  readonly partial: boolean
  /** Fields that stand for the prefix, where the log itself was JSON. */
  readonly fields: LogFields | null
}

/** Prefix of a line that came as JSON fields. */
export interface LogFields {
  readonly program: 'patroni' | 'postgres' | 'operator'
  readonly time: string
  readonly level: string
  readonly sqlstate: string
}

type Json = Readonly<Record<string, unknown>>

const NOBODY = { member: null, cluster: null, stream: '', partial: false, fields: null }
/** Where a body stands when nothing tells the shipper. */
const BODIES = ['log', 'message', 'msg', 'MESSAGE', 'body', '_raw', 'payload', 'short_message', 'text'] as const

/** Opens a JSON object of a shipper, a topic dump or a JSON log; null when no body is found in it. */
export function openJson(value: unknown): readonly Enveloped[] | null {
  if (typeof value === 'string') return [{ ...NOBODY, text: value }]
  if (!isObject(value)) return null
  if (Array.isArray(value.resourceLogs)) return otlp(value.resourceLogs)
  const direct = logFields(value)
  if (direct !== null) return [direct]
  const body = bodyOf(value)
  if (body === null) return isEmptyLine(value) ? [{ ...NOBODY, text: '' }] : null
  const { member, cluster } = identityOf(value)
  const stream = [member ?? '', string(value, 'stream') ?? ''].join('/')
  return [{ text: body, member, cluster, stream, partial: isPartial(value), fields: null }]
}

/** What the shape of a JSON object says of who made it, for the summary. */
export function shapeOf(value: unknown): string {
  if (!isObject(value)) return 'json'
  const has = (key: string): boolean => Object.hasOwn(value, key)
  if (has('resourceLogs')) return 'otlp'
  if (has('error_severity')) return 'jsonlog'
  if (has('topic') && has('partition') && has('payload')) return 'topic dump'
  if (isObject(value['@metadata'])) return 'beats'
  if (isObject(value.kubernetes)) return has('source_type') ? 'vector' : 'fluent'
  if (has('source_type')) return 'vector'
  if (has('MESSAGE')) return has('PROGRAM') ? 'syslog-ng' : 'journald'
  if (has('short_message')) return 'gelf'
  if (has('fields') && has('tags')) return 'telegraf'
  if (has('schema') && has('payload')) return 'connect'
  if (has('log') && has('stream')) return 'docker json'
  return logFields(value) === null ? 'json' : 'patroni json'
}

/** A log that is JSON itself: PostgreSQL's jsonlog, the operator's, Patroni's with its keys as configured. */
function logFields(value: Json): Enveloped | null {
  const { member, cluster } = identityOf(value)
  const make = (
    program: LogFields['program'],
    text: string,
    time: string,
    level: string,
    sqlstate = '',
  ): Enveloped => ({
    ...NOBODY,
    member,
    cluster,
    text,
    stream: member ?? '',
    fields: { program, time, level, sqlstate },
  })
  const severity = string(value, 'error_severity')
  const message = first(value, ['message', 'msg'])
  if (severity !== null && message !== null)
    return make('postgres', message, string(value, 'timestamp') ?? '', severity, string(value, 'state_code') ?? '')
  if (message === null) return null
  const name = string(value, 'cluster-name')
  if (string(value, 'msg') !== null && (name !== null || string(value, 'pkg') !== null)) {
    const operator = make('operator', message, first(value, ['time', 'ts']) ?? '', string(value, 'level') ?? 'info')
    return { ...operator, cluster: name ?? cluster }
  }
  const level = first(value, ['levelname', 'level', 'severity', 'loglevel'])
  const time = first(value, ['asctime', '@timestamp', 'time', 'timestamp', 'datetime'])
  if (level === null || time === null || !/^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$/.test(level)) return null
  if (Object.hasOwn(value, 'log') || Object.hasOwn(value, 'MESSAGE')) return null
  return make('patroni', withTrace(message, value), time, level)
}

/** Patroni's JSON has the traceback of a record in `exc_info`. */
function withTrace(message: string, value: Json): string {
  const trace = string(value, 'exc_info')
  return trace === null ? message : `${message}\n${trace}`
}

function bodyOf(value: Json): string | null {
  if (isObject(value.fields) && typeof value.fields.value === 'string') return value.fields.value
  if (isObject(value.event) && typeof value.event.original === 'string') return value.event.original
  for (const key of BODIES) {
    const body = Object.hasOwn(value, key) ? value[key] : undefined
    if (typeof body === 'string') return body
    if (Array.isArray(body) && body.every((byte) => Number.isInteger(byte))) return bytesText(body as number[])
    if (isObject(body) && key === 'payload') return bodyOf(body)
  }
  return null
}

/** journald gives a text that is no UTF-8 as an array of byte values. */
function bytesText(bytes: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

/** Fluent Bit's parser drops empty fields: marks of CRI without a body are an empty line. */
function isEmptyLine(value: Json): boolean {
  return Object.hasOwn(value, 'stream') && Object.hasOwn(value, 'time')
}

function isPartial(value: Json): boolean {
  const log = string(value, 'log')
  if (string(value, 'logtag') === 'P' && Object.hasOwn(value, 'message')) return true
  // docker cuts at 16 KiB: a part does not end the line.
  return (
    log !== null &&
    log.length >= 16_384 &&
    !log.endsWith('\n') &&
    Object.hasOwn(value, 'stream') &&
    !Object.hasOwn(value, '_p')
  )
}

/** Member and cluster as metadata give them; on Kubernetes `host` is the node, never the member. */
function identityOf(value: Json): { member: string | null; cluster: string | null } {
  const kubernetes = isObject(value.kubernetes) ? value.kubernetes : null
  if (kubernetes !== null) {
    const pod = isObject(kubernetes.pod) ? string(kubernetes.pod, 'name') : null
    const member = string(kubernetes, 'pod_name') ?? pod
    const space = first(kubernetes, ['namespace_name', 'pod_namespace', 'namespace'])
    const labels = [kubernetes.labels, kubernetes.pod_labels].find(isObject) as Json | undefined
    const scope =
      labels === undefined
        ? null
        : first(labels, ['cluster-name', 'cluster_name', 'postgres-operator.crunchydata.com/cluster', 'version'])
    return { member, cluster: qualified(space, scope) }
  }
  const path = first(value, ['file', 'filename', 'path']) ?? pathOf(value)
  const pod = path === null ? null : podOfPath(path)
  if (pod !== null) return pod
  const tags = isObject(value.tags) ? value.tags : null
  const host = isObject(value.host) ? string(value.host, 'name') : null
  const member =
    first(value, ['_HOSTNAME', 'HOST', 'hostname', 'host']) ?? host ?? (tags === null ? null : string(tags, 'host'))
  return { member, cluster: null }
}

function pathOf(value: Json): string | null {
  const log = isObject(value.log) ? value.log : null
  return log !== null && isObject(log.file) ? string(log.file, 'path') : null
}

function qualified(space: string | null, scope: string | null): string | null {
  if (scope === null) return null
  return space === null ? scope : `${space}/${scope}`
}

const POD_FOLDER = /\/pods\/([^/_]{1,253})_([^/_]{1,253})_[^/]{1,64}\//
const CONTAINER_FILE = /\/containers\/([^/_]{1,253})_([^/_]{1,253})_[^/]{1,253}\.log$/

function podOfPath(path: string): { member: string; cluster: string | null } | null {
  const folder = POD_FOLDER.exec(path)
  if (folder !== null) return { member: folder[2] as string, cluster: guess(folder[1] as string, folder[2] as string) }
  const file = CONTAINER_FILE.exec(path)
  return file === null ? null : { member: file[1] as string, cluster: guess(file[2] as string, file[1] as string) }
}

/** Pod name less its ordinal. */
function guess(space: string, pod: string): string | null {
  const name = /^(.+)-\d+$/.exec(pod)?.[1]
  return name === undefined ? null : `${space}/${name}`
}

function otlp(resources: readonly unknown[]): readonly Enveloped[] {
  const records: Enveloped[] = []
  for (const resource of resources) {
    if (!isObject(resource)) continue
    const outer = attributes(isObject(resource.resource) ? resource.resource.attributes : undefined)
    for (const scope of list(resource.scopeLogs))
      for (const record of list(isObject(scope) ? scope.logRecords : undefined)) {
        const one = isObject(record) ? otlpRecord(record, outer) : null
        if (one !== null) records.push(one)
      }
  }
  return records
}

function otlpRecord(record: Json, outer: Readonly<Record<string, string>>): Enveloped | null {
  const inner = attributes(record.attributes)
  const body = anyValue(record.body)
  const text = typeof body === 'string' ? body : isObject(body) ? bodyOf(body) : null
  const of = (key: string): string | undefined => outer[key] ?? inner[key]
  const pod = podOfPath(of('log.file.path') ?? '')
  const member = of('k8s.pod.name') ?? pod?.member ?? of('host.name') ?? null
  const label = of('k8s.pod.labels.cluster-name') ?? of('k8s.pod.label.cluster-name') ?? null
  const cluster = qualified(of('k8s.namespace.name') ?? null, label) ?? pod?.cluster ?? null
  const stream = `${member ?? ''}/${of('log.iostream') ?? ''}/${of('log.file.name') ?? ''}`
  return {
    text: text ?? '',
    member,
    cluster,
    stream,
    partial: of('logtag') === 'P' && inner.logtag === undefined,
    fields: null,
  }
}

function attributes(value: unknown): Readonly<Record<string, string>> {
  const all: Record<string, string> = Object.create(null)
  for (const each of list(value)) {
    if (!isObject(each) || typeof each.key !== 'string') continue
    const read = anyValue(each.value)
    if (typeof read === 'string') all[each.key] = read
  }
  return all
}

/** OTLP's AnyValue as a plain value, maps one level deep. */
function anyValue(value: unknown): unknown {
  if (!isObject(value)) return undefined
  if (typeof value.stringValue === 'string') return value.stringValue
  if (!isObject(value.kvlistValue)) return undefined
  const map: Record<string, unknown> = Object.create(null)
  for (const each of list(value.kvlistValue.values))
    if (isObject(each) && typeof each.key === 'string') map[each.key] = anyValue(each.value)
  return map
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function first(value: Json, keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = string(value, key)
    if (found !== null) return found
  }
  return null
}

function string(value: Json, key: string): string | null {
  const found = Object.hasOwn(value, key) ? value[key] : undefined
  return typeof found === 'string' && found !== '' ? found : null
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
