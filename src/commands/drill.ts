import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import { type Drill, drillIncident } from '../drill/incident.ts'
import { openKafka } from '../io/kafka/open.ts'
import { KafkaError } from '../io/kafka/types.ts'
import { kafkaOptions } from '../live/connect.ts'
import { namesOf } from '../live/names.ts'
import { PARTITIONS } from '../live/topics.ts'
import { type DrillPath, drillPath } from './drill-path.ts'
import { service } from './service.ts'

/** A hop that takes longer, ms, has lost the incident. */
const PATIENCE = 90_000

const NO_BROKERS =
  'kafka: expected the brokers to send to, got nothing; the logs of one host are written by its members alone, and check --connect reaches the receivers'

export interface DrillOptions {
  readonly url?: string
  /** Topic of lines to send to; the first one of the configuration when not given. */
  readonly topic?: string
  /** How long a hop may take, ms. */
  readonly wait?: number
}

/** Sends a marked incident through topic, rules and receivers, and says how long each hop took, or which one lost it. */
export async function drill(config: Config, options: DrillOptions): Promise<number> {
  if (config.kafka === undefined) throw new UsageError([NO_BROKERS])
  const topic = options.topic ?? config.sources?.find(({ kind }) => kind !== 'metrics')?.topics?.[0]
  if (topic === undefined) throw new UsageError(['--topic: expected a topic of lines, since sources name none'])
  const kafka = openKafka(await kafkaOptions(config.kafka, () => {}))
  const asked = await service(options.url, config).catch(() => null)
  const incident = drillIncident(Date.now())
  say(`${incident.cluster}: a leader that loses its lock`)
  const path = drillPath({
    kafka,
    asked,
    topic,
    incident,
    names: namesOf(config.kafka.prefix),
    partitions: config.live?.partitions ?? PARTITIONS,
    patience: options.wait ?? PATIENCE,
    refused: (text) => say(`  ${text}`),
  })
  try {
    return await run(path, incident, topic)
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return lost(`at the broker: ${error.message}`)
  } finally {
    await asked?.close()
  }
}

/** A hop: what it is called, and where the incident was lost when it is not done in time. `done` gives the time of its end. */
interface Hop {
  readonly what: string
  readonly lost: string
  done(): Promise<number | null>
}

async function run(path: DrillPath, { rule }: Drill, topic: string): Promise<number> {
  const decide = 'does a process with the role correlate run?'
  const there: readonly Hop[] = [
    { what: `sent to ${topic}`, lost: 'at the broker', done: () => path.send('records') },
    {
      what: 'read, and known whose it is',
      lost: `between ${topic} and the observations: does a process with the role ingest run, and is ${topic} among its sources?`,
      done: () => path.observed(),
    },
    {
      what: `${rule} decided`,
      lost: `between the observations and the alerts: ${decide}`,
      done: () => path.decided('firing'),
    },
  ]
  const where = (await go(there)) ?? (await path.told('fired', hop))
  if (where !== null) {
    await path.clear()
    return lost(where)
  }
  const back: readonly Hop[] = [
    { what: `its end sent to ${topic}`, lost: 'at the broker', done: () => path.send('recovery') },
    {
      what: 'its end decided',
      lost: `between ${topic} and the alerts: ${decide}`,
      done: () => path.decided('resolved'),
    },
  ]
  const over = (await go(back)) ?? (await path.told('resolved', hop))
  await path.forget()
  return over === null ? 0 : lost(over)
}

let since = Date.now()

/** Gives where it was lost; null when it was not. */
async function go(hops: readonly Hop[]): Promise<string | null> {
  since = Date.now()
  for (const { what, done, lost } of hops) {
    const end = await done()
    if (end === null) return lost
    hop(what, end)
    since = end
  }
  return null
}

/** Prints a hop. */
function hop(what: string, end: number): void {
  say(`  ${what.padEnd(44)} ${(Math.max(0, end - since) / 1000).toFixed(1)} s`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function lost(where: string): number {
  say(`  lost ${where}`)
  return 1
}
