/** Shippers went on for four hours while nobody read: nothing stale pages anybody, and what came and went is one digest. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type DrillRecord, drillIncident } from '../../src/drill/incident.ts'
import type { OutRecord } from '../../src/io/kafka/types.ts'
import { type MailStandIn, mailStandIn } from '../../src/standin/smtp.ts'
import { until } from '../kafka/help.ts'
import { mailReceiver, onBroker } from '../live/stage.ts'
import { conversations } from '../notify/kit.ts'

const PATIENCE = 180_000
const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000] as const
const AWAY = 4 * HOUR
const LOOP = 10 * SECOND
/** Clusters whose leader lost its lock for five minutes, and when, ms after the first record; one that lost it for good. */
const OVER = { 'over-1': 0.5 * HOUR, 'over-2': 1.5 * HOUR, 'over-3': 3 * HOUR } as const
const LASTS = { name: 'lasts', at: AWAY - 30 * MINUTE } as const

const on = onBroker()
let mail: MailStandIn

before(async () => {
  mail = await mailStandIn()
})
after(() => mail?.close())

/** Sends records as they would have been sent at their times. */
async function send(topic: string, records: readonly (readonly [time: number, record: DrillRecord])[]): Promise<void> {
  const producer = on.kafka.producer()
  const all = [...records].sort(([one], [other]) => one - other)
  const sent = all.map(([timestamp, { key, value }]): OutRecord => ({ key, value, timestamp }))
  await producer.send([{ topic, partition: 0, records: sent }])
  await producer.close()
}

/** Heartbeats of a leader from one time to another, but for the time in which it has lost its lock. */
function beats(scope: string, from: number, to: number, lost: number, back: number) {
  const records: [number, DrillRecord][] = []
  for (let time = from; time < to; time += LOOP) {
    if (time >= lost && time < back) continue
    const [leads] = drillIncident(time + SECOND, scope).records
    records.push([time, leads as DrillRecord])
  }
  return records
}

/** What was written of a cluster meanwhile. */
function written(scope: string, gone: number, now: number, lost: number, back: number) {
  const [, demoted] = drillIncident(lost, scope).records
  const recovery = back < now ? drillIncident(back, scope).recovery(back) : []
  return [
    ...beats(scope, gone, now, lost, back),
    [lost, demoted as DrillRecord] as const,
    ...recovery.map((record) => [back, record] as const),
  ]
}

describe('behind by four hours', () => {
  it('what still fires is told once, what came and went is one digest', { timeout: 600_000 }, async () => {
    // What a service finds that stood still for so long: its committed offsets lie before it.
    const live = { backfill: '5h' }
    const receivers = { dba: mailReceiver(mail) }
    const { topics, processes, slack } = await on.service({ logs: 1, live, receivers })
    const now = Date.now()
    const gone = now - AWAY
    const over = Object.entries(OVER).flatMap(([scope, after]) => {
      const lost = gone + after
      return written(scope, gone, now, lost, lost + 5 * MINUTE)
    })
    const lost = gone + LASTS.at
    await send(topics.logs, [...over, ...written(LASTS.name, gone, now, lost, Number.POSITIVE_INFINITY)])
    processes.start('ingest,correlate,notify')
    const threads = (): number => new Set(mail.mails.map(({ headers }) => headers.get('references'))).size
    await until('all to be told', () => conversations(slack).length >= 2 && threads() >= 2, PATIENCE)
    assert.deepEqual(conversations(slack), [
      '⚪ MISSED: 3 incidents came and went before they were noticed',
      '🔴 CRITICAL patrolog-drill/lasts',
    ])
    assert.match(JSON.stringify(slack.messages), /noticed 30 min \d+ s late/)
    assert.equal(threads(), 2)
  })
})
