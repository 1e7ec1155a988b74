const RAW = 'raw lines (kcat, Fluent Bit raw, Kafka Connect StringConverter, Vector text)'
const STRINGS = 'JSON strings (OTel Collector raw, Kafka Connect JsonConverter)'

/** The name of each configuration's records, where it is not the shipper's name with `(json)`. */
export const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fluent-bit.jsonl': {
    'gelf-plain': 'Fluent Bit (gelf)',
    'raw-plain': RAW,
    'msgpack-cri': 'Fluent Bit (msgpack)',
    'otlp_json-cri': 'Fluent Bit (otlp_json)',
    'prom-otlp_json': 'Fluent Bit (otlp_json)',
    '': 'Fluent Bit (json)',
  },
  'journalctl-kcat.jsonl': { '': 'journalctl (json)' },
  'kafka-connect-file.jsonl': { 'json-schema': 'Kafka Connect (JsonConverter)', string: RAW },
  'kcat.jsonl': { cri: 'CRI lines (kcat or a script)', '': RAW },
  'otelcol.jsonl': {
    'raw-plain': STRINGS,
    'proto-cri': 'OTel Collector (otlp_proto)',
    'prom-proto': 'OTel Collector (otlp_proto)',
    '': 'OTel Collector (otlp_json)',
  },
  'prometheus-kafka-adapter.jsonl': { '': 'prometheus-kafka-adapter (json)' },
  'rsyslog.jsonl': {
    rfc5424: 'rsyslog (rfc5424)',
    json: 'rsyslog (json)',
    jsonmesg: 'rsyslog (jsonmesg)',
    '': 'rsyslog (default)',
  },
  'syslog-ng.jsonl': { json: 'syslog-ng (json)', default: 'syslog-ng (default)' },
  'telegraf.jsonl': {
    'log-influx': 'Telegraf (influx)',
    'prom-influx': 'Telegraf (influx)',
    'prom-remotewrite': 'Telegraf (prometheusremotewrite)',
    '': 'Telegraf (json)',
  },
}

/** The name of the records that a file of samples has of a configuration. */
export function nameIn(file: string, config: string): string {
  const names = NAMES[file] as Readonly<Record<string, string>>
  return names[config] ?? (names[''] as string)
}
