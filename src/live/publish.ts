import type { Kafka, OutBatch, OutRecord, Producer } from '../io/kafka/types.ts'
import type { Alert, Effect, Transition } from '../model/effect.ts'
import { jsonLine } from '../report/jsonl.ts'
import type { Names } from './names.ts'
import { numberIn } from './snapshots.ts'

/** A decision and its place in the order of its partition's: the same whenever the same observations are read again. */
export interface Decision {
  readonly effect: Transition | Alert
  readonly sequence: number
}

/** Decisions counted for one record of the observations. */
const MOST = 65_536

/** Decisions of one record of the observations, numbered by its offset. */
export function numbered(effects: readonly Effect[], offset: number): readonly Decision[] {
  return effects
    .filter((effect) => effect.kind === 'transition' || effect.kind === 'alert')
    .map((effect, index) => ({ effect, sequence: offset * MOST + Math.min(index, MOST - 1) }))
}

/**
 * Sends decisions to the public topics: alerts first, so that whoever finds a transition there knows that all alerts before it
 * are there too.
 */
export async function publish(
  producer: Producer,
  names: Names,
  partition: number,
  epoch: number,
  decisions: readonly Decision[],
): Promise<void> {
  const alerts = decisions.filter(({ effect }) => effect.kind === 'alert')
  const transitions = decisions.filter(({ effect }) => effect.kind === 'transition')
  const batches: OutBatch[] = []
  if (alerts.length > 0)
    batches.push({ topic: names.alerts, partition: 0, records: alerts.map((of) => record(of, epoch)) })
  if (transitions.length > 0)
    batches.push({ topic: names.transitions, partition, records: transitions.map((of) => record(of, epoch)) })
  for (const batch of batches) await producer.send([batch])
}

function record({ effect, sequence }: Decision, epoch: number): OutRecord {
  return {
    key: effect.kind === 'alert' ? effect.fingerprint : effect.cluster,
    value: jsonLine(effect),
    headers: [
      { name: 'sequence', value: String(sequence) },
      { name: 'epoch', value: String(epoch) },
    ],
  }
}

/** Sequence of the last transition published of a partition; -1 when there is none of these observations. */
export async function lastPublished(
  kafka: Kafka,
  topic: string,
  partition: number,
  epoch: number,
  signal: AbortSignal,
): Promise<number> {
  const admin = await kafka.admin()
  try {
    const bounds = (await admin.bounds(topic)).find((bound) => bound.partition === partition)
    if (bounds === undefined || bounds.high === bounds.low) return -1
    let last = -1
    for await (const { records } of kafka.read({ topic, partition, from: bounds.high - 1, to: bounds.high, signal }))
      for (const record of records) if (numberIn(record, 'epoch') === epoch) last = numberIn(record, 'sequence')
    return last
  } finally {
    await admin.close()
  }
}
