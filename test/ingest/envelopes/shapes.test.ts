import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import type { Basis } from '../../../src/ingest/envelopes/identity.ts'
import { nameShipper } from '../../../src/ingest/envelopes/shipper.ts'
import { decoders } from '../../../src/io/decode/index.ts'
import { read, type Sampled } from './records.ts'

/** The line that each envelope carries, and the traceback line that follows it. */
const LINE =
  '2026-11-22 19:00:01,512 INFO: no action. I am (acid-demo-1), a secondary, and following a leader (acid-demo-0)'
const MORE = '  File "/usr/lib/python3/dist-packages/patroni/dcs/kubernetes.py", line 471, in _do_watch'
/** When the record was sent, or the event's own time where the shipper stamps records with it. */
const SENT = Date.UTC(2026, 10, 22, 19, 0, 2)
const EVENT = Date.UTC(2026, 10, 22, 19, 0, 1, 512)
const WHOLE = Date.UTC(2026, 10, 22, 19, 0, 1)

interface Row {
  readonly name: string
  readonly shipper: string
  readonly value: (line: string) => string | Uint8Array
  readonly whose: readonly [member: string | null, cluster: string | null, basis: Basis]
  readonly key?: string
  readonly timestamp?: number
}

const POD = ['acid-demo-1', 'db/acid-demo', 'metadata'] as const
const GUESS = ['acid-demo-1', 'db/acid-demo', 'pod name'] as const
const HOST = ['pg-1', null, 'host'] as const
const NOBODY = [null, null, 'none'] as const
const LABELS = { application: 'spilo', 'cluster-name': 'acid-demo', 'spilo-role': 'replica' }
const json = JSON.stringify
const RAW = 'raw lines (kcat, Fluent Bit raw, Kafka Connect StringConverter, Vector text)'

