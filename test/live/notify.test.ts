/** The notify role: processes of their own on a real broker, and Slack as its stand-in. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Alert } from '../../src/model/effect.ts'
import { jsonLine } from '../../src/report/jsonl.ts'
import { until } from '../kafka/help.ts'
import { alertOf, headlines } from '../notify/kit.ts'
import { onBroker } from './stage.ts'

const on = onBroker()
describe('the notify role', () => {
  it('tells alerts, survives the process that leads, and answers over HTTP', { timeout: 300_000 }, async () => {
    const { prefix, processes, slack } = await on.service()
    const first = processes.start('notify')
    await first.port()
    const producer = on.kafka.producer()
    let sequence = 0
    const send = (alert: Alert) =>
      producer.send([
        {
          topic: `${prefix}.alerts`,
          partition: 0,
          records: [
            {
              key: alert.fingerprint,
              value: jsonLine(alert),
              headers: [{ name: 'sequence', value: String(++sequence) }],
            },
          ],
        },
      ])
    const time = Date.now()
    const alert = alertOf({ time, startsAt: time, since: time - 15_000, fingerprint: 'feed000000000001' })
    await send(alert)
    await until('the alert in the channel', () => slack.messages.length === 1)
    assert.deepEqual(headlines(slack), ['🔴 CRITICAL shop/orders'])

    const port = await first.port()
    const status = await (await fetch(`http://127.0.0.1:${port}/api/v1/status`)).json()
    assert.equal((status as { firing: unknown[] }).firing.length, 1)
    const posted = await fetch(`http://127.0.0.1:${port}/api/v1/silences`, { method: 'POST', body: '{}' })
    assert.equal(posted.status, 415, 'a page of a browser cannot post')

    first.signal('SIGKILL')
    await first.ended()
    const second = processes.start('notify')
    await second.port()
    await send({
      ...alert,
      time: Date.now(),
      status: 'resolved',
      endsAt: Date.now(),
      endReason: 'proof',
      summary: 'it streams again',
    })
    await until('the end in the channel', () => headlines(slack).some((line) => line.startsWith('🟢 RESOLVED')))
    await until('the answer in the thread', () => slack.messages.length === 2)
    assert.equal(slack.messages[1]?.threadTs, slack.messages[0]?.ts)
    await producer.close()
    second.signal('SIGTERM')
    assert.equal(await second.ended(), 0)
  })
})
