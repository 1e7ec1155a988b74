/**
 * What any reader of a topic costs, to compare with in the same run. As a program: `kafka-floor.ts kafkajs|io BROKERS TOPIC`
 * reads a topic from its start to its present end and prints what it took, as JSON. `kafkajs` is a bare kafkajs consumer with
 * the settings that suit it best; `io` is src/io/kafka. Neither looks at a record.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import kafkajs from 'kafkajs'
import { openKafka } from '../src/io/kafka/open.ts'
import { registerCodecs } from '../src/io/kafka/wire/codecs.ts'

export interface ReaderCost {
  /** Records of the second half of the topic: by then all is connected and compiled, as in a service that runs for months. */
  readonly records: number
  /** User and system time that these took, of all threads. */
  readonly cpuSeconds: number
  /** Largest resident size, MB. */
  readonly peak: number
}

export type Reader = 'kafkajs' | 'io'

/** Runs a reader as a process of its own. */
export async function readerCost(reader: Reader, brokers: readonly string[], topic: string): Promise<ReaderCost> {
  const args = [
    '--disable-warning=TimeoutNegativeWarning',
    fileURLToPath(import.meta.url),
    reader,
    brokers.join(),
    topic,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: Buffer[] = []
  for await (const chunk of child.stdout) said.push(chunk)
  return JSON.parse(Buffer.concat(said).toString())
}

type Count = (records: number) => void
type Run = (brokers: string[], topic: string, count: Count) => Promise<() => Promise<void>>

const readers: Readonly<Record<Reader, Run>> = {
  kafkajs: async (brokers, topic, count) => {
    registerCodecs()
    const consumer = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).consumer({
      groupId: `floor-${process.pid}-${Date.now()}`,
      maxBytes: 1024 * 1024,
      maxWaitTimeInMs: 250,
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => count(batch.messages.length) })
    return () => consumer.disconnect()
  },
  io: async (brokers, topic, count) => {
    const consumer = openKafka({ brokers, clientId: 'floor' }).consumer({
      group: `floor-${process.pid}-${Date.now()}`,
      topics: [topic],
      start: 'earliest',
      onBatch: async ({ records, release }) => {
        count(records.length)
        release?.()
      },
    })
    return () => consumer.close()
  },
}

async function recordsOf(brokers: string[], topic: string): Promise<number> {
  const admin = await openKafka({ brokers, clientId: 'floor' }).admin()
  const bounds = await admin.bounds(topic)
  await admin.close()
  return bounds.reduce((sum, { low, high }) => sum + high - low, 0)
}

async function main(reader: Reader, brokers: string[], topic: string): Promise<void> {
  const wanted = await recordsOf(brokers, topic)
  let before = process.cpuUsage()
  let records = 0
  let skipped = 0
  const { promise: read, resolve } = Promise.withResolvers<void>()
  const close = await readers[reader](brokers, topic, (count) => {
    records += count
    if (skipped === 0 && records >= wanted / 2) {
      skipped = records
      before = process.cpuUsage()
    }
    if (records >= wanted) resolve()
  })
  await read
  const { user, system } = process.cpuUsage(before)
  const peak = process.resourceUsage().maxRSS / 1024
  console.log(
    JSON.stringify({ records: records - skipped, cpuSeconds: (user + system) / 1e6, peak } satisfies ReaderCost),
  )
  await close()
}

if (import.meta.main) {
  const [reader = '', brokers = '', topic = ''] = process.argv.slice(2)
  await main(reader as Reader, brokers.split(','), topic)
}
