/** How lines arrive is told by a real broker's stamps: a clock that is ahead shows, and goes away when it is set. */
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka, OutRecord } from '../../src/io/kafka/types.ts'
import { sharedBroker } from '../kafka/broker.ts'
import { until, values } from '../kafka/help.ts'
import { type Crew, crew, newSetting, type Setting } from './setting.ts'

const PATIENCE = 120_000

let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
let setting: Setting
let processes: Crew

before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'test' })
  setting = await newSetting(kafka, broker.brokers, { logs: 2, metrics: 1 })
  processes = crew(setting.config)
})
after(async () => {
  await processes?.dismiss()
  await broker?.dispose()
})

/** A heartbeat each 5 s, appended from second `from` to `to`, stamped by a clock so many seconds ahead. */
async function beats(begin: number, from: number, to: number, ahead: number): Promise<void> {
  const records: OutRecord[] = []
  const headers = [
    { name: 'cluster', value: 'orders' },
    { name: 'member', value: 'orders-0' },
  ]
  for (let t = from; t < to; t += 5) {
    const appended = begin + t * 1000
    const stamp = new Date(appended + ahead * 1000 - 200).toISOString().replace('T', ' ').replace('.', ',').slice(0, -1)
    const value = `${stamp} INFO: no action. I am (orders-0), the leader with the lock`
    records.push({ key: 'orders-0', value, headers, timestamp: appended })
  }
  const producer = kafka.producer()
  await producer.send([{ topic: setting.topics.logs, partition: 0, records }]).finally(() => producer.close())
}

/** What was told of the clock, in order. */
async function told(): Promise<string> {
  const alerts = (await values(kafka, `${setting.prefix}.alerts`)).map((text) => JSON.parse(text))
  return alerts.flatMap(({ rule, status }) => (rule === 'clock-skewed' ? [status] : [])).join(' ')
}

describe('clock-skewed', () => {
  it('is told of a clock that is ahead of the broker, and resolved when it is set', { timeout: 600_000 }, async () => {
    await processes.start('ingest,correlate').port()
    const begin = Date.now() - 850_000
    await beats(begin, 0, 240, 6)
    await until('the clock to be told', async () => (await told()) === 'firing', PATIENCE)
    await beats(begin, 240, 840, 0)
    await until('the clock to agree again', async () => (await told()) === 'firing resolved', PATIENCE)
  })
})
