/** What goes wrong around the service: shippers, topics, records, settings. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, it } from 'node:test'
import type { Shipped } from '../journal/shipped.ts'
import { until, values } from '../kafka/help.ts'
import { byFile, decisions, type Run, runOf, ship } from '../live/runs.ts'
import { crew, newSetting } from '../live/setting.ts'
import { onBroker } from '../live/stage.ts'

const on = onBroker()
let run: Run

before(async () => {
  run = await runOf('stale-watch-after-failsafe')
})

const PATIENCE = 240_000
const spread = { logs: byFile(4), metrics: byFile(2) }

/** What a process says of itself. */
async function page(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
}

/** Sum of the metrics whose name and labels begin so; 0 while there are none. */
async function metric(port: number, name: string): Promise<number> {
  const lines = (await page(port)).split('\n').filter((line) => line.startsWith(name))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

/** Event time up to which all partitions are decided, and what was decided is published; -Infinity before they are. */
async function decidedUpTo(prefix: string): Promise<number> {
  const words = (await values(on.kafka, `${prefix}.progress`)).map((text) => JSON.parse(text))
  const latest = new Map(words.map(({ partition, decided }) => [partition, decided ?? Number.NEGATIVE_INFINITY]))
  return latest.size < 4 ? Number.NEGATIVE_INFINITY : Math.min(...latest.values())
}

const rejects = (prefix: string) => values(on.kafka, `${prefix}.rejects`)

/** Bytes of the largest values. */
const LARGE = 5 * 1024 * 1024
const HEARTBEAT = 'INFO: no action. I am (pg-0), the leader with the lock'

function noise(length: number): Buffer {
  return Buffer.from(randomBytes(length).map((byte) => (byte === 10 ? 32 : byte)))
}

/** Values that nobody should write, none with a newline; a line that means something is the last. */
function hostile(): (string | Buffer)[] {
  return [
    ...Array.from({ length: 200 }, () => noise(300)),
    noise(LARGE),
    'x'.repeat(LARGE),
    `2026-11-22 10:00:00,000 INFO: ${'Lock owner: '.repeat(LARGE / 12)}`,
    '['.repeat(LARGE),
    '{"a":'.repeat(LARGE / 5),
    `{"log":"2026-11-22 10:00:00,000 ${HEARTBEAT} ${'\\u0041'.repeat(LARGE / 6)}"}`,
    `{"log":"y","kubernetes":{"labels":{${Array.from({ length: LARGE / 32 }, (_, at) => `"label-${at}":"value"`).join()}}}}`,
    '{"__proto__":{"polluted":true},"message":"x"}',
    '{"constructor":{"prototype":{"polluted":true}},"log":"y"}',
    `2099-01-01 00:00:00,000 ${HEARTBEAT}`,
    `1970-01-01 00:00:00,000 ${HEARTBEAT}`,
    '',
    '\u0000\u0001\u0002',
    '{"message":',
    `2026-11-22 10:00:00,000 ${HEARTBEAT}`,
  ]
}

describe('live goes on', { concurrency: true, timeout: 500_000 }, () => {
  it('without a shipper that is ten minutes late: the others wait not, and its lines change no earlier verdict', async () => {
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 4, metrics: 2 })
    const { start, dismiss } = crew(config)
    try {
      await start('ingest,correlate').port()
      const late = (line: Shipped): boolean =>
        line.kind === 'log' && line.member === run.lines.find(({ kind }) => kind === 'log')?.member
      await ship(
        on.kafka,
        topics,
        run.lines.filter((line) => !late(line)),
        spread,
      )
      await until('time to have come to the end', async () => (await decidedUpTo(prefix)) >= run.until, PATIENCE)
      const before = await decisions(on.kafka, prefix)
      assert.ok(
        before.some((line) => line.includes('"kind":"alert"')),
        'the others are told of',
      )
      await ship(on.kafka, topics, run.lines.filter(late), spread)
      let after: string[] = []
      await until(
        'the late lines to be used',
        async () => {
          after = await decisions(on.kafka, prefix)
          return after.length > before.length
        },
        PATIENCE,
      )
      assert.deepEqual(after.slice(0, before.length), before)
      const since = after.slice(before.length).map((line) => Date.parse(JSON.parse(line).time))
      assert.ok(Math.min(...since) >= run.until, 'decided with the time that had come')
    } finally {
      await dismiss()
    }
  })

  it('when a topic is deleted and made again: its records are read, not dropped as seen', async () => {
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 2, metrics: 1 })
    const { start, dismiss } = crew(config)
    const admin = await on.kafka.admin()
    try {
      const port = await start('ingest,correlate').port()
      const line = (text: string) => ({
        value: text,
        headers: [
          { name: 'cluster', value: 'shop/orders' },
          { name: 'member', value: 'pg-0' },
        ],
      })
      const producer = on.kafka.producer()
      const send = (records: readonly string[]) =>
        producer.send([{ topic: topics.logs, partition: 0, records: records.map(line) }])
      await send(['2026-11-22 10:00:00,000 INFO: no action. I am (pg-0), the leader with the lock'])
      await until('the first line to be read', async () => (await metric(port, 'patrolog_records_total')) >= 1)
      await admin.deleteTopic(topics.logs)
      await until('the topic to be gone', async () => (await admin.describe(topics.logs)) === null)
      await admin.ensure([{ topic: topics.logs, partitions: 2 }], true)
      await producer.close()
      const again = on.kafka.producer()
      await again.send([
        {
          topic: topics.logs,
          partition: 0,
          records: [
            line('2026-11-22 10:00:10,000 INFO: demoting self because DCS is not accessible and I was a leader'),
          ],
        },
      ])
      await again.close()
      await until(
        'the line of the new topic to be told',
        async () =>
          (await decisions(on.kafka, prefix)).some((told) => told.includes('"role"') && told.includes('10:00:10')),
        PATIENCE,
      )
    } finally {
      await admin.close()
      await dismiss()
    }
  })

  it('through a hostile topic to its end, each record counted', async () => {
    const settings = { 'max.message.bytes': String(2 * LARGE) }
    const { prefix, topics, config } = await newSetting(on.kafka, on.broker.brokers, { logs: 1, metrics: 1 }, settings)
    const { start, dismiss } = crew(config)
    try {
      const live = start('ingest,correlate')
      const port = await live.port()
      const values = hostile()
      const headers = [
        { name: 'cluster', value: 'shop/orders' },
        { name: '__proto__', value: 'x' },
      ]
      const producer = on.kafka.producer({ compression: 'zstd' })
      for (const value of values)
        for (const topic of [topics.logs, topics.metrics])
          await producer.send([{ topic, partition: 0, records: [{ value, headers }] }])
      await producer.close()
      const read = () => metric(port, 'patrolog_records_total')
      await until('all to be read', async () => (await read()) >= 2 * values.length, PATIENCE)
      assert.equal(await read(), 2 * values.length)
      for (const topic of [topics.logs, topics.metrics])
        await until(`how far the end of ${topic} is`, async () =>
          (await page(port)).includes(`\npatrolog_consumer_lag{topic="${topic}",partition="0"} 0\n`),
        )
      // None has a newline, so that each is one line, whatever became of it.
      assert.equal(await metric(port, `patrolog_lines_total{topic="${topics.logs}"`), values.length)
      const rejected = await metric(port, `patrolog_lines_total{topic="${topics.logs}",outcome="rejected"}`)
      const ofMetrics = await metric(port, `patrolog_lines_total{topic="${topics.metrics}",outcome="rejected"}`)
      assert.equal(ofMetrics, values.length)
      assert.equal((await rejects(prefix)).length, rejected + ofMetrics)
      assert.equal(live.status(), null)
      assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
    } finally {
      await dismiss()
    }
  })

  it('not with another count of partitions than its topics have: it ends, and says what to do', async () => {
    const { config } = await newSetting(on.kafka, on.broker.brokers, { logs: 1, metrics: 1 })
    const { start, dismiss } = crew(config)
    const more = crew({ ...config, live: { ...config.live, partitions: 8 } })
    try {
      await start('correlate').port()
      const refused = more.start('correlate')
      assert.equal(await refused.ended(), 2)
      assert.match(refused.errors.join('\n'), new RegExp(`${config.kafka.prefix}\\.observations.*4.*8|8.*4`))
      assert.match(refused.errors.join('\n'), /kafka-topics/)
    } finally {
      await dismiss()
      await more.dismiss()
    }
  })
})
