/** How lines arrive is told by a real broker's stamps: a clock that is ahead shows, and goes away when it is set. */
import { describe, it } from 'node:test'
import type { OutRecord } from '../../src/io/kafka/types.ts'
import { until, values } from '../kafka/help.ts'
import { onBroker, type Service } from './stage.ts'

const on = onBroker()

/** A heartbeat each 5 s, appended from second `from` to `to`, stamped by a clock so many seconds ahead. */
function beats(begin: number, from: number, to: number, ahead: number): readonly OutRecord[] {
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
  return records
}

/** What was told of the clock, in order. */
async function told({ prefix }: Service): Promise<string> {
  const alerts = (await values(on.kafka, `${prefix}.alerts`)).map((text) => JSON.parse(text))
  return alerts.flatMap(({ rule, status }) => (rule === 'clock-skewed' ? [status] : [])).join(' ')
}

describe('clock-skewed', () => {
  it('is told of a clock that is ahead of the broker, and resolved when it is set', { timeout: 600_000 }, async () => {
    const service = await on.service()
    await service.processes.start('ingest,correlate').port()
    const begin = Date.now() - 850_000
    await service.send(beats(begin, 0, 240, 6))
    await until('the clock to be told', async () => (await told(service)) === 'firing')
    await service.send(beats(begin, 240, 840, 0))
    await until('the clock to agree again', async () => (await told(service)) === 'firing resolved')
  })
})