const ROWS: readonly Row[] = [
  {
    name: 'Fluent Bit json, tail and kubernetes filter',
    shipper: 'Fluent Bit (json)',
    value: (log) =>
      json({
        '@timestamp': 1795374001.512345,
        time: '2026-11-22T19:00:01.512345678Z',
        stream: 'stdout',
        _p: 'P',
        log,
        kubernetes: {
          pod_name: 'acid-demo-1',
          namespace_name: 'db',
          labels: LABELS,
          annotations: { status: '{"role":"replica"}' },
          host: 'node-2',
          container_name: 'postgres',
        },
      }),
    whose: POD,
  },
  {
    name: 'Fluent Bit json, a label that was flattened',
    shipper: 'Fluent Bit (json)',
    value: (message) =>
      json({
        '@timestamp': 1795374001.5,
        message,
        kubernetes: { pod_name: 'acid-demo-1', namespace_name: 'db', labels: { cluster_name: 'acid-demo' } },
      }),
    whose: POD,
  },
  {
    name: 'Fluent Bit json, systemd with lower case',
    shipper: 'Fluent Bit (json)',
    value: (message) =>
      json({
        '@timestamp': 1795374001.5,
        message,
        hostname: 'pg-1',
        systemd_unit: 'patroni.service',
        syslog_identifier: 'patroni',
      }),
    whose: HOST,
  },
  {
    name: 'Fluent Bit gelf of the journal',
    shipper: 'Fluent Bit (gelf)',
    value: (short_message) =>
      json({
        version: '1.1',
        __HOSTNAME: 'pg-1',
        __SYSTEMD_UNIT: 'patroni.service',
        short_message,
        timestamp: 1795374001.5,
      }),
    whose: HOST,
  },
  { name: 'Fluent Bit raw', shipper: RAW, value: (line) => line, whose: NOBODY },
  {
    name: 'Fluentd, kube-logging operator',
    shipper: 'Fluentd (json)',
    value: (message) =>
      json({
        stream: 'stdout',
        logtag: 'F',
        message,
        time: '2026-11-22T19:00:01.512345678Z',
        docker: { container_id: '9ab1' },
        kubernetes: {
          container_name: 'postgres',
          namespace_name: 'db',
          pod_name: 'acid-demo-1',
          host: 'node-2',
          labels: LABELS,
        },
      }),
    whose: POD,
  },
  {
    name: 'Vector json, kubernetes_logs',
    shipper: 'Vector (json)',
    value: (message) =>
      json({
        file: '/var/log/pods/db_acid-demo-1_0c1f/postgres/0.log',
        kubernetes: {
          container_id: 'containerd://9ab1',
          container_name: 'postgres',
          namespace_labels: {},
          pod_ips: ['10.0.0.12'],
          pod_labels: LABELS,
          pod_name: 'acid-demo-1',
          pod_namespace: 'db',
          pod_node_name: 'node-2',
        },
        message,
        source_type: 'kubernetes_logs',
        stream: 'stdout',
        timestamp: '2026-11-22T19:00:01.512345678Z',
      }),
    whose: POD,
    timestamp: EVENT,
  },
  {
    name: 'Vector json, file',
    shipper: 'Vector (json)',
    value: (message) =>
      json({
        file: '/var/log/patroni/patroni.log',
        host: 'pg-1',
        message,
        source_type: 'file',
        timestamp: '2026-11-22T19:00:01.5Z',
      }),
    whose: HOST,
    timestamp: EVENT,
  },
  { name: 'Vector text', shipper: RAW, value: (line) => line, whose: NOBODY, timestamp: EVENT },
  {
    name: 'Filebeat with Kubernetes metadata',
    shipper: 'Filebeat (json)',
    value: (message) =>
      json({
        '@timestamp': '2026-11-22T19:00:01.512Z',
        '@metadata': { beat: 'filebeat', type: '_doc', version: '9.1.0' },
        message,
        stream: 'stdout',
        log: { offset: 8123, file: { path: '/var/log/containers/acid-demo-1_db_postgres-9ab1.log' } },
        input: { type: 'container' },
        kubernetes: {
          namespace: 'db',
          node: { name: 'node-2' },
          pod: { name: 'acid-demo-1', uid: '0c1f' },
          container: { name: 'postgres' },
          labels: LABELS,
        },
        host: { name: 'node-2' },
        agent: { type: 'filebeat', version: '9.1.0' },
      }),
    whose: POD,
    timestamp: EVENT,
  },
  {
    name: 'Filebeat on a host',
    shipper: 'Filebeat (json)',
    value: (message) =>
      json({
        '@timestamp': '2026-11-22T19:00:01.512Z',
        '@metadata': { beat: 'filebeat' },
        message,
        log: { offset: 1, file: { path: '/var/log/patroni/patroni.log' } },
        host: { name: 'pg-1' },
      }),
    whose: HOST,
  },
  {
    name: 'Logstash plain',
    shipper: 'Logstash (plain)',
    value: (line) => `2026-11-22T19:00:01.512Z pg-1 ${line}`,
    whose: HOST,
  },
  {
    name: 'Logstash json',
    shipper: 'Logstash (json)',
    value: (message) =>
      json({ '@timestamp': '2026-11-22T19:00:01.512Z', '@version': '1', message, host: { name: 'pg-1' } }),
    whose: HOST,
  },
  {
    name: 'rsyslog default, a tag with a colon',
    shipper: 'rsyslog (default)',
    value: (line) => `2026-11-22T19:07:12.989510+00:00 pg-1 patroni:${line.startsWith(' ') ? '' : ' '}${line}\n`,
    whose: HOST,
    timestamp: WHOLE,
  },
  {
    name: 'rsyslog default, a tag without',
    shipper: 'rsyslog (default)',
    value: (line) => `2026-11-22T19:07:12.989510+00:00 pg-1 patroni${line.startsWith(' ') ? '' : ' '}${line}\n`,
    whose: HOST,
    timestamp: WHOLE,
  },
  {
    name: 'rsyslog traditional',
    shipper: 'syslog (rfc3164)',
    value: (line) => `Nov 23 04:30:10 pg-1 patroni: ${line}\n`,
    whose: HOST,
    timestamp: WHOLE,
  },
  {
    name: 'rsyslog forward',
    shipper: 'rsyslog (default)',
    value: (line) => `<134>2026-11-22T19:07:12.989510+00:00 pg-1 patroni: ${line}\n`,
    whose: HOST,
    timestamp: WHOLE,
  },
  {
    name: 'rsyslog RFC 5424',
    shipper: 'rsyslog (rfc5424)',
    value: (line) => `<133>1 2026-11-22T19:07:12.989530+00:00 pg-1 patroni - - - ${line}\n`,
    whose: HOST,
    timestamp: WHOLE,
  },
  {
    name: 'rsyslog json by a list template',
    shipper: 'rsyslog (json)',
    value: (line) =>
      `{"@timestamp":"2026-11-22T19:07:12.989510+00:00", "host":"pg-1", "severity":"notice", "facility":"local0", "program":"patroni", "syslogtag":"patroni:", "file":"\\/var\\/log\\/patroni\\/patroni.log", "message":${json(line)}}\n`,
    whose: HOST,
    timestamp: WHOLE,
  },
  {
    name: 'rsyslog by the template in docs/shippers/rsyslog.conf',
    shipper: 'rsyslog (json)',
    value: (line) =>
      `{"@timestamp":"2026-11-22T19:07:12.989510+00:00", "host":"pg-1", "program":"patroni", "file":"\\/var\\/log\\/patroni\\/patroni.log", "message":${json(line)}}\n`,
    whose: HOST,
    timestamp: WHOLE,
  },
  {
    name: 'syslog-ng default',
    shipper: 'syslog-ng (default)',
    value: (line) => `2026-11-22T19:08:20+00:00 pg-1 patroni: ${line}`,
    whose: HOST,
  },
  {
    name: 'syslog-ng json',
    shipper: 'syslog-ng (json)',
    value: (MESSAGE) =>
      json({
        SOURCE: 's',
        PROGRAM: 'patroni',
        PRIORITY: 'notice',
        MESSAGE,
        HOST_FROM: 'relay',
        HOST: 'pg-1',
        FILE_NAME: '/var/log/patroni/patroni.log',
      }),
    whose: HOST,
    key: 'pg-1',
  },
  {
    name: 'OTel Collector otlp_json with labels',
    shipper: 'OTel Collector (otlp_json)',
    value: (line) => json(otlp(line)),
    whose: POD,
  },
  {
    name: 'OTel Collector otlp_proto',
    shipper: 'OTel Collector (otlp_proto)',
    value: otlpProto,
    whose: POD,
    key: '0123456789abcdef',
  },
  {
    name: 'OTel Collector raw, a text',
    shipper: 'JSON strings (OTel Collector raw, Kafka Connect JsonConverter)',
    value: (line) => json(line),
    whose: NOBODY,
  },
  {
    name: 'OTel Collector raw, a map',
    shipper: 'OTel Collector (raw)',
    value: (MESSAGE) => json({ MESSAGE, _HOSTNAME: 'pg-1', SYSLOG_IDENTIFIER: 'patroni' }),
    whose: HOST,
  },
  {
    name: 'Cribl Stream',
    shipper: 'Cribl Stream (json)',
    value: (_raw) => json({ _raw, _time: 1795374001.5, host: 'pg-1', source: 'patroni.log' }),
    whose: HOST,
  },
  { name: 'kcat lines', shipper: RAW, value: (line) => line, whose: NOBODY },
  {
    name: 'journalctl',
    shipper: 'journalctl (json)',
    value: (MESSAGE) =>
      json({
        __REALTIME_TIMESTAMP: '1795374001512345',
        MESSAGE,
        _HOSTNAME: 'pg-1',
        SYSLOG_IDENTIFIER: 'patroni',
        PRIORITY: '6',
      }),
    whose: HOST,
  },
  {
    name: 'journalctl, bytes in place of a text',
    shipper: 'journalctl (json)',
    value: (line) =>
      json({ MESSAGE: [...Buffer.from(line)], _HOSTNAME: 'pg-1', __REALTIME_TIMESTAMP: '1795374001512345' }),
    whose: HOST,
  },
  { name: 'Kafka Connect, StringConverter', shipper: RAW, value: (line) => line, whose: NOBODY },
  {
    name: 'Kafka Connect, JsonConverter with schemas',
    shipper: 'Kafka Connect (JsonConverter)',
    value: (payload) => json({ schema: { type: 'string', optional: false }, payload }),
    whose: NOBODY,
  },
  {
    name: 'Telegraf json',
    shipper: 'Telegraf (json)',
    value: (value) =>
      `${json({ fields: { value: value.trim() }, name: 'patroni', tags: { host: 'pg-1', path: '/var/log/patroni/patroni.log' }, timestamp: 1795374001 })}\n`,
    whose: HOST,
    key: 'pg-1',
    timestamp: WHOLE,
  },
  {
    name: 'Telegraf influx',
    shipper: 'Telegraf (influx)',
    value: (line) =>
      `patroni,host=pg-1,path=/var/log/patroni/patroni.log value="${line.trim().replace(/["\\]/g, '\\$&')}" 1795374001512345678\n`,
    whose: HOST,
  },
  {
    name: 'docker json-file lines by kcat',
    shipper: 'docker json-file lines',
    value: (line) => json({ log: `${line}\n`, stream: 'stdout', time: '2026-11-22T19:00:01.512345678Z' }),
    whose: NOBODY,
  },
  {
    name: 'CRI lines by kcat',
    shipper: 'CRI lines (kcat or a script)',
    value: (line) => `2026-11-22T19:00:01.512345678-05:00 stdout F ${line}`,
    whose: NOBODY,
  },
  {
    name: 'Fluent Bit without Kubernetes, the path kept',
    shipper: 'Fluent Bit (json)',
    value: (log) =>
      json({
        '@timestamp': '2026-11-22T19:00:01.512345Z',
        log,
        filename: '/var/log/containers/acid-demo-1_db_postgres-9ab1.log',
      }),
    whose: GUESS,
    key: 'acid-demo',
  },
]

