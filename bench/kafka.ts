/**
 * `node bench/kafka.ts [RECORDS]`: reading a topic by src/io/kafka and by a bare kafkajs consumer, in turn, on a broker of
 * its own; records per CPU-second.
 */
import { openKafka } from '../src/io/kafka/open.ts'
import type { Compression } from '../src/io/kafka/types.ts'
import { ownBroker } from '../test/kafka/broker.ts'
import { type Reader, type ReaderCost, readerCost } from './kafka-floor.ts'
import { median } from './measure.ts'

const ROUNDS = 3
/** As long as a line with its wrapping. */
const BYTES = 245
const BATCH = 500

async function fill(
  brokers: readonly string[],
  topic: string,
  partitions: number,
  compression: Compression,
  records: number,
) {
  const kafka = openKafka({ brokers, clientId: 'bench' })
  const admin = await kafka.admin()
  await admin.ensure([{ topic, partitions }], true)
  await admin.close()
  const producer = kafka.producer({ compression })
  for (let sent = 0; sent < records; sent += BATCH * partitions) {
    const batches = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, records: lines(sent) }))
    await producer.send(batches)
  }
  await producer.close()
}

function lines(from: number) {
  return Array.from({ length: BATCH }, (_, at) => {
    const line = `2026-03-01 12:00:00,${(from + at) % 1000} INFO: no action. I am (pg-${(from + at) % 7}), a secondary ${from + at} `
    return { value: line.padEnd(BYTES, `${(from * 7919 + at * 104729) % 99991} `) }
  })
}

const speed = (costs: readonly ReaderCost[]) =>
  median(costs.map(({ records, cpuSeconds }) => records / cpuSeconds / 1e6))
const peak = (costs: readonly ReaderCost[]) => Math.max(...costs.map((cost) => cost.peak))

async function main(records: number): Promise<void> {
  const broker = await ownBroker()
  try {
    console.log('| topic | kafkajs, M records/CPU-s | MB | src/io/kafka | MB | ratio |\n|---|---|---|---|---|---|')
    for (const [partitions, compression] of [
      [1, 'none'],
      [6, 'none'],
      [6, 'lz4'],
      [6, 'zstd'],
    ] as const) {
      const topic = `bench-${partitions}-${compression}`
      await fill(broker.brokers, topic, partitions, compression, records)
      const costs: Record<Reader, ReaderCost[]> = { kafkajs: [], io: [] }
      for (let round = 0; round < ROUNDS; round++) {
        for (const reader of ['kafkajs', 'io'] as const)
          costs[reader].push(await readerCost(reader, broker.brokers, topic))
      }
      const [floor, ours] = [speed(costs.kafkajs), speed(costs.io)]
      const cells = [
        floor.toFixed(2),
        peak(costs.kafkajs).toFixed(0),
        ours.toFixed(2),
        peak(costs.io).toFixed(0),
        (ours / floor).toFixed(2),
      ]
      console.log(`| ${partitions} partitions, ${compression} | ${cells.join(' | ')} |`)
    }
  } finally {
    await broker.dispose()
  }
}

await main(Number(process.argv[2] ?? 1_000_000))
