/** `patrolog doctor` on a real broker: topics filled with what real shippers wrote, and topics that are wrong. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TopicReport } from '../../src/doctor/report.ts'
import type { OutRecord } from '../../src/io/kafka/types.ts'
import { NAMES, nameIn } from '../ingest/envelopes/names.ts'
import { shipped } from '../ingest/envelopes/records.ts'
import { topicOf } from '../kafka/help.ts'
import { runOf, ship } from '../live/runs.ts'
import { onBroker } from '../live/stage.ts'
import { patrolog, type Ran } from '../program.ts'

const on = onBroker()

/** A configuration may name other brokers. */
function doctor(config: object, args: readonly string[] = []): Promise<Ran> {
  return patrolog(['doctor', ...args], { config: { kafka: { brokers: on.broker.brokers }, ...config } })
}

async function reports(config: object, args: readonly string[] = []) {
  const { status, out, said } = await doctor(config, [...args, '--format', 'json'])
  return {
    status,
    said,
    ...(JSON.parse(out) as { topics: TopicReport[]; clusters: { cluster: string; rules: string[] }[] }),
  }
}

/** Records of any age. */
const KEPT = { 'retention.ms': '-1' }

async function filled(records: readonly OutRecord[], partitions = 1): Promise<string> {
  const topic = await topicOf(on.kafka, partitions, KEPT)
  const producer = on.kafka.producer()
  await producer.send([{ topic, partition: 0, records }])
  await producer.close()
  return topic
}

describe('doctor names the shipper of a topic', { timeout: 300_000 }, () => {
  for (const file of Object.keys(NAMES))
    it(file, async () => {
      const sets = [...Map.groupBy(shipped(file), ({ config }) => config)]
      const topics = await Promise.all(
        sets.map(([, records]) =>
          filled(
            records.map(({ key, value, headers, timestamp }) => ({
              key,
              value,
              timestamp,
              headers: Object.entries(headers).map(([name, of]) => ({ name, value: of })),
            })),
          ),
        ),
      )
      const sources = topics.map((topic, index) => ({ topics: [topic], ...kindOf(file, sets[index]?.[0] as string) }))
      const { topics: found, status, said } = await reports({ sources })
      assert.deepEqual([status, said], [0, ''])
      for (const [index, [config, records]] of sets.entries()) {
        const report = found[index] as TopicReport
        assert.equal(report.topic, topics[index])
        assert.equal(report.read, records.length)
        const names = report.shippers.map(({ name }) => name).filter((name) => name !== 'empty record')
        assert.deepEqual(names, [nameIn(file, config)], config)
        // Three of these say nothing of whose the readings are, and are told so.
        const nameless = report.rejected.some(({ name }) => name.startsWith('a metric of no known member'))
        assert.ok(report.identity.total > 0 || nameless, config)
        assert.deepEqual(
          report.findings.filter((finding) => /^(kind|unkeyed|zone|clock|empty)/.test(finding)),
          [],
          config,
        )
      }
    })
})

/** Metrics are told from lines by the configuration. */
function kindOf(file: string, config: string): object {
  if (config === 'prom-remotewrite') return { kind: 'metrics', format: 'remote_write' }
  return config.startsWith('prom-') || file.startsWith('prometheus-') ? { kind: 'metrics' } : {}
}

const BEGIN = Date.UTC(2026, 2, 1, 10)

/** A replica's heartbeats, each 10 s, as a clock shows them that is `ahead` ms ahead of the records' times. */
function heartbeats(ahead: number, count = 30): OutRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const at = BEGIN + index * 10_000
    const local = new Date(at + ahead).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')
    const value = `${local} INFO: no action. I am (pg-1), a secondary, and following a leader (pg-0)`
    return { value, timestamp: at + 150, headers: [{ name: 'cluster', value: 'db/orders' }] }
  })
}

