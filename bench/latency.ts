/**
 * `npm run latency -- [--clusters N] [--rounds N] [--no-docs]`: how long it takes from a record appended to a topic to the
 * alert that it makes, with many clusters live on a real broker at the pace of real ones. Prints the table, writes its part
 * of docs/performance.md, and fails when the 99th percentile is later than the grid of decisions allows.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openKafka } from '../src/io/kafka/open.ts'
import type { Kafka } from '../src/io/kafka/types.ts'
import { LATENESS } from '../src/replay/configure.ts'
import { ownBroker } from '../test/kafka/broker.ts'
import { startLive } from '../test/live/process.ts'
import { writePage } from './page.ts'

const [MEMBERS, LOOP, GRID, ALLOWANCE] = [3, 10_000, 5_000, 2_000] as const
/** A round: each cluster's leader loses its lock at some time of its first part and has it back a loop later. */
const [FAULTS, ROUND] = [30_000, 75_000] as const
const TOPIC = 'latency-logs'
const PARTITIONS = 6
const TICK = 50

interface Line {
  readonly due: number
  readonly cluster: number
  readonly member: number
  readonly text: string
}

const nameOf = (cluster: number): string => `latency/c${String(cluster).padStart(2, '0')}`

/** All lines of the run, in the order of their times; `faults` are those that make an alert. */
function script(clusters: number, rounds: number, begin: number): { lines: Line[]; faults: Line[] } {
  const [lines, faults]: [Line[], Line[]] = [[], []]
  const end = begin + LOOP + rounds * ROUND
  for (let cluster = 0; cluster < clusters; cluster++) {
    const phase = (cluster * LOOP) / clusters
    for (let round = 0; round < rounds; round++) {
      const due = begin + LOOP + round * ROUND + ((cluster * 7919 + round * 104_729) % FAULTS)
      faults.push({ due, cluster, member: 0, text: 'demoted self because failed to update leader lock in DCS' })
      const text = 'promoted self to leader by acquiring session lock'
      lines.push({ due: due + LOOP + 100, cluster, member: 0, text })
    }
    const away = faults.filter((fault) => fault.cluster === cluster)
    for (let due = begin + phase; due < end; due += LOOP)
      for (let member = 0; member < MEMBERS; member++) {
        const demoted = member === 0 && away.some((fault) => due >= fault.due && due < fault.due + LOOP + 100)
        if (!demoted) lines.push({ due: due + member, cluster, member, text: heartbeat(cluster, member) })
      }
  }
  return { lines: [...lines, ...faults].sort((a, b) => a.due - b.due), faults }
}

function heartbeat(cluster: number, member: number): string {
  if (member === 0) return `no action. I am (c${cluster}-0), the leader with the lock`
  return `no action. I am (c${cluster}-${member}), a secondary, and following a leader (c${cluster}-0)`
}

function recordOf({ due, cluster, member, text }: Line) {
  const stamp = new Date(due).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')
  const headers = [
    { name: 'cluster', value: nameOf(cluster) },
    { name: 'member', value: `c${cluster}-${member}` },
  ]
  return { key: `c${cluster}-${member}`, value: `${stamp} INFO: ${text}`, headers }
}

/** Sends each line when its time has come. Gives when each fault was appended, by cluster and the time of its line. */
async function play(kafka: Kafka, lines: readonly Line[], appended: Map<string, number>): Promise<void> {
  const producer = kafka.producer()
  for (let at = 0; at < lines.length; ) {
    const until = lines.findIndex(({ due }, index) => index >= at && due > Date.now())
    const due = lines.slice(at, until < 0 ? lines.length : until)
    const byPartition = Map.groupBy(due, ({ cluster }) => cluster % PARTITIONS)
    const batches = [...byPartition].map(([partition, of]) => ({ topic: TOPIC, partition, records: of.map(recordOf) }))
    if (batches.length > 0) await producer.send(batches)
    for (const line of due) appended.set(`${nameOf(line.cluster)} ${line.due}`, Date.now())
    at += due.length
    await sleep(TICK)
  }
  await producer.close()
}

/** Notes when each alert of a fault could first be read, as ms after its fault was appended. */
async function watch(kafka: Kafka, topic: string, appended: Map<string, number>, signal: AbortSignal, wanted: number) {
  const latencies = new Map<string, number>()
  for await (const { records } of kafka.read({ topic, partition: 0, from: 'earliest', signal })) {
    for (const { value } of records) {
      const { rule, status, cluster, since } = JSON.parse(String(value))
      const fault = `${cluster} ${Date.parse(since)}`
      const begun = appended.get(fault)
      if (rule !== 'leader-lock-lost' || status !== 'firing' || begun === undefined) continue
      if (!latencies.has(fault)) latencies.set(fault, Date.now() - begun)
    }
    if (latencies.size === wanted) break
  }
  return [...latencies.values()].sort((a, b) => a - b)
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

async function measure(clusters: number, rounds: number): Promise<{ latencies: number[]; faults: number }> {
  const broker = await ownBroker()
  const kafka = openKafka({ brokers: broker.brokers, clientId: 'latency' })
  const admin = await kafka.admin()
  await admin.ensure([{ topic: TOPIC, partitions: PARTITIONS }], true)
  await admin.close()
  const live = startLive(
    { kafka: { brokers: broker.brokers, prefix: 'latency' }, sources: [{ topics: [TOPIC] }] },
    'ingest,correlate',
  )
  try {
    await live.port()
    const { lines, faults } = script(clusters, rounds, Date.now() + LOOP)
    const appended = new Map<string, number>()
    const late = AbortSignal.timeout(2 * LOOP + rounds * ROUND + 2 * (LATENESS + GRID + ALLOWANCE))
    const watching = watch(kafka, 'latency.alerts', appended, late, faults.length)
    await play(kafka, lines, appended)
    return { latencies: await watching, faults: faults.length }
  } finally {
    live.signal('SIGKILL')
    await live.ended()
    await broker.dispose()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      clusters: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '3' },
      'no-docs': { type: 'boolean', default: false },
    },
  })
  const clusters = Number(values.clusters)
  const { latencies, faults } = await measure(clusters, Number(values.rounds))
  const limit = LATENESS + GRID + ALLOWANCE
  const shown = [0.5, 0.9, 0.99, 1].map((share) => (quantile(latencies, share) / 1000).toFixed(1))
  const part = `## From a record to its alert

Written by \`npm run latency\`: ${clusters} clusters of ${MEMBERS}, a heartbeat of each member every ${LOOP / 1000} s; ${faults} times a leader loses its lock.
From the record appended to the alert read from its topic, by the clock, in one process of ingest and correlate. Aim for the
99th percentile: ${LATENESS / 1000} s of lateness, ${GRID / 1000} s of the decisions' grid and ${ALLOWANCE / 1000} s: ${limit / 1000} s.

| alerts of faults | median, s | 90 %, s | 99 %, s | longest, s |
|---|---|---|---|---|
| ${latencies.length} of ${faults} | ${shown.join(' | ')} |
`
  console.log(part)
  if (!values['no-docs']) writePage(null, [part], ['From a record to its alert'])
  if (latencies.length === faults && quantile(latencies, 0.99) <= limit) return
  console.error(`latency: expected all ${faults} alerts, 99 % of them within ${limit / 1000} s`)
  process.exitCode = 1
}

await main()
