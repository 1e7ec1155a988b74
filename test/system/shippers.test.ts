/**
 * Debian's rsyslog and syslog-ng, configured as docs/shippers says, ship a recorded log to a real broker: every line comes,
 * in order, keyed by its host, and is read as what it was.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { recordReader } from '../../src/ingest/envelopes/record-reader.ts'
import { names } from '../../src/ingest/names.ts'
import { decoders } from '../../src/io/decode/index.ts'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka, KafkaRecord } from '../../src/io/kafka/types.ts'
import { root } from '../../src/root.ts'
import { type Broker, sharedBroker } from '../kafka/broker.ts'
import { topicOf } from '../kafka/help.ts'

const SYSLOG_NG = '/opt/syslog-ng/usr'
const MODULES = `${SYSLOG_NG}/lib/syslog-ng/3.38`
const PATIENCE = 120_000

interface Shipper {
  readonly conf: string
  /** Command line, for the folder of the run and its configuration file. */
  readonly command: (folder: string, conf: string) => readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  /** What the configuration of the documentation needs to follow a file from its start. */
  readonly settle: (conf: string) => string
}

const SHIPPERS: Readonly<Record<string, Shipper>> = {
  rsyslog: {
    conf: 'rsyslog.conf',
    command: (folder, conf) => ['rsyslogd', '-n', '-f', conf, '-i', join(folder, 'pid')],
    settle: (conf) => conf,
  },
  'syslog-ng': {
    conf: 'syslog-ng.conf',
    command: (folder, conf) => [
      `${SYSLOG_NG}/sbin/syslog-ng`,
      ...['-F', '--no-caps', '-f', conf, '--module-path', MODULES],
      ...['-R', join(folder, 'persist'), '-c', join(folder, 'control'), '-p', join(folder, 'pid')],
    ],
    env: { LD_LIBRARY_PATH: `${SYSLOG_NG}/lib/syslog-ng:${MODULES}` },
    settle: (conf) => conf.replace('follow-freq(1)', 'follow-freq(1) read-old-records(yes)'),
  },
}

let broker: Broker & { dispose(): Promise<void> }
let kafka: Kafka
let folder: string

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-shippers-'))
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'shippers' })
})
after(async () => {
  await broker?.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const recorded = join(root, 'samples/incidents/stale-watch-real-apiserver/acid-orders/acid-orders-1/patroni.log.gz')
const log = gunzipSync(readFileSync(recorded)).toString()
/** Both shippers drop empty lines. */
const lines = log.split('\n').filter((line) => line !== '')

describe('a shipper of Debian', () => {
  for (const [name, shipper] of Object.entries(SHIPPERS))
    it(`${name} brings every line, keyed and in order`, { timeout: PATIENCE }, async (context) => {
      const topic = await topicOf(kafka, 4)
      const file = join(folder, `${name}.log`)
      const conf = join(folder, `${name}.conf`)
      const text = readFileSync(join(root, 'docs/shippers', shipper.conf), 'utf8')
        .replace('kafka:9092', broker.brokers[0] as string)
        .replace('"patroni-logs"', `"${topic}"`)
        .replace('/var/log/patroni/patroni.log', file)
      writeFileSync(file, log)
      writeFileSync(conf, shipper.settle(text))
      const [command, ...args] = shipper.command(folder, conf)
      const child = spawn(command, args, { env: { ...process.env, ...shipper.env }, stdio: ['ignore', 'pipe', 'pipe'] })
      const failed = once(child, 'error').then(([error]) => {
        throw new Error(`${command} cannot be run: scripts/install-system brings it`, { cause: error })
      })
      try {
        const records = await Promise.race([arrived(topic, context.signal), failed])
        assert.deepEqual(new Set(records.map(({ key }) => key?.toString())), new Set([hostname()]))
        assert.deepEqual(opened(records), lines)
      } finally {
        child.kill('SIGKILL')
      }
    })
})

/** The records of the one partition that the key chose, until all lines are there. */
async function arrived(topic: string, signal: AbortSignal): Promise<KafkaRecord[]> {
  const found = new AbortController()
  const all = await Promise.all(
    [0, 1, 2, 3].map(async (partition) => {
      const records: KafkaRecord[] = []
      const until = AbortSignal.any([signal, found.signal])
      for await (const batch of kafka.read({ topic, partition, from: 'earliest', signal: until })) {
        records.push(...batch.records)
        if (records.length >= lines.length) found.abort()
      }
      return records
    }),
  )
  return all.flat()
}

/** Lines as the reader of records gives them. */
function opened(records: readonly KafkaRecord[]): string[] {
  const reader = recordReader({ zone: 'UTC', names: names(), decoders: decoders() })
  const found: string[] = []
  const take = () => {
    for (let outcome = reader.next(); outcome !== 'more' && outcome !== 'end'; outcome = reader.next())
      found.push(new TextDecoder().decode(reader.record.bytes.subarray(reader.record.from, reader.record.to)))
  }
  for (const { value, offset, key, timestamp } of records) {
    reader.push(value, { offset, key, headers: undefined, timestamp })
    take()
  }
  reader.end()
  take()
  return found
}
