import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import { type Drill, drillIncident } from '../drill/incident.ts'
import { openKafka } from '../io/kafka/open.ts'
import type { Kafka } from '../io/kafka/types.ts'
import { kafkaOptions } from '../live/connect.ts'
import { namesOf } from '../live/names.ts'
import type { Alert } from '../model/effect.ts'
import type { Explanation } from '../notifier/types.ts'
import { readRecord } from '../notify/read.ts'
import { type Service, service } from './service.ts'

/** A hop that takes longer, ms, has lost the incident. */
const PATIENCE = 90_000
/** What the drill leaves behind is not to call anybody: nothing more is heard of its member. */
const HUSH = 25 * 3_600_000

export interface DrillOptions {
  readonly url?: string
  /** Topic of lines to send to; the first one of the configuration when not given. */
  readonly topic?: string
}

/** Sends a marked incident through topic, rules and receivers, and says how long each hop took, or which one lost it. */
export async function drill(config: Config, options: DrillOptions): Promise<number> {
  if (config.kafka === undefined) throw new UsageError(['kafka: expected the brokers to send to, got nothing'])
  const topic = options.topic ?? config.sources?.find(({ kind }) => kind !== 'metrics')?.topics?.[0]
  if (topic === undefined) throw new UsageError(['--topic: expected a topic of lines, since sources name none'])
  const asked = await service(options.url, {} as Config)
  const kafka = openKafka(await kafkaOptions(config.kafka, () => {}))
  try {
    return await run(kafka, asked, topic, namesOf(config.kafka.prefix).alerts)
  } finally {
    await asked.close()
  }
}

async function run(kafka: Kafka, asked: Service, topic: string, alerts: string): Promise<number> {
  const began = Date.now()
  const incident = drillIncident(began)
  say(`${incident.cluster}: a leader that loses its lock`)
  const from = await endOf(kafka, alerts)
  await send(kafka, topic, incident)
  const sent = hop(`sent to ${topic}`, began)
  const alert = await decided(kafka, alerts, from, incident)
  if (alert === null)
    return lost(`between ${topic} and ${alerts}: is every role running, and ${topic} among its sources?`)
  const known = hop(`${alert.rule} decided`, sent)
  const told = await toldOf(asked, alert.fingerprint, known)
  await hush(asked, incident.cluster)
  return told ? 0 : lost('between the alert and its receivers; patrolog status says more')
}

/** Prints a hop and gives the time of its end. */
function hop(what: string, since: number, end = Date.now()): number {
  say(`  ${what.padEnd(44)} ${((end - since) / 1000).toFixed(1)} s`)
  return end
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function lost(where: string): number {
  say(`  lost ${where}`)
  return 1
}

async function endOf(kafka: Kafka, topic: string): Promise<number> {
  const admin = await kafka.admin()
  const bounds = await admin.bounds(topic).finally(() => admin.close())
  return bounds[0]?.high ?? 0
}

async function send(kafka: Kafka, topic: string, { records }: Drill): Promise<void> {
  const producer = kafka.producer()
  await producer.send([{ topic, partition: 0, records }]).finally(() => producer.close())
}

async function decided(kafka: Kafka, topic: string, from: number, { cluster, rule }: Drill): Promise<Alert | null> {
  const signal = AbortSignal.timeout(PATIENCE)
  for await (const { records } of kafka.read({ topic, partition: 0, from, signal }))
    for (const { value } of records) {
      const alert = value === null ? undefined : readRecord(value.toString())
      if (alert?.kind === 'alert' && alert.cluster === cluster && alert.rule === rule) return alert
    }
  return null
}

/** Waits until each receiver that takes messages has been told. Says each; false when one was not. */
async function toldOf(asked: Service, fingerprint: string, since: number): Promise<boolean> {
  const waiting = new Set<string>(['anybody'])
  const said = new Set<string>()
  for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const { status, body } = await asked.ask('GET', `/api/v1/alerts/${fingerprint}`)
    const decisions = status === 200 ? (body as Explanation).decisions : []
    for (const { time, text } of decisions) follow(time, text)
    if (waiting.size === 0) return true
  }
  return false

  function follow(time: number, text: string): void {
    if (said.has(text)) return
    said.add(text)
    const [, names] = /^fired: to be told to (.*)$/.exec(text) ?? []
    const [, name] = /^told to (.*) \((?:open|push)\)$/.exec(text) ?? []
    if (names !== undefined) {
      waiting.delete('anybody')
      for (const each of names.split(', ')) waiting.add(each)
    } else if (name !== undefined) {
      waiting.delete(name)
      hop(`told to ${name}`, since, time)
    } else if (/^not sent|no route|refused/.test(text)) say(`  ${text}`)
  }
}

/** Ends what the drill began, and holds back what its silence may raise. */
async function hush(asked: Service, cluster: string): Promise<void> {
  const silence = { match: [`cluster=${cluster}`], duration: HUSH, comment: 'a drill', by: 'patrolog drill' }
  await asked.ask('POST', '/api/v1/forget', { name: cluster })
  await asked.ask('POST', '/api/v1/silences', silence)
}