function otlp(line: string) {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  return {
    resourceLogs: [
      {
        resource: {
          attributes: [
            attribute('k8s.namespace.name', 'db'),
            attribute('k8s.pod.name', 'acid-demo-1'),
            attribute('k8s.container.name', 'postgres'),
            attribute('k8s.pod.labels.cluster-name', 'acid-demo'),
          ],
        },
        scopeLogs: [
          {
            scope: {},
            logRecords: [
              {
                timeUnixNano: '1795374001512345678',
                observedTimeUnixNano: '1795374001600000000',
                body: { stringValue: line },
                attributes: [attribute('log.iostream', 'stdout'), attribute('logtag', 'P')],
              },
            ],
          },
        ],
      },
    ],
  }
}

/** The same as protobuf, `scopeLogs` before `resource` and the text before the times. */
function otlpProto(line: string): Uint8Array {
  const message = (field: number, ...parts: Uint8Array[]) =>
    parts
      .reduce((writer, part) => writer.raw(part), new BinaryWriter().tag(field, 2).fork())
      .join()
      .finish()
  const string = (field: number, value: string) => new BinaryWriter().tag(field, 2).string(value).finish()
  const attribute = (field: number, key: string, value: string) =>
    message(field, message(2, string(1, value)), string(1, key))
  const times = new BinaryWriter()
    .tag(11, 1)
    .fixed64(1795374001600000000n)
    .tag(1, 1)
    .fixed64(1795374001512345678n)
    .finish()
  const record = message(2, attribute(6, 'log.iostream', 'stdout'), message(5, string(1, line)), times)
  const resource = message(
    1,
    attribute(1, 'k8s.pod.name', 'acid-demo-1'),
    attribute(1, 'k8s.namespace.name', 'db'),
    attribute(1, 'k8s.pod.labels.cluster-name', 'acid-demo'),
  )
  return message(1, message(2, record), resource)
}

