import type { Kafka, OutBatch, OutRecord, Producer } from '../io/kafka/types.ts'
import type { Alert, Effect, Transition } from '../model/effect.ts'
import { jsonLine } from '../report/jsonl.ts'
import type { Names } from './names.ts'
import { numberIn } from './snapshots.ts'

/** A decision and its place in the order of its partition's: the same whenever the same observations are read again. */
export interface Decision {
  readonly effect: Transition | Alert
  readonly sequence: number
  /** How far we were behind when it was decided, ms; shippers' lateness does not count. */
  readonly lag: number
}

/** Decisions counted for one record of the observations. */
const MOST = 65_536

/**
 * Decisions of one record of the observations, numbered by its offset. `lag`: how far we were behind with it, ms; `decided`:
 * the event time that it brought us to. Hours of a backlog that were read at once are decided at once: what was decided of
 * their start is as late as they are long, though nothing is left to read.
 */
export function numbered(
  effects: readonly Effect[],
  offset: number,
  { lag, decided }: { readonly lag: number; readonly decided: number },
): readonly Decision[] {
  return effects
    .filter((effect) => effect.kind === 'transition' || effect.kind === 'alert')
    .map((effect, index) => {
      const sequence = offset * MOST + Math.min(index, MOST - 1)
      return { effect, sequence, lag: Math.max(lag, decided - effect.time) }
    })
}

/**
 * Sends decisions to the public topics: alerts first, so that whoever finds a transition there knows that all alerts before it
 * are there too. Gives the offset behind the last alert; undefined when there was none.
 */
export async function publish(
  producer: Producer,
  names: Names,
  partition: number,
  epoch: number,
  decisions: readonly Decision[],
): Promise<number | undefined> {
  const alerts = decisions.filter(({ effect }) => effect.kind === 'alert')
  const transitions = decisions.filter(({ effect }) => effect.kind === 'transition')
  const records = (of: readonly Decision[]) => of.map((each) => record(each, partition, epoch))
  const told = await send(producer, { topic: names.alerts, partition: 0, records: records(alerts) })
  await send(producer, { topic: names.transitions, partition, records: records(transitions) })
  return told
}

/** Gives the offset behind the last record; undefined when there are none. */
async function send(producer: Producer, batch: OutBatch): Promise<number | undefined> {
  if (batch.records.length === 0) return undefined
  const [end] = await producer.send([batch])
  return end?.offset
}

function record({ effect, sequence, lag }: Decision, partition: number, epoch: number): OutRecord {
  return {
    key: effect.kind === 'alert' ? effect.fingerprint : effect.cluster,
    value: jsonLine(effect),
    headers: [
      { name: 'sequence', value: String(sequence) },
      { name: 'epoch', value: String(epoch) },
      { name: 'partition', value: String(partition) },
      { name: 'lag', value: String(lag) },
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

/** Offset behind the last alert there is. */
export async function endOfAlerts(kafka: Kafka, topic: string): Promise<number> {
  const admin = await kafka.admin()
  const bounds = await admin.bounds(topic).finally(() => admin.close())
  return bounds[0]?.high ?? 0
}