describe('doctor says what is wrong with a topic:', { timeout: 300_000 }, () => {
  it('a zone that is not the one configured, named with the setting that mends it', async () => {
    const [berlin, newYork, kathmandu, right] = await Promise.all(
      [2, -4, 5.75, 0].map((hours) => filled(heartbeats(hours * 3_600_000))),
    )
    const sources = [{ topics: [berlin, newYork, right] }, { topics: [kathmandu], timezone: 'Asia/Tokyo' }]
    const { topics } = await reports({ sources })
    const zones = topics.map(({ findings }) => findings.filter((finding) => finding.startsWith('zone')))
    assert.match(
      zones[0]?.[0] ?? '',
      /^zone: patroni lines of db\/orders\/pg-1 are 2 h ahead of .* set timezone: UTC\+2 /,
    )
    assert.match(zones[1]?.[0] ?? '', /4 h behind .* read in UTC; set timezone: UTC-4 /)
    assert.deepEqual(zones[2], [])
    assert.match(zones[3]?.[0] ?? '', /3 h 15 min behind .* read in Asia\/Tokyo; set timezone: UTC\+5:45 /)
  })

  it('a clock that differs, which is no zone', async () => {
    const topic = await filled(heartbeats(7_000))
    const { topics } = await reports({ sources: [{ topics: [topic] }] })
    assert.deepEqual(topics[0]?.findings, [
      'clock: patroni lines of db/orders/pg-1 are always 7 s ahead of their records',
    ])
  })

  it('records without keys, whose writers lie in several partitions', async () => {
    const run = await runOf('silent-stall')
    const topics = { logs: await topicOf(on.kafka, 4), metrics: await topicOf(on.kafka, 1) }
    const lines = run.lines.filter(({ kind }) => kind === 'log')
    await ship(on.kafka, topics, lines, { logs: (_, index) => index % 4, metrics: () => 0 })
    const { topics: found, clusters } = await reports({ sources: [{ topics: [topics.logs] }] })
    const [report] = found
    assert.ok(
      report?.findings.some((finding) =>
        /^unkeyed: lines of runs\/silent-stall\/acid-orders-\d, .* several partitions/.test(finding),
      ),
    )
    assert.equal(report?.identity.withMember, report?.identity.total)
    assert.equal(report?.understood.unrecognised, 0)
    assert.deepEqual(
      clusters.map(({ cluster }) => cluster),
      ['runs/silent-stall'],
    )
    assert.ok(clusters[0]?.rules.some((text) => /^no readings: .*\bwal-backlog\b/.test(text)))
  })

  it('lines of nobody known, with what would name them', async () => {
    const topic = await filled(heartbeats(0).map(({ value }) => ({ value })))
    const host = await filled(
      heartbeats(0).map(({ value }) => ({ value: `2026-03-01T10:00:00Z vm-7 patroni: ${value}` })),
    )
    const { topics } = await reports({ sources: [{ topics: [topic, host] }] })
    assert.match(
      topics[0]?.findings[0] ?? '',
      /^unassigned: 30 of no known cluster; the records name no cluster: set cluster /,
    )
    assert.match(topics[1]?.findings[0] ?? '', /only the host is known: set hosts/)
    assert.deepEqual(topics[1]?.identity.writers[0], {
      cluster: null,
      member: 'pg-1',
      basis: 'its own lines',
      count: 30,
    })
  })

  it('readings where lines are expected, and lines where readings are', async () => {
    const [lines, readings] = await Promise.all([
      filled(heartbeats(0)),
      filled([
        { value: '{"t":1767225600.2,"member":"pg-0","path":"/patroni","status":200,"body":{"state":"running"}}' },
      ]),
    ])
    const { topics } = await reports({ sources: [{ topics: [readings] }, { topics: [lines], kind: 'metrics' }] })
    assert.match(topics[0]?.findings[0] ?? '', /^kind: it holds readings; set kind: metrics /)
    assert.match(topics[1]?.findings[0] ?? '', /^kind: it holds no reading; /)
  })

  it('an empty topic, and one that is not there: exit status 1', async () => {
    const empty = await topicOf(on.kafka, 2)
    const { out, status, said } = await doctor({
      sources: [{ topics: [empty, 'no-such'] }, { pattern: 'nor-such-.*' }],
    })
    assert.equal(status, 1)
    assert.equal(
      out,
      `${empty}: lines; the newest 0 of 0 records in 2 partitions\n  !             empty: it holds no record\n\n`,
    )
    assert.equal(said, 'patrolog: no-such: no such topic\npatrolog: nor-such-.*: no topic matches\n')
  })

  it('no brokers: exit status 1; no sources: 2', async () => {
    const away = await doctor({ kafka: { brokers: ['127.0.0.1:1'] }, sources: [{ topics: ['logs'] }] })
    assert.equal(away.status, 1)
    assert.match(away.said, /^patrolog: kafka at 127\.0\.0\.1:1: /)
    assert.equal((await doctor({})).status, 2)
    assert.equal((await doctor({ sources: [{ topics: ['logs'] }] }, ['--sample', '0'])).status, 2)
  })
})

describe('doctor looks at the newest records', () => {
  it('of all partitions alike, and says so', async () => {
    const topic = await topicOf(on.kafka, 3, KEPT)
    const producer = on.kafka.producer()
    const old = Array.from({ length: 500 }, () => ({ value: 'old' }))
    await producer.send([{ topic, partition: 0, records: [...old, ...heartbeats(0, 60)] }])
    await producer.send([{ topic, partition: 1, records: heartbeats(0, 5) }])
    await producer.close()
    const { out, said, status } = await doctor({ sources: [{ topics: [topic] }] }, ['--sample', '50'])
    assert.deepEqual([said, status], ['', 0])
    assert.match(out, /^\S+: lines; the newest 50 of 565 records in 3 partitions\n {2}shipper {7}raw lines .*50\n/)
    assert.match(
      out,
      /identity {6}100 % of 50 lines with cluster, 100 % with member: db\/orders\/pg-1 50 \(its own lines\)/,
    )
    assert.match(out, /understood {4}100 %: 50 event\n/)
    assert.match(out, /\ndb\/orders: rule-blind in what was read\n/)
  })
})
