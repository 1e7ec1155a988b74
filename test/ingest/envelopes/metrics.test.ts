import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { NO_RULES } from '../../../src/ingest/envelopes/identity.ts'
import { type MetricReaderOptions, metricReader } from '../../../src/ingest/envelopes/metric-reader.ts'
import type { MetricFormat } from '../../../src/ingest/envelopes/metric-rows.ts'
import { names } from '../../../src/ingest/names.ts'
import { decoders } from '../../../src/io/decode/index.ts'
import { snappyBlock } from '../../../src/io/decode/snappy.ts'
import type { Reading, Sample } from '../../../src/model/sample.ts'
import { type Sampled, shipped } from './records.ts'

interface Told {
  readonly readings: Reading[]
  readonly rejects: string[]
}

function read(
  records: readonly (Partial<Sampled> & { value: Uint8Array })[],
  options: Partial<MetricReaderOptions> = {},
): Told {
  const reader = metricReader({ names: names(), decoders: decoders(), ...options })
  const told: Told = { readings: [], rejects: [] }
  for (const [offset, { value, key = null, headers, timestamp = 0 }] of records.entries()) {
    const { readings, reject } = reader.push(value, { offset, key, headers, timestamp })
    told.readings.push(...readings.map(({ reading }) => reading))
    if (reject !== null) told.rejects.push(reject)
  }
  told.readings.push(...reader.advance(Number.POSITIVE_INFINITY).map(({ reading }) => reading))
  return told
}

function of(file: string, config: string): Sampled[] {
  return shipped(file).filter((record) => record.config === config)
}

/** The scrape that all samples have: a primary of 3.0.2, whose series carry the scope and no member. */
function checkScrape({ readings, rejects }: Told, member: string): void {
  assert.deepEqual(rejects, [])
  const sample = readings[0] as Sample
  assert.equal(sample.kind, 'sample')
  assert.deepEqual([sample.cluster, sample.member], ['acid-orders', member])
  assert.deepEqual(
    [sample.role, sample.state, sample.timeline, sample.writeLsn],
    ['primary', 'running', 1, 24_600_576n],
  )
  assert.match(new Date(sample.time).toISOString(), /^2026-11-23T04:/)
}

