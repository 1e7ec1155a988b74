import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Basis } from '../../../src/ingest/envelopes/identity.ts'
import { type Heard, read, type Sampled, shipped } from './records.ts'

type Whose = readonly [member: string | null, cluster: string | null, basis: Basis]
const NOBODY: Whose = [null, null, 'none']
const HOST: Whose = ['pg-1', null, 'host']
const POD: Whose = ['acid-orders-0', 'db/acid-orders', 'pod name']
const LABELLED: Whose = ['acid-orders-0', 'db/acid-orders', 'metadata']

/** Who wrote the records, by file and configuration of the shipper; the same log file in all of them. */
const LOGS: Readonly<Record<string, Readonly<Record<string, Whose>>>> = {
  'fluent-bit.jsonl': {
    'gelf-plain': NOBODY,
    'json-cri-k8s-noapi': NOBODY,
    'json-cri-k8s-usetag': POD,
    'json-cri-k8s': LABELLED,
    'json-cri-nofilter': POD,
    'json-docker': NOBODY,
    'json-plain-ml': NOBODY,
    'json-plain': NOBODY,
    'json-systemd': HOST,
    'msgpack-cri': LABELLED,
    'otlp_json-cri': NOBODY,
    'raw-plain': NOBODY,
  },
  'journalctl-kcat.jsonl': { json: HOST },
  'kafka-connect-file.jsonl': { 'json-schema': NOBODY, string: NOBODY },
  'kcat.jsonl': { cri: NOBODY, 'lines-key': ['acid-orders-0', null, 'header'], lines: NOBODY },
  'otelcol.jsonl': { 'json-cri': POD, 'json-journald': HOST, 'proto-cri': POD, 'raw-plain': NOBODY },
  'rsyslog.jsonl': { 'default-8k': HOST, default: HOST, json: HOST, jsonmesg: HOST, rfc5424: HOST },
  'syslog-ng.jsonl': { default: HOST, json: HOST },
  'telegraf.jsonl': { 'log-influx': HOST, 'log-json': HOST },
}

/** What the file held, line by line; blanks at the ends are left out, since some shippers trim them. */
const LINES = shipped('kcat.jsonl')
  .filter(({ config }) => config === 'lines-key')
  .map(({ value }) => Buffer.from(value).toString('utf8').trim())

function of(file: string, config: string): Sampled[] {
  const records = shipped(file).filter((record) => record.config === config)
  assert.notEqual(records.length, 0, `${file} has records of ${config}`)
  return records
}

/** The time a line itself says, as UTC. */
function said(text: string): string | null {
  const [, day, clock, ms] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:[.,](\d{3}))?(?: UTC)? /.exec(text) ?? []
  return day === undefined || / (HINT|STATEMENT|DETAIL): {2}/.test(text) ? null : `${day}T${clock}.${ms ?? '000'}Z`
}

function checkWriter(line: Heard, [member, cluster, basis]: Whose): void {
  assert.deepEqual([line.member, line.cluster, line.basis], [member, cluster, basis], line.text)
}

describe('a log file through', () => {
  for (const [file, configs] of Object.entries(LOGS))
    for (const [config, whose] of Object.entries(configs))
      it(`${file} ${config}: its lines, their time, their writer`, () => {
        const heard = read(of(file, config))
        const texts = heard.map(({ text }) => text.trim())
        const left = [...LINES]
        for (const [at, text] of texts.entries()) {
          // Empty lines are dropped by some; one text is cut at 8 kB, and one left out by journald.
          while (left[0] === '' && text !== '') left.shift()
          const expected = left.shift() ?? 'no more lines'
          if (config === 'default-8k' && text.length > 8000) assert(expected.startsWith(text), expected)
          else if (heard[at]?.outcome === 'rejected') assert.match(heard[at].reason, /journald left the text out/)
          else assert.equal(text, expected)
        }
        assert.deepEqual(left, [])
        for (const line of heard) {
          if (line.outcome === 'rejected') continue
          assert.equal(line.time, said(line.text.trim()), line.text)
          assert.equal(line.outcome, line.text.trim() === '' ? 'empty' : line.time === null ? 'bare' : 'line')
          checkWriter(line, whose)
        }
        assert.equal(new Set(heard.map(({ stream }) => stream)).size, 1, 'one writer, one stream')
      })
})

describe('logs that are JSON or CSV themselves', () => {
  it("Patroni's JSON inside Fluent Bit's", () => {
    for (const [config, whose] of [
      ['json-patronijson', NOBODY],
      ['json-cri-patronijson-k8s', ['acid-orders-1', 'db/acid-orders', 'metadata']],
    ] as const) {
      const heard = read(of('fluent-bit.jsonl', config))
      const lines = heard.filter(({ outcome }) => outcome === 'line')
      assert.equal(lines.length, 5)
      assert.equal(heard.length, 6)
      for (const line of lines) {
        assert.equal(line.program, 'patroni')
        assert.match(line.time ?? '', /^2026-11-23T04:2\d/)
        checkWriter(line, whose)
      }
      assert.equal(lines[0]?.message, 'no action. I am (acid-orders-0), the leader with the lock')
      assert(lines.some(({ message }) => message.includes('\nTraceback (most recent call last):')))
    }
  })

  it("PostgreSQL's csvlog, whose records span lines", () => {
    const heard = read(of('fluent-bit.jsonl', 'json-pgcsv'))
    assert.deepEqual(
      heard.map(({ outcome }) => outcome),
      new Array(6).fill('line'),
    )
    assert.equal(heard[1]?.message, 'column "nope" does not exist')
    assert.equal(heard[1]?.offset, 1, 'a record stands where it begins')
    assert.deepEqual(
      heard.map(({ time }) => time?.slice(11, 19)),
      ['04:20:32', '04:20:32', '04:20:33', '04:20:32', '04:20:33', '04:20:33'],
    )
  })

  it("PostgreSQL's jsonlog", () => {
    for (const [file, config] of [
      ['fluent-bit.jsonl', 'json-pgjson'],
      ['otelcol.jsonl', 'json-pgjson'],
    ] as const) {
      const heard = read(of(file, config))
      assert.deepEqual(
        heard.map(({ outcome, program }) => `${outcome} ${program}`),
        new Array(6).fill('line postgres'),
      )
      assert.equal(heard[1]?.message, 'column "nope" does not exist')
      assert.equal(heard[0]?.time, '2026-11-23T04:20:32.461Z')
    }
  })
})

describe('metrics where logs are expected', () => {
  it('are rejected with the reason', () => {
    for (const [file, config] of [
      ['fluent-bit.jsonl', 'prom-otlp_json'],
      ['otelcol.jsonl', 'prom-json'],
      ['otelcol.jsonl', 'prom-proto'],
      ['prometheus-kafka-adapter.jsonl', 'json'],
      ['prometheus-kafka-adapter.jsonl', 'avro-json'],
      ['telegraf.jsonl', 'prom-json'],
      ['telegraf.jsonl', 'prom-influx'],
      ['telegraf.jsonl', 'prom-remotewrite'],
    ] as const) {
      const records = of(file, config)
      const heard = read(records)
      assert.equal(heard.length, records.length, config)
      for (const { outcome, reason } of heard)
        assert.match(`${outcome}: ${reason}`, /^rejected: (.*metric|binary)/, config)
    }
  })
})
