/**
 * `node bench/envelopes.ts [--records N] [--rounds N]`: what it costs to open a record of a topic, from the value to a
 * line with time, level, member and cluster; nothing is recognised yet. Values are those of real shippers, each in a
 * buffer that the records of a fetch share, as kafkajs gives them.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { recordReader } from '../src/ingest/envelopes/record-reader.ts'
import { names } from '../src/ingest/names.ts'
import { decoders } from '../src/io/decode/index.ts'
import { median } from './measure.ts'

interface Load {
  readonly name: string
  readonly values: readonly Buffer[]
}

/** Bytes of a fetch. */
const FETCH = 1 << 20
const LINE =
  '2026-11-22 19:13:39,257 INFO: no action. I am (acid-orders-0), a secondary, and following a leader (acid-orders-1)'

function sample(file: string, config: string): Buffer {
  const path = fileURLToPath(new URL(`../samples/shippers/${file}`, import.meta.url))
  const rows = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row))
  const { value_utf8, value_base64 } = rows.find(({ config_id }) => config_id === config)
  return value_base64 === undefined ? Buffer.from(value_utf8) : Buffer.from(value_base64, 'base64')
}

/** Copies of a value, put one behind another into buffers of a fetch's size; seconds change from one to the next. */
function load(name: string, value: Buffer, records: number): Load {
  const values: Buffer[] = []
  const per = Math.max(1, Math.floor(FETCH / value.length))
  while (values.length < records) {
    const fetch = Buffer.alloc(per * value.length)
    for (let at = 0; at < per && values.length < records; at++) {
      value.copy(fetch, at * value.length)
      const one = fetch.subarray(at * value.length, (at + 1) * value.length)
      restamp(one, values.length)
      values.push(one)
    }
  }
  return { name, values }
}

/** Writes other digits into the seconds and the last of the milliseconds of each stamp `19:13:39,257`. */
function restamp(value: Buffer, number: number): void {
  for (let at = value.indexOf('19:13:'); at >= 0; at = value.indexOf('19:13:', at + 6)) {
    value[at + 7] = 48 + (number % 10)
    value[at + 11] = 48 + ((number >> 3) % 10)
  }
}

/** CPU ns per line of one pass; `lines` is how many it gave. */
function pass({ values }: Load): { perRecord: number; perLine: number; lines: number } {
  const reader = recordReader({ zone: 'UTC', names: names(), decoders: decoders() })
  let lines = 0
  const start = process.cpuUsage()
  for (let offset = 0; offset < values.length; offset++) {
    reader.push(values[offset] as Buffer, { offset, key: null, headers: undefined, timestamp: 1_795_408_330_784 })
    for (let outcome = reader.next(); outcome !== 'more'; outcome = reader.next()) if (outcome === 'line') lines++
  }
  const { user, system } = process.cpuUsage(start)
  const ns = (user + system) * 1000
  return { perRecord: ns / values.length, perLine: ns / Math.max(1, lines), lines }
}

function main(): void {
  const { values } = parseArgs({
    options: { records: { type: 'string', default: '300000' }, rounds: { type: 'string', default: '5' } },
  })
  const records = Number(values.records)
  const loads = [
    load('raw line', Buffer.from(LINE), records),
    load('CRI line', sample('kcat.jsonl', 'cri'), records),
    load('rsyslog, its default', sample('rsyslog.jsonl', 'default'), records),
    load('Fluent Bit JSON, Kubernetes metadata', sample('fluent-bit.jsonl', 'json-cri-k8s'), records),
    load('Fluent Bit msgpack', sample('fluent-bit.jsonl', 'msgpack-cri'), records / 4),
    load('Telegraf JSON', sample('telegraf.jsonl', 'log-json'), records / 4),
    load('OpenTelemetry JSON string', sample('otelcol.jsonl', 'raw-plain'), records),
    load('OTLP protobuf, a batch', sample('otelcol.jsonl', 'proto-cri'), records / 64),
    load('OTLP JSON, a batch', sample('otelcol.jsonl', 'json-cri'), records / 256),
  ]
  console.log('| value | bytes | ns a record | ns a line |\n|---|---|---|---|')
  for (const each of loads) {
    pass(each)
    const rounds = Array.from({ length: Number(values.rounds) }, () => pass(each))
    const perRecord = median(rounds.map((round) => round.perRecord))
    const perLine = median(rounds.map((round) => round.perLine))
    console.log(`| ${each.name} | ${each.values[0]?.length} | ${perRecord.toFixed(0)} | ${perLine.toFixed(0)} |`)
  }
}

main()