describe('metrics of a member come as', () => {
  const OF_THE_HOST: readonly (readonly [file: string, config: string, format?: MetricFormat])[] = [
    ['telegraf.jsonl', 'prom-json'],
    ['telegraf.jsonl', 'prom-influx'],
    ['telegraf.jsonl', 'prom-remotewrite', 'remote_write'],
    ['prometheus-kafka-adapter.jsonl', 'json'],
    ['prometheus-kafka-adapter.jsonl', 'avro-json'],
  ]
  for (const [file, config, format = 'auto'] of OF_THE_HOST)
    it(`${file} ${config}: one sample of each scrape, of the host that scraped itself`, () => {
      checkScrape(read(of(file, config), { format }), 'pg-1')
    })

  for (const [file, config] of [
    ['otelcol.jsonl', 'prom-json'],
    ['otelcol.jsonl', 'prom-proto'],
    ['fluent-bit.jsonl', 'prom-otlp_json'],
  ] as const) {
    it(`${file} ${config}: a sample a record, when the member is known beside`, () => {
      const records = of(file, config)
      const told = read(records, { home: { member: 'acid-orders-0' } })
      checkScrape(told, 'acid-orders-0')
      assert.equal(told.readings.length, records.length)
    })
    it(`${file} ${config}: rejected with the reason when nothing tells the member`, () => {
      const { readings, rejects } = read(of(file, config))
      assert.deepEqual(readings, [])
      for (const reason of rejects) assert.match(reason, /no known member/)
    })
  }

  it('Telegraf JSON, metric_version 1 and 2, with the member that Patroni gives', () => {
    const tags =
      '"tags":{"host":"scraper","name":"pg-1","scope":"demo","url":"http://10.0.0.12:8008/metrics"},"timestamp":1795374001'
    const values = [
      `{"fields":{"gauge":1},"name":"patroni_replica",${tags}}\n`,
      `{"fields":{"counter":67419744},"name":"patroni_xlog_received_location",${tags}}\n`,
      `{"fields":{"patroni_xlog_replayed_location":67419000,"patroni_postgres_running":1},"name":"prometheus",${tags}}\n`,
    ]
    const { readings } = read(values.map((value) => ({ value: Buffer.from(value) })))
    assert.equal(readings.length, 1)
    const { member, cluster, time, role, receiveLsn, replayLsn } = readings[0] as Sample
    assert.deepEqual([member, cluster, role, receiveLsn, replayLsn], ['pg-1', 'demo', 'replica', 67419744n, 67419000n])
    assert.equal(time, 1795374001000)
  })

  it("Prometheus' text, with times and without", () => {
    const text = (time: string) =>
      `# HELP patroni_replica x\n# TYPE patroni_replica untyped\npatroni_replica{scope="demo",name="pg-2"} 1${time}\npatroni_xlog_received_location{scope="demo",name="pg-2"} 2.4595328e+07${time}\n`
    for (const [time, at] of [
      [' 1795374001500', 1795374001500],
      ['', 42000],
    ] as const) {
      const { readings } = read([{ value: Buffer.from(text(time)), timestamp: 42000 }])
      const sample = readings[0] as Sample
      assert.deepEqual([sample.member, sample.cluster, sample.receiveLsn, sample.time], ['pg-2', 'demo', 24595328n, at])
    }
  })

  it('scrapes that failed, once the target is known: prometheus-kafka-adapter, Prometheus’ text, OTLP', () => {
    const row = (name: string, value: string, time: string, labels: object = {}) =>
      JSON.stringify({
        labels: { job: 'patroni', instance: '10.0.0.12:8008', ...labels },
        name,
        timestamp: `2026-11-23T04:26:${time}Z`,
        value,
      })
    const of = { scope: 'demo', name: 'pg-1' }
    const adapter = [
      row('up', '0', '01'),
      row('patroni_replica', '1', '16', of),
      row('up', '1', '16'),
      row('up', '0', '31'),
      row('up', '0', '31', { job: 'node' }),
    ]
    const labels = (more = '') => `{job="patroni",instance="10.0.0.12:8008"${more}}`
    const text = [
      `patroni_replica${labels(',scope="demo",name="pg-1"')} 1 1795407976000`,
      `up${labels()} 0 1795407991000`,
    ]
    const point = (asDouble: number, timeUnixNano: string, more: object[] = []) => ({
      dataPoints: [{ asDouble, timeUnixNano, attributes: more }],
    })
    const text2 = (key: string, stringValue: string) => ({ key, value: { stringValue } })
    const otlp = JSON.stringify({
      resourceMetrics: [
        {
          resource: { attributes: [text2('service.name', 'patroni'), text2('service.instance.id', '10.0.0.12:8008')] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'patroni_replica',
                  gauge: point(1, '1795407976000000000', [text2('scope', 'demo'), text2('name', 'pg-1')]),
                },
                { name: 'up', gauge: point(0, '1795407991000000000') },
              ],
            },
          ],
        },
      ],
    })
    for (const values of [adapter, text, [otlp]]) {
      const { readings, rejects } = read(values.map((value) => ({ value: Buffer.from(value) })))
      const failures = readings.filter(({ kind }) => kind === 'poll-failure')
      assert.deepEqual(failures, [
        {
          kind: 'poll-failure',
          cluster: 'demo',
          member: 'pg-1',
          time: 1795407991000,
          path: '/metrics',
          error: 'the scrape failed (up is 0)',
        },
      ])
      assert.deepEqual([readings.length, rejects], [2, []])
    }
  })

  it('captures of REST polls', () => {
    const value = Buffer.from(
      '{"t":1795374001.5,"member":"pg-1","path":"/patroni","status":200,"body":{"state":"running","role":"replica"}}',
    )
    const { readings } = read([{ value }])
    assert.deepEqual([(readings[0] as Sample).member, (readings[0] as Sample).role], ['pg-1', 'replica'])
    const several = read([{ value: Buffer.concat([value, Buffer.from('\n'), value, Buffer.from('\n')]) }])
    assert.deepEqual([several.readings.length, several.rejects], [2, []])
  })

  it('OTLP protobuf with whole numbers, the resource behind the points', () => {
    const text = (field: number, value: string) => new BinaryWriter().tag(field, 2).string(value).finish()
    const wrap = (field: number, ...parts: Uint8Array[]) => {
      const writer = new BinaryWriter().tag(field, 2).fork()
      for (const part of parts) writer.raw(part)
      return writer.join().finish()
    }
    const attribute = (field: number, key: string, value: string) => wrap(field, text(1, key), wrap(2, text(1, value)))
    const point = new BinaryWriter().tag(6, 1).sfixed64(67419744n).tag(3, 1).fixed64(1795374001500000000n).finish()
    const metric = wrap(2, wrap(7, wrap(1, attribute(7, 'scope', 'demo'), point)), text(1, 'patroni_xlog_location'))
    const resource = wrap(1, attribute(1, 'k8s.pod.name', 'pg-0'), attribute(1, 'k8s.namespace.name', 'db'))
    const flag = wrap(2, text(1, 'patroni_primary'), wrap(5, wrap(1, attribute(7, 'scope', 'demo'), point)))
    const { readings, rejects } = read([{ value: wrap(1, wrap(2, metric, flag), resource) }])
    assert.deepEqual(rejects, [])
    const { member, cluster, time, writeLsn } = readings[0] as Sample
    assert.deepEqual([member, cluster, time, writeLsn], ['pg-0', 'db/demo', 1795374001500, 67419744n])
  })
})

