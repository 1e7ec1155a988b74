import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { names } from '../../../src/ingest/names.ts'
import { lineReader } from '../../../src/ingest/reader.ts'
import { read, type Sampled, shipped } from './records.ts'

/** A topic's records as they come, and what a dump cannot keep: bytes that are no UTF-8. */
const SETS: readonly (readonly [file: string, config: string])[] = [
  ['fluent-bit.jsonl', 'json-cri-k8s'],
  ['fluent-bit.jsonl', 'json-plain-ml'],
  ['fluent-bit.jsonl', 'json-cri-patronijson-k8s'],
  ['fluent-bit.jsonl', 'json-pgjson'],
  ['fluent-bit.jsonl', 'json-pgcsv'],
  ['otelcol.jsonl', 'json-cri'],
  ['otelcol.jsonl', 'raw-plain'],
  ['rsyslog.jsonl', 'default'],
  ['rsyslog.jsonl', 'rfc5424'],
  ['syslog-ng.jsonl', 'json'],
  ['telegraf.jsonl', 'log-json'],
  ['telegraf.jsonl', 'log-influx'],
  ['kafka-connect-file.jsonl', 'json-schema'],
  ['journalctl-kcat.jsonl', 'json'],
  ['kcat.jsonl', 'cri'],
  ['kcat.jsonl', 'lines'],
  ['kcat.jsonl', 'lines-key'],
]

function text({ value }: Sampled): string {
  return Buffer.from(value).toString('utf8')
}

function kcat(record: Sampled, offset: number): string {
  const headers = Object.entries(record.headers).flatMap(([name, value]) => [name, Buffer.from(value).toString()])
  const { key, timestamp: ts } = record
  const head = { topic: 'logs', partition: 3, offset, tstype: 'create', ts, broker: 1 }
  const key_ = key === null ? null : Buffer.from(key).toString()
  return JSON.stringify({ ...head, ...(headers.length > 0 ? { headers } : {}), key: key_, payload: text(record) })
}

function console_(record: Sampled, offset: number): string {
  const key = record.key === null ? 'null' : Buffer.from(record.key).toString()
  return `CreateTime:${record.timestamp}\tPartition:3\tOffset:${offset}\tNO_HEADERS\t${key}\t${text(record)}`
}

/** Times, members and texts of the lines of a dump, read as a file. */
function lines(dump: string): unknown[] {
  const reader = lineReader({ zone: 'UTC', names: names() })
  reader.push(Buffer.from(dump))
  reader.end()
  const all: unknown[] = []
  for (let outcome = reader.next(); outcome !== 'end'; outcome = reader.next()) {
    const { record } = reader
    if (outcome === 'line')
      all.push(
        told({
          ...record,
          time: new Date(record.time).toISOString(),
          message: Buffer.from(record.bytes.subarray(record.messageFrom, record.messageTo)).toString(),
        }),
      )
  }
  return all
}

function told({
  time,
  message,
  member,
  cluster,
  program,
}: {
  time: string | null
  message: string
  member: string | null
  cluster: string | null
  program: string
}): unknown {
  return { time, message, member, cluster, program }
}

describe('a dump of a topic, read as a file, tells what the topic told:', () => {
  for (const [file, config] of SETS) {
    const records = shipped(file).filter((record) => record.config === config)
    const expected = read(records.map((record) => ({ ...record, value: Buffer.from(text(record)) })))
      .filter(({ outcome }) => outcome === 'line')
      .map(told)
    it(`kcat -J, ${file} ${config}`, () => {
      assert.deepEqual(lines(`${records.map(kcat).join('\n')}\n`), expected)
    })
    // A value of several lines, or with headers, is torn in the console's form.
    if (config !== 'lines-key' && config !== 'json-pgcsv')
      it(`kafka-console-consumer, ${file} ${config}`, () => {
        assert.deepEqual(lines(`${records.map(console_).join('\n')}\n`), expected)
        assert.deepEqual(lines(`${records.map(text).join('\n')}\n`), expected)
      })
  }

  it('a binary value is rejected with the reason', () => {
    const records = shipped('fluent-bit.jsonl').filter(({ config }) => config === 'msgpack-cri')
    const reader = lineReader({ zone: 'UTC', names: names() })
    reader.push(Buffer.from(`${records.map(kcat).join('\n')}\n`))
    reader.end()
    for (let outcome = reader.next(); outcome !== 'end'; outcome = reader.next())
      assert.match(`${outcome}: ${reader.record.reason}`, /^rejected: a binary value/)
  })
})