function record(row: Row, line: string): Pick<Sampled, 'value' | 'key' | 'timestamp'> {
  const { key, timestamp = SENT } = row
  return { value: Buffer.from(row.value(line)), key: key === undefined ? null : Buffer.from(key), timestamp }
}

describe('a record of', () => {
  for (const row of ROWS)
    it(row.name, () => {
      // Three times: metadata are read the first time and known by their bytes afterwards.
      const lines = [LINE, MORE, LINE, MORE, '', LINE]
      const heard = read(lines.map((line) => record(row, line)))
      assert.deepEqual(
        heard.map(({ outcome }) => outcome),
        ['line', 'bare', 'line', 'bare', 'empty', 'line'],
      )
      for (const [at, one] of heard.entries()) {
        assert.equal(one.text.trim(), (lines[at] as string).trim())
        assert.deepEqual([one.member, one.cluster, one.basis], row.whose)
        assert.equal(one.time, one.outcome === 'line' ? '2026-11-22T19:00:01.512Z' : null)
        assert.deepEqual([one.offset, one.index], [at, 0])
        assert.equal(one.stream, heard[0]?.stream, 'all are of one writer')
      }
      assert.equal(heard[0]?.message, LINE.slice('2026-11-22 19:00:01,512 INFO: '.length))
      assert.equal(nameShipper(record(row, LINE).value, decoders()), row.shipper)
    })
})

describe('a line of the hour that comes twice when summer time ends, first of its partition', () => {
  const line = LINE.replace('2026-11-22 19:00:01', '2026-10-25 02:30:01')
  for (const [name, timestamp, time] of [
    ['was written the first time when it was appended then', Date.UTC(2026, 9, 25, 0, 30, 3), '00:30:01.512'],
    [
      'was written the first time when it was appended most of an hour later',
      Date.UTC(2026, 9, 25, 1, 20),
      '00:30:01.512',
    ],
    ['was written the second time when it was appended then', Date.UTC(2026, 9, 25, 1, 30, 3), '01:30:01.512'],
    ['is taken to be of the first when nothing tells', -1, '00:30:01.512'],
  ] as const)
    it(name, () => {
      for (const value of [line, JSON.stringify({ message: line, kubernetes: { pod_name: 'acid-demo-1' } })])
        assert.deepEqual(
          read([{ value: Buffer.from(value), timestamp }], { zone: 'Europe/Berlin' }).map((one) => one.time),
          [`2026-10-25T${time}Z`],
        )
    })
})
