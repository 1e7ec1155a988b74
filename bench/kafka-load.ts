import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openKafka } from '../src/io/kafka/open.ts'
import type { Compression, OutRecord } from '../src/io/kafka/types.ts'
import { cycles, type Line } from './load.ts'

/** How the lines of the load come in a topic: as they are, with headers beside them, or as Fluent Bit wraps those of a pod. */
export type Form = 'raw' | 'headed' | 'fluent'

export interface TopicLoad {
  readonly form: Form
  readonly partitions: number
  readonly compression: Compression
  readonly records: number
}

const CLUSTERS = 40
const MEMBERS = 3
/** Records of a partition that are sent together: a shipper's batch. */
const BATCH = 500

/** The source as an operator writes it: raw lines say themselves of which member they are, and of which cluster never. */
export function sourceOf(topic: string, form: Form): object {
  return form === 'raw'
    ? { topics: [topic], cluster: 'bench/orders', identity: { member: ['key'] } }
    : { topics: [topic] }
}

/** Makes a topic of the load; all records of a pod lie in one partition, in order. */
export async function fill(brokers: readonly string[], topic: string, load: TopicLoad): Promise<void> {
  const kafka = openKafka({ brokers, clientId: 'bench' })
  const admin = await kafka.admin()
  await admin.ensure([{ topic, partitions: load.partitions }], true)
  await admin.close()
  const producer = kafka.producer({ compression: load.compression })
  const waiting: OutRecord[][] = Array.from({ length: load.partitions }, () => [])
  let left = load.records
  const send = (least: number) => {
    const full = [...waiting.entries()].filter(([, records]) => records.length > least)
    for (const [partition] of full) waiting[partition] = []
    return full.length === 0 ? null : producer.send(full.map(([partition, records]) => ({ topic, partition, records })))
  }
  for (const line of lines()) {
    waiting[partitionOf(line.pod, load.partitions)]?.push(recordOf[load.form](line))
    if (--left === 0) break
    if (left % (BATCH * load.partitions) === 0) await send(BATCH / 2)
  }
  await send(0)
  await producer.close()
}

/** Records of the load, without end. */
export function* records(form: Form): Generator<OutRecord> {
  for (const line of lines()) yield recordOf[form](line)
}

function* lines(): Generator<Line> {
  for (const cycle of cycles({ clusters: CLUSTERS, members: MEMBERS, seed: 1, start: Date.UTC(2026, 0, 10) }))
    yield* cycle
}

/** The pods of the load are numbered by their cluster. */
export function partitionOf(pod: string, partitions: number): number {
  return Number(/\d+/.exec(pod)?.[0]) % partitions
}

const recordOf: Readonly<Record<Form, (line: Line) => OutRecord>> = {
  raw: ({ pod, text }) => ({ key: pod, value: Buffer.from(text, 'latin1') }),
  headed: ({ pod, text }) => ({
    key: pod,
    value: Buffer.from(text, 'latin1'),
    headers: [
      { name: 'cluster', value: `bench/${pod.slice(0, -2)}` },
      { name: 'member', value: pod },
    ],
  }),
  fluent: ({ time, pod, text }) => ({ key: pod, value: JSON.stringify(fluent(time, pod, text)) }),
}

/** A record as Fluent Bit with the kubernetes filter wrote it. */
const KUBERNETES = kubernetesOf('json-cri-k8s')

function kubernetesOf(config: string): string {
  const file = fileURLToPath(new URL('../samples/shippers/fluent-bit.jsonl', import.meta.url))
  const rows = readFileSync(file, 'utf8').trimEnd().split('\n')
  const { value_utf8 } = rows.map((row) => JSON.parse(row)).find(({ config_id }) => config_id === config)
  return JSON.stringify(JSON.parse(value_utf8).kubernetes)
}

const metadata = new Map<string, object>()

function fluent(time: number, pod: string, text: string): object {
  let kubernetes = metadata.get(pod)
  if (kubernetes === undefined) {
    kubernetes = JSON.parse(KUBERNETES.replaceAll('acid-orders-0', pod).replaceAll('acid-orders', pod.slice(0, -2)))
    metadata.set(pod, kubernetes as object)
  }
  const at = new Date(time).toISOString()
  return {
    '@timestamp': time / 1000,
    time: at.replace('Z', '000000Z'),
    stream: 'stdout',
    _p: 'F',
    log: text,
    kubernetes,
  }
}
