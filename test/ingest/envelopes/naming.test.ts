import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nameShipper } from '../../../src/ingest/envelopes/shipper.ts'
import { decoders } from '../../../src/io/decode/index.ts'
import { type Sampled, shipped } from './records.ts'

const RAW = 'raw lines (kcat, Fluent Bit raw, Kafka Connect StringConverter, Vector text)'
const STRINGS = 'JSON strings (OTel Collector raw, Kafka Connect JsonConverter)'

/** The name of each configuration's records, where it is not the shipper's name with `(json)`. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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

function nameOf({ value }: Sampled): string {
  return nameShipper(value, decoders())
}

describe('the shipper of a record is named', () => {
  for (const [file, names] of Object.entries(NAMES))
    it(file, () => {
      for (const record of shipped(file)) {
        // An empty line without a key is the same from everybody.
        if (record.value.length === 0) continue
        assert.equal(
          nameOf(record),
          names[record.config] ?? names[''],
          Buffer.from(record.value).toString().slice(0, 200),
        )
      }
    })
})
