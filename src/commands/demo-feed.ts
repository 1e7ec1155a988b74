import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { restamper } from '../drill/restamp.ts'
import { openKafka } from '../io/kafka/open.ts'
import type { Kafka, OutRecord } from '../io/kafka/types.ts'
import { packageRoot } from '../root.ts'
import { type Shipped, shipped } from './recording.ts'

/** Recorded on a real Kubernetes API server; comes with the package. */
const SEED = 'samples/incidents/stale-watch-real-apiserver'
const TOPICS = { log: 'patroni-logs', capture: 'patroni-metrics' } as const
/** The API server goes away: what was written before is sent at once, from then on lines come when they were written. */
const ONSET = Date.UTC(2026, 10, 23, 4, 25, 5)
const PIECE = 500

/** Plays the seed incident as of now into topics of a broker, once, at its own pace; as a shipper would. */
export async function feed(brokers: readonly string[]): Promise<number> {
  const kafka = openKafka({ brokers, clientId: 'patrolog-feeder' })
  await ensureTopics(kafka)
  const lines = await asOfNow()
  const producer = kafka.producer()
  process.stdout.write(`${lines.length} lines and readings of ${lines[0]?.cluster} to ${brokers.join(', ')}\n`)
  for (let at = 0; at < lines.length; ) {
    const now = Date.now()
    const next = lines.findIndex(({ time }, index) => index >= at && time > now)
    const due = lines.slice(at, next < 0 ? lines.length : next)
    for (const kind of ['log', 'capture'] as const) {
      const records = due.filter((line) => line.kind === kind).map(recordOf)
      if (records.length > 0) await producer.send([{ topic: TOPICS[kind], partition: 0, records }])
    }
    at += due.length
    await sleep(PIECE)
  }
  await producer.close()
  return 0
}

/** Waits for the broker, which may have been started at the same time. */
async function ensureTopics(kafka: Kafka): Promise<void> {
  const admin = await kafka.admin({ deadline: 120_000 })
  const topics = Object.values(TOPICS).map((topic) => ({ topic, partitions: 1 }))
  await admin.ensure(topics, true).finally(() => admin.close())
}

async function asOfNow(): Promise<Shipped[]> {
  const lines = await shipped(join(packageRoot, SEED))
  const by = Date.now() - ONSET
  const restamp = restamper(lines[0]?.time ?? 0, lines.at(-1)?.time ?? 0, by)
  return lines.map((line) => ({ ...line, time: line.time + by, text: restamp(line.text) }))
}

function recordOf({ cluster, member, file, text }: Shipped): OutRecord {
  const of = [{ name: 'cluster', value: cluster }]
  return {
    key: `${cluster}/${file}`,
    value: text,
    headers: member === null ? of : [...of, { name: 'member', value: member }],
  }
}
