/**
 * `node bench/kafka.ts [--records N] [--rounds N] [--memory N] [--no-docs]`: an ingest worker, src/io/kafka and a bare kafkajs
 * consumer read the same topics in turn, each as a process of its own, from a broker of our own; records per CPU-second.
 * Writes its part of docs/performance.md.
 */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ownBroker } from '../test/kafka/broker.ts'
import { type ReaderCost, readerCost } from './kafka-floor.ts'
import { type Form, fill, type TopicLoad } from './kafka-load.ts'
import { ingest } from './kafka-worker.ts'
import { median } from './measure.ts'
import { writePage } from './page.ts'
import type { Step } from './steps.ts'

type Load = Omit<TopicLoad, 'records'> & { readonly name: string; readonly aim?: number }

const LOADS: readonly Load[] = [
  { name: 'raw lines', form: 'raw', partitions: 6, compression: 'none', aim: 0.6 },
  { name: 'raw lines, headers for cluster and member', form: 'headed', partitions: 6, compression: 'none', aim: 0.6 },
  { name: 'raw lines, zstd', form: 'raw', partitions: 6, compression: 'zstd' },
  { name: 'Fluent Bit JSON', form: 'fluent', partitions: 6, compression: 'none', aim: 0.35 },
]

const READERS = ['kafkajs', 'io', 'worker'] as const
type Costs = Readonly<Record<(typeof READERS)[number], ReaderCost[]>>

const speedOf = ({ records, cpuSeconds }: ReaderCost): number => records / cpuSeconds / 1e6
const speed = (costs: readonly ReaderCost[]): string => median(costs.map(speedOf)).toFixed(2)
const peak = (costs: readonly ReaderCost[]): string => Math.max(...costs.map((cost) => cost.peak)).toFixed(0)

/** What each reader took, round by round; the readers take turns, so that a slow minute of the machine hits all alike. */
async function costsOf(brokers: readonly string[], topic: string, load: TopicLoad, rounds: number): Promise<Costs> {
  const costs: Costs = { kafkajs: [], io: [], worker: [] }
  for (let round = 0; round < rounds; round++) {
    costs.kafkajs.push(await readerCost('kafkajs', brokers, topic))
    costs.io.push(await readerCost('io', brokers, topic))
    costs.worker.push(...(await ingest(brokers, topic, load)).map(({ cost }) => cost))
  }
  return costs
}

function row({ name, aim }: Load, { kafkajs, io, worker }: Costs): string {
  const ratio = median(worker.map((cost, round) => speedOf(cost) / speedOf(kafkajs[round] as ReaderCost)))
  const against = `${ratio.toFixed(2)}${aim === undefined ? '' : ` (aim ${aim})`}`
  const cells = [speed(kafkajs), peak(kafkajs), speed(io), speed(worker), against, peak(worker)]
  return `| ${name} | ${cells.join(' | ')} |`
}

/** Each of two workers of a group, against the one that had all to itself. */
async function pair(
  brokers: readonly string[],
  topic: string,
  load: TopicLoad,
  alone: readonly ReaderCost[],
  rounds: number,
) {
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const two = await ingest(brokers, topic, load, 2)
    const [records, cpuSeconds] = [
      sum(two.map(({ cost }) => cost.records)),
      sum(two.map(({ cost }) => cost.cpuSeconds)),
    ]
    ratios.push(records / cpuSeconds / 1e6 / speedOf(alone[round] as ReaderCost))
  }
  return `Two workers of a group read the raw lines with ${median(ratios).toFixed(2)} of the records per CPU-second of one alone (aim 0.85).`
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** What each step costs in a process of its own, and what is left of the whole. */
function steps(form: Form, worker: readonly ReaderCost[]): string {
  const script = fileURLToPath(new URL('kafka-steps.ts', import.meta.url))
  const { stdout } = spawnSync(process.execPath, [script, form], { encoding: 'utf8' })
  const measured: readonly Step[] = JSON.parse(stdout)
  const whole = 1000 / median(worker.map(speedOf))
  const all = [...measured, { name: 'reading, sending frames, commits, collecting garbage', nanoseconds: whole }]
  const rows = all.map(({ name, nanoseconds }, at) => {
    const own = nanoseconds - (all[at - 1]?.nanoseconds ?? 0)
    return `| ${name} | ${own.toFixed(0)} | ${nanoseconds.toFixed(0)} |`
  })
  return ['| step | ns a record | up to here |', '|---|---|---|', ...rows].join('\n')
}

