import type { MetricsSettings } from '../config/sections/metrics.ts'
import { systemClock } from '../io/clock.ts'
import type { Log, OutBatch, Producer } from '../io/kafka/types.ts'
import { FrameWriter } from '../journal/frame-writer.ts'
import { encodeReading } from '../journal/reading.ts'
import { partitionOf } from '../journal/scope.ts'
import { metricSources } from '../metrics/index.ts'
import type { Reading } from '../model/sample.ts'
import { every } from './every.ts'

export interface PollsConfig {
  readonly settings: MetricsSettings
  readonly log: Log
  readonly producer: Producer
  readonly topic: string
  readonly partitions: number
  /** Whether a partition of the observations is ours: its owner asks for the samples of its clusters. */
  readonly owns: (partition: number) => boolean
}

/** Polled readings are written each so often, ms. */
const WRITE = 500
/** Where readings come from that no topic holds. */
const ORIGIN = 'poll'

/** Asks Prometheus and Patroni, and writes what they say into the partitions that are ours, before it is used. */
export function startPolls(config: PollsConfig): { stop(): Promise<void> } {
  const { settings, log, producer, topic, partitions, owns } = config
  let waiting: { readonly partition: number; readonly reading: Reading }[] = []
  let offset = 0
  const source = metricSources(settings, {
    clock: systemClock,
    onReadings: (readings) => readings.forEach(add),
    onProblem: (problem) => log('warn', 'poll-failed', { problem }),
  })
  const writing = every(WRITE, write, (error) => log('warn', 'polled-not-written', { error: String(error) }))
  source.start()

  function add(reading: Reading): void {
    if (reading.cluster === null) return
    const partition = partitionOf(reading.cluster, partitions)
    if (owns(partition)) waiting.push({ partition, reading })
  }

  async function write(): Promise<void> {
    const due = waiting
    waiting = []
    if (due.length === 0) return
    const out = [...Map.groupBy(due, ({ partition }) => partition)].map(([partition, of]) => frameOf(partition, of))
    await producer.send(out)
  }

  /** Offsets grow with the clock, so that those of the next owner go on above ours. */
  function frameOf(partition: number, due: readonly { readonly reading: Reading }[]): OutBatch {
    const frame = new FrameWriter({ topic: ORIGIN, partition, epoch: 0 })
    const stream = frame.streamOf({ cluster: null, member: null, name: 'readings', known: null })
    offset = Math.max(offset + 1, Date.now())
    due.forEach(({ reading }, index) => {
      frame.reading(stream, offset, index, reading.time, encodeReading(reading))
    })
    return { topic, partition, records: [{ value: frame.done({ frontier: Number.NaN, now: Date.now() }) }] }
  }

  return {
    async stop() {
      await source.stop()
      await writing.stop()
    },
  }
}