describe('the member of a metric', () => {
  const row = (labels: string) => ({ value: Buffer.from(`patroni_replica{${labels}} 1 1795374001500\n`) })
  const member = (labels: string, options: Partial<MetricReaderOptions> = {}) => {
    const [sample] = read([row(labels)], options).readings as Sample[]
    return sample === undefined ? null : [sample.cluster, sample.member]
  }

  it('is the one Patroni gives, the pod, the target, the host: in this order', () => {
    assert.deepEqual(member('scope="demo",name="pg-1",pod="pod-1",instance="10.0.0.1:8008"'), ['demo', 'pg-1'])
    assert.deepEqual(member('scope="demo",pod="pod-1",namespace="db",instance="10.0.0.1:8008"'), ['db/demo', 'pod-1'])
    assert.deepEqual(member('scope="demo",instance="10.0.0.1:8008",host="scraper"'), ['demo', '10.0.0.1'])
    assert.deepEqual(member('scope="demo",instance="127.0.0.1:8008",host="pg-3"'), ['demo', 'pg-3'])
    assert.equal(member('scope="demo",instance="[::1]:8008"'), null)
  })

  it('is told by the map of hosts', () => {
    const hosts = new Map([['10.0.0.1', { cluster: 'db/demo', member: 'pg-0' }]])
    assert.deepEqual(member('scope="demo",instance="10.0.0.1:8008"', { rules: { ...NO_RULES, hosts } }), [
      'db/demo',
      'pg-0',
    ])
  })
})

describe('gathering', () => {
  const one = (metric: string, member: string, second: number) => ({
    value: Buffer.from(
      `{"fields":{"value":1},"name":"patroni_${metric}","tags":{"name":"${member}","scope":"demo"},"timestamp":${second}}`,
    ),
  })

  it('keeps members apart and completes each when its time moves on', () => {
    const reader = metricReader({ names: names(), decoders: decoders() })
    const push = ({ value }: { value: Uint8Array }, offset: number) =>
      reader
        .push(value, { offset, key: null, headers: undefined, timestamp: 0 })
        .readings.map(({ reading, offset: at }) => [(reading as Sample).member, reading.time, at])
    assert.deepEqual(push(one('replica', 'a', 1000), 0), [])
    assert.deepEqual(push(one('replica', 'b', 1001), 1), [])
    assert.deepEqual(push(one('pending_restart', 'a', 1000), 2), [])
    assert.equal(reader.held, 0)
    assert.deepEqual(push(one('replica', 'a', 1010), 3), [['a', 1_000_000, 0]])
    assert.equal(reader.held, 1)
    assert.deepEqual(
      reader.advance(1_005_000).map(({ reading }) => reading.time),
      [1_001_000],
    )
    assert.equal(reader.held, 3)
  })

  it('is bounded: with ten thousand members open the one that waits longest makes room', () => {
    const reader = metricReader({ names: names(), decoders: decoders() })
    let given = 0
    for (let offset = 0; offset < 10_050; offset++) {
      const { value } = one('replica', `m${offset}`, 1000)
      given += reader.push(value, { offset, key: null, headers: undefined, timestamp: 0 }).readings.length
    }
    assert.equal(given, 50)
    assert.equal(reader.held, 50)
  })
})

describe('metrics of any bytes', () => {
  const samples = ['telegraf.jsonl', 'otelcol.jsonl', 'fluent-bit.jsonl', 'prometheus-kafka-adapter.jsonl']
    .flatMap(shipped)
    .filter(({ config, value }) => /prom|json/.test(config) && value.length < 20_000)
    .map(({ value }) => value)

  it('give readings or a reason', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.tuple(fc.constantFrom(...samples), fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
        const copy = Buffer.from(value)
        copy[at % copy.length] = byte
        return copy.subarray(0, 1 + (at % copy.length))
      }),
    )
    fc.assert(
      fc.property(bytes, fc.constantFrom<MetricFormat>('auto', 'remote_write'), (value, format) => {
        const { readings, rejects } = read([{ value }], { format })
        for (const { member, time } of readings) assert(member !== '' && Number.isFinite(time))
        for (const reason of rejects) assert.notEqual(reason, '')
      }),
      { numRuns: 2000 },
    )
  })

  it('a snappy block that claims gigabytes is not unpacked', () => {
    assert.equal(snappyBlock(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00])), null)
    assert.equal(snappyBlock(Buffer.from([0xff, 0xff, 0x7f, 0xfe, 0x01, 0x00])), null)
    assert.equal(snappyBlock(Buffer.from([0x04, 0x0c, 97, 98, 99, 100]))?.length, 4)
  })
})