const MARKS = 5

async function memory(brokers: readonly string[], load: TopicLoad): Promise<string> {
  await fill(brokers, 'bench-memory', load)
  const [one] = await ingest(brokers, 'bench-memory', load)
  const sizes = one?.sizes ?? []
  const rows = Array.from({ length: MARKS }, (_, at) => {
    const records = (load.records / MARKS) * (at + 1)
    const until = sizes.filter((each) => each.records <= records).slice(-10)
    return `| ${(records / 1e6).toFixed(1)} | ${Math.max(...until.map(({ size }) => size)).toFixed(0)} |`
  })
  return ['| M records read | resident, MB |', '|---|---|', ...rows].join('\n')
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    strict: false,
    options: {
      records: { type: 'string', default: '2000000' },
      rounds: { type: 'string', default: '3' },
      memory: { type: 'string', default: '5000000' },
      'no-docs': { type: 'boolean', default: false },
    },
  })
  const [records, rounds] = [Number(values.records), Number(values.rounds)]
  const broker = await ownBroker()
  try {
    const { brokers } = broker
    const all: Costs[] = []
    for (const [at, load] of LOADS.entries()) {
      await fill(brokers, `bench-${at}`, { ...load, records })
      all.push(await costsOf(brokers, `bench-${at}`, { ...load, records }, rounds))
      console.error(row(load, all.at(-1) as Costs))
    }
    const raw = { ...(LOADS[0] as Load), records }
    const ofRaw = (all[0] as Costs).worker
    const part = page(records, rounds, {
      rows: LOADS.map((load, at) => row(load, all[at] as Costs)).join('\n'),
      pair: await pair(brokers, 'bench-0', raw, ofRaw, rounds),
      raw: steps('raw', ofRaw),
      fluent: steps('fluent', (all.at(-1) as Costs).worker),
      memory: await memory(brokers, { ...raw, records: Number(values.memory) }),
    })
    console.log(part)
    if (values['no-docs'] !== true) writePage(null, [part], ['Kafka'])
  } finally {
    await broker.dispose()
  }
}

interface Figures {
  readonly rows: string
  readonly pair: string
  readonly raw: string
  readonly fluent: string
  readonly memory: string
}

function page(records: number, rounds: number, { rows, pair, raw, fluent, memory }: Figures): string {
  return `## Kafka

Written by \`node bench/kafka.ts\`: ${records / 1e6} M records of the load above in a topic of 6 partitions, on Kafka 4.4.0 on the same
${cpus().length} cores (${cpus()[0]?.model.trim()}, Node ${process.version}). Each reader is a process of its own; user and system time of all its
threads over the second half of the records, when all is connected and compiled. ${rounds} rounds in turn, the median of each
round's ratio. kafkajs: a bare consumer with \`maxBytes\` 1 MiB that looks at no record. \`src/io/kafka\`: our
reading, which looks at none either. Worker: \`patrolog live --roles ingest\`: decode, envelope, parse, send the frames of observations.

| topic | kafkajs, M records/CPU-s | MB | \`src/io/kafka\` | worker | worker of kafkajs | MB |
|---|---|---|---|---|---|---|
${rows}

${pair}

Steps, raw lines; the first three warm, by themselves (\`bench/kafka-steps.ts\`):

${raw}

Steps, Fluent Bit JSON:

${fluent}

Memory of a worker over raw lines; what grows is the garbage that its heap holds between two full collections:

${memory}
`
}

await main()
