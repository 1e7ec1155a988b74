import { after, before } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka, OutRecord } from '../../src/io/kafka/types.ts'
import { type SlackStandIn, type SlackStandInOptions, slackStandIn } from '../../src/standin/slack.ts'
import type { MailStandIn } from '../../src/standin/smtp.ts'
import { type Broker, type OwnBroker, ownBroker, sharedBroker } from '../kafka/broker.ts'
import { type Crew, crew, newSetting, type Setting } from './setting.ts'

/** The broker of a test file, and the services that its tests start on it. All of it ends with the file. */
export interface Stage<B extends Broker = Broker> {
  readonly broker: B
  readonly kafka: Kafka
  /** Sets up a service with topics of its own, and a Slack of its own. No process of it runs yet. */
  service(given?: Given): Promise<Service>
  /** Ends something else before the broker is gone. */
  beforeEnd(end: () => Promise<void>): void
}

/** What a service is to have beyond, or instead of, the usual. */
export interface Given {
  /** Partitions of the topics of logs and of metrics. */
  readonly logs?: number
  readonly metrics?: number
  /** Parts of the sections `notify` and `live`; receivers beside `ops`, which is Slack. */
  readonly notify?: object
  readonly receivers?: object
  readonly live?: object
  readonly slack?: Partial<SlackStandInOptions>
}

export interface Service extends Setting {
  /** What its processes are configured with. */
  readonly whole: object
  readonly slack: SlackStandIn
  readonly processes: Crew
  /** Appends to the first partition of the topic of logs. */
  send(records: readonly OutRecord[]): Promise<void>
}

/** The broker that test files share. */
export function onBroker(): Stage {
  return stage(sharedBroker)
}

/** A broker that a test may stop and kill. */
export function onOwnBroker(): Stage<OwnBroker> {
  return stage(ownBroker)
}

function stage<B extends Broker & { dispose(): Promise<void> }>(bring: () => Promise<B>): Stage<B> {
  let broker: B | undefined
  let kafka: Kafka | undefined
  const ends: (() => Promise<void>)[] = []

  before(async () => {
    broker = await bring()
    kafka = openKafka({ brokers: broker.brokers, clientId: 'test' })
  })
  after(async () => {
    for (const end of ends) await end()
    await broker?.dispose()
  })

  const there = <T>(part: T | undefined): T => {
    if (part === undefined)
      throw new Error('the broker of the test file: expected to be asked for after it was started')
    return part
  }
  const on: Stage<B> = {
    get broker() {
      return there(broker)
    },
    get kafka() {
      return there(kafka)
    },
    beforeEnd: (end) => ends.unshift(end),
    async service(given = {}) {
      const slack = await slackStandIn({ token: TOKEN, channel: CHANNEL, ...given.slack })
      ends.push(() => slack.close())
      const setting = await newSetting(on.kafka, on.broker.brokers, {
        logs: given.logs ?? 2,
        metrics: given.metrics ?? 1,
      })
      const notify = { receivers: { ops: slackReceiver(slack), ...given.receivers }, ...given.notify }
      const whole = { ...setting.config, live: { ...setting.config.live, ...given.live }, notify }
      const processes = crew(whole)
      // Processes first: what they send to is still there when they end.
      ends.unshift(() => processes.dismiss())
      return { ...setting, whole, slack, processes, send: (records) => append(on.kafka, setting.topics.logs, records) }
    },
  }
  return on
}

const TOKEN = 'xoxb-1'
const CHANNEL = 'C1'

const slackReceiver = ({ apiUrl }: SlackStandIn): object => ({
  slack: { channel: CHANNEL, token: TOKEN, apiUrl },
})

export const mailReceiver = ({ port }: MailStandIn): object => ({
  email: { host: '127.0.0.1', port, security: 'none', from: 'p@example.org', to: ['d@example.org'] },
})

async function append(kafka: Kafka, topic: string, records: readonly OutRecord[]): Promise<void> {
  const producer = kafka.producer()
  await producer.send([{ topic, partition: 0, records }]).finally(() => producer.close())
}
