/** A backlog that is ours: what is decided of it is held until it is read, and what came and went is one digest. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Drill, drillIncident } from '../../src/drill/incident.ts'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka } from '../../src/io/kafka/types.ts'
import { type SlackStandIn, slackStandIn } from '../../src/standin/slack.ts'
import { sharedBroker } from '../kafka/broker.ts'
import { until, values } from '../kafka/help.ts'
import { headlines } from '../notify/kit.ts'
import type { LiveProcess } from './process.ts'
import { type Crew, crew, newSetting, type Setting } from './setting.ts'

const PATIENCE = 120_000
/** What is further behind than this is late: the deciding process is away for longer. */
const STALE = 10_000

let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
let slack: SlackStandIn
let setting: Setting
let processes: Crew

before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'test' })
  slack = await slackStandIn({ token: 'xoxb-1', channel: 'C1' })
  setting = await newSetting(kafka, broker.brokers, { logs: 2, metrics: 1 })
  const ops = { slack: { channel: 'C1', token: 'xoxb-1', apiUrl: slack.apiUrl } }
  processes = crew({ ...setting.config, notify: { receivers: { ops }, staleAfter: `${STALE / 1000}s` } })
})
after(async () => {
  await processes?.dismiss()
  await slack?.close()
  await broker?.dispose()
})

const said = (live: LiveProcess, name: string): boolean => live.events.some(({ event }) => event === name)

async function send(records: readonly { readonly key: string; readonly value: string }[]): Promise<void> {
  const producer = kafka.producer()
  await producer.send([{ topic: setting.topics.logs, partition: 0, records }]).finally(() => producer.close())
}

describe('while nobody decides', () => {
  it('what happens is told when it is decided: what still fires, and one digest', { timeout: 300_000 }, async () => {
    processes.start('ingest')
    const voice = processes.start('notify')
    const first = processes.start('correlate')
    await until('a leader', () => said(voice, 'notify-leads'), PATIENCE)
    await send(drillIncident(Date.now(), 'calm').records.slice(0, 1))
    const decided = async () => (await values(kafka, `${setting.prefix}.progress`)).map((text) => JSON.parse(text))
    await until('all to be decided', async () => (await decided()).some(({ decided }) => decided !== null), PATIENCE)
    first.signal('SIGKILL')
    await first.ended()

    const since = Date.now()
    const [one, other, lasts] = ['over-1', 'over-2', 'lasts'].map((scope) => drillIncident(since, scope))
    for (const { records } of [one, other, lasts] as Drill[]) await send(records)
    await until('it to last a while', () => Date.now() - since > STALE, PATIENCE)
    for (const { recovery } of [one, other] as Drill[]) await send(recovery(Date.now()))
    await until('us to be behind', () => Date.now() - since > 4 * STALE, PATIENCE)
    processes.start('correlate')
    // What comes to the one that lasts is told in its thread, whenever it comes.
    const opened = (): string[] => headlines(slack).filter((line) => !line.startsWith('>'))
    await until('all to be told', () => opened().length >= 2, PATIENCE)
    assert.deepEqual(opened().sort(), [
      '⚪ MISSED: 2 incidents came and went while nothing could be sent',
      '🔴 CRITICAL patrolog-drill/lasts',
    ])
    assert.match(JSON.stringify(slack.messages), /noticed \d+ s late/)
  })
})

describe('a shipper that sends four hours late', () => {
  it('is no backlog of ours: what its lines say is told at once', { timeout: 300_000 }, async () => {
    await send(drillIncident(Date.now() - 4 * 3_600_000, 'sent-late').records)
    const told = (): string | undefined => headlines(slack).find((line) => line.includes('sent-late'))
    await until('it to be told', () => told() !== undefined, PATIENCE)
    assert.match(told() ?? '', /^🔴 CRITICAL patrolog-drill\/sent-late/)
    assert.match(JSON.stringify(slack.messages), /sent-late.*for 4 h/)
  })
})
