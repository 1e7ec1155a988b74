import { array, isObject, type Json, object, text } from '../readings/json.ts'
import type { MetricDecoders } from './metric-rows.ts'

/**
 * Who wrote a record, and in which of its formats: `Fluent Bit (json)`, `OTel Collector (otlp_proto)`. Where several
 * write the same bytes, all of them are named.
 */
export function nameShipper(value: Uint8Array, decoders: MetricDecoders): string {
  if (value.length === 0) return 'empty record'
  const first = value.find((byte) => byte > 32)
  const json = first === BRACE || first === BRACKET || first === QUOTE ? ofJson(value) : null
  return json ?? ofBinary(value, decoders) ?? ofText(decoder.decode(value.subarray(0, HEAD)), value.at(-1) === NEWLINE)
}

const decoder = new TextDecoder()
const [BRACE, BRACKET, QUOTE, NEWLINE] = [123, 91, 34, 10] as const
/** The marks of text formats stand at the start of a line. */
const HEAD = 4096
const OTEL = 'OTel Collector'
const FLUENT = 'Fluent Bit'

function parse(value: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(value))
  } catch {
    return undefined
  }
}

function ofBinary(value: Uint8Array, decoders: MetricDecoders): string | null {
  const first = value[0] as number
  if (first === NEWLINE) {
    const logs = decoders.otlpLogs(value)
    if (logs !== null) return `${logs.isObserved ? OTEL : FLUENT} (otlp_proto)`
    const rows = decoders.otlpMetrics(value)
    // The collector names the target as an attribute of the resource, Fluent Bit names nothing.
    if (rows !== null) return `${rows[0]?.labels['service.name'] === undefined ? FLUENT : OTEL} (otlp_proto)`
  }
  if (first >= 0x80 && isObject(decoders.msgpack(value))) return `${FLUENT} (msgpack)`
  return decoders.remoteWrite(value) === null ? null : 'Telegraf (prometheusremotewrite)'
}

/** What only one shipper writes; the first that fits counts. */
const KINDS: readonly (readonly [name: string, fits: (value: Json, has: (key: string) => boolean) => boolean])[] = [
  ['captures of REST polls', (_, has) => has('t') && has('member') && has('path')],
  ['kcat (-J)', (_, has) => has('topic') && has('partition') && has('payload')],
  ['Kafka Connect (JsonConverter)', (_, has) => has('schema') && has('payload')],
  ['Telegraf (json)', (_, has) => (has('fields') && has('name') && has('tags')) || has('metrics')],
  ['prometheus-kafka-adapter (json)', (_, has) => has('labels') && has('name') && has('value')],
  ['Filebeat (json)', (value) => object(value, '@metadata')?.beat !== undefined],
  ['Vector (json)', (value, has) => has('source_type') || object(value, 'kubernetes')?.pod_labels !== undefined],
  [`${FLUENT} (gelf)`, (_, has) => has('short_message') && has('version')],
  ['Cribl Stream (json)', (_, has) => has('_raw')],
  ['rsyslog (jsonmesg)', (_, has) => has('msg') && has('rawmsg')],
  ['syslog-ng (json)', (_, has) => has('MESSAGE') && has('PROGRAM')],
  ['journalctl (json)', (_, has) => has('MESSAGE') && has('__REALTIME_TIMESTAMP')],
  ['Logstash (json)', (_, has) => has('@version')],
  [
    'rsyslog (json)',
    (_, has) => has('host') && has('severity') && (has('program') || has('syslogtag') || has('facility')),
  ],
  // By the template in docs/shippers/rsyslog.conf.
  ['rsyslog (json)', (value, has) => has('@timestamp') && has('program') && text(value, 'host') !== undefined],
  ['Fluentd (json)', (value, has) => !has('@timestamp') && object(value, 'kubernetes') !== undefined],
  [`${FLUENT} (json)`, (_, has) => has('@timestamp')],
  ['PostgreSQL jsonlog lines', (_, has) => has('error_severity')],
  ['docker json-file lines', (_, has) => has('log') && has('stream') && has('time')],
  [`${OTEL} (raw)`, (_, has) => has('MESSAGE')],
  ['Patroni JSON lines', (_, has) => has('asctime') || has('levelname')],
]

function ofJson(value: Uint8Array): string | null {
  const parsed = parse(value)
  if (typeof parsed === 'string') return 'JSON strings (OTel Collector raw, Kafka Connect JsonConverter)'
  const one = Array.isArray(parsed) ? parsed[0] : parsed
  if (!isObject(one)) return null
  const otlp = ofOtlp(one)
  if (otlp !== null) return otlp
  const has = (key: string): boolean => Object.hasOwn(one, key)
  return KINDS.find(([, fits]) => fits(one, has))?.[0] ?? 'JSON of an unknown shipper'
}

/** Fluent Bit leaves the time of observation out of logs; its metrics have one blank as description. */
function ofOtlp(value: Json): string | null {
  const log = nested(value, 'resourceLogs', 'scopeLogs', 'logRecords')
  if (log !== undefined) return `${text(log, 'observedTimeUnixNano') === undefined ? FLUENT : OTEL} (otlp_json)`
  const metric = nested(value, 'resourceMetrics', 'scopeMetrics', 'metrics')
  if (metric !== undefined) return `${metric.description === ' ' ? FLUENT : OTEL} (otlp_json)`
  return null
}

/** First object of a list in a list in a list. */
function nested(value: Json, ...keys: readonly string[]): Json | undefined {
  let at: Json | undefined = value
  for (const key of keys) at = at === undefined ? undefined : array(at, key)?.find(isObject)
  return at
}

const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`
const SYSLOG = new RegExp(
  String.raw`^(?:<\d{1,3}>)?${STAMP}(\.\d{6})?(?:Z|[+-]\d\d:\d\d) [\w.-]{1,255} [\w./-]{1,64}(?:\[\d+\])?(:?)(?: |$)`,
)

/** Text formats by their start; rsyslog's templates end with a newline. */
function ofText(head: string, ends: boolean): string {
  if (/^<\d{1,3}>1 /.test(head)) return ends ? 'rsyslog (rfc5424)' : 'syslog (rfc5424)'
  if (new RegExp(String.raw`^${STAMP}(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) std(?:out|err) [FP](?: |$)`).test(head))
    return 'CRI lines (kcat or a script)'
  if (new RegExp(String.raw`^${STAMP}\.\d{3}Z [\w.-]{1,255} (?:\d{4}-|\{)`).test(head)) return 'Logstash (plain)'
  const syslog = SYSLOG.exec(head)
  if (syslog !== null) return syslog[1] !== undefined || ends ? 'rsyslog (default)' : 'syslog-ng (default)'
  if (/^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,255} \S/.test(head)) return 'syslog (rfc3164)'
  if (/^[\w.-]{1,200}(?:,[^\s=]{1,200}=\S{1,500}){1,40} [^\s=]{1,200}=["\d-]/.test(head)) return 'Telegraf (influx)'
  if (/^# (?:HELP|TYPE) /.test(head)) return 'Telegraf (prometheus)'
  return 'raw lines (kcat, Fluent Bit raw, Kafka Connect StringConverter, Vector text)'
}
