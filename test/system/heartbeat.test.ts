/** The heartbeat of a service whose roles are processes of their own: it rests when one of them hangs, and comes back. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { drillIncident } from '../../src/drill/incident.ts'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka } from '../../src/io/kafka/types.ts'
import { sharedBroker } from '../kafka/broker.ts'
import { until } from '../kafka/help.ts'
import type { LiveProcess } from '../live/process.ts'
import { type Crew, crew, newSetting, type Setting } from '../live/setting.ts'
import { type WebStandIn, webStandIn } from '../notify/web.ts'

const PATIENCE = 240_000
/** Beats come each second: so long without one is no beat, ms. */
const QUIET = 15_000

let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
let listener: WebStandIn
let setting: Setting
let processes: Crew

before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'test' })
  listener = await webStandIn()
  setting = await newSetting(kafka, broker.brokers, { logs: 2, metrics: 1 })
  const life = { heartbeat: { url: `${listener.url}beat`, every: '1s' } }
  processes = crew({ ...setting.config, notify: { receivers: { life } } })
})
after(async () => {
  await processes?.dismiss()
  await listener?.close()
  await broker?.dispose()
})

const beats = (): number => listener.bodies('/beat').length

async function beating(): Promise<void> {
  const before = beats()
  await until('heartbeats', () => beats() > before + 1, PATIENCE)
}

/** Waits until none has come for a while. */
async function resting(): Promise<void> {
  let [count, since] = [beats(), Date.now()]
  const rests = (): boolean => {
    if (beats() !== count) [count, since] = [beats(), Date.now()]
    return Date.now() - since > QUIET
  }
  await until('the heartbeats to end', rests, PATIENCE)
}

describe('a heartbeat', () => {
  let voice: LiveProcess

  it('is fed while all roles go on', { timeout: 600_000 }, async () => {
    const { records } = drillIncident(Date.now(), 'calm')
    const producer = kafka.producer()
    await producer.send([{ topic: setting.topics.logs, partition: 0, records: records.slice(0, 1) }])
    await producer.close()
    voice = processes.start('notify')
    await until('a leader', () => voice.events.some(({ event }) => event === 'notify-leads'), PATIENCE)
    assert.equal(beats(), 0, 'nobody decides yet')
    processes.start('ingest')
    processes.start('correlate')
    await beating()
  })

  for (const role of ['ingest', 'correlate'])
    it(`rests while ${role} hangs, and goes on with it`, { timeout: 600_000 }, async () => {
      const live = processes.all[role === 'ingest' ? 1 : 2] as LiveProcess
      live.signal('SIGSTOP')
      await resting()
      const last = voice.events.findLast(({ event }) => event === 'alive' || event === 'not-alive')
      assert.equal(last?.event, 'not-alive')
      assert.deepEqual(last?.stalled, [0, 1, 2, 3])
      live.signal('SIGCONT')
      await beating()
    })

  it('ends with a role that is no more', { timeout: 600_000 }, async () => {
    processes.all[2]?.signal('SIGKILL')
    await resting()
  })
})
