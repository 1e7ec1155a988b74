/** Silences and `forget` over HTTP: of a service whose roles are processes of their own, of which one leads and one stands by. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { drillIncident } from '../../src/drill/incident.ts'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka } from '../../src/io/kafka/types.ts'
import type { Silence } from '../../src/model/receiver.ts'
import type { Status } from '../../src/notifier/types.ts'
import { type SlackStandIn, slackStandIn } from '../../src/standin/slack.ts'
import { sharedBroker } from '../kafka/broker.ts'
import { until, values } from '../kafka/help.ts'
import { headlines } from '../notify/kit.ts'
import type { LiveProcess } from './process.ts'
import { type Crew, crew, newSetting, type Setting } from './setting.ts'

const PATIENCE = 120_000

let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
let slack: SlackStandIn
let setting: Setting
let processes: Crew
let deciding: LiveProcess

before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'test' })
  slack = await slackStandIn({ token: 'xoxb-1', channel: 'C1' })
  setting = await newSetting(kafka, broker.brokers, { logs: 2, metrics: 1 })
  const ops = { slack: { channel: 'C1', token: 'xoxb-1', apiUrl: slack.apiUrl } }
  const silences = [
    {
      match: ['cluster=shop/other'],
      from: '2020-01-01T00:00:00Z',
      until: '2099-01-01T00:00:00Z',
      comment: 'of the file',
    },
  ]
  processes = crew({ ...setting.config, notify: { receivers: { ops }, silences } })
})
after(async () => {
  await processes?.dismiss()
  await slack?.close()
  await broker?.dispose()
})

const leads = (live: LiveProcess): boolean => live.events.some(({ event }) => event === 'notify-leads')

async function ask<T>(live: LiveProcess, path: string, given?: { readonly method: string; readonly body?: object }) {
  const response = await fetch(`http://127.0.0.1:${await live.port()}/api/v1/${path}`, {
    method: given?.method ?? 'GET',
    ...(given?.body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(given.body) }),
  })
  return { status: response.status, body: (await response.json()) as T }
}

async function firing(live: LiveProcess) {
  const { body } = await ask<Status>(live, 'status')
  return body.firing
}

const muted = async (live: LiveProcess): Promise<string> => (await firing(live))[0]?.muted ?? ''

const ids = async (live: LiveProcess): Promise<readonly string[]> =>
  (await ask<{ silences: readonly Silence[] }>(live, 'silences')).body.silences.map(({ id }) => id)

describe('a service in processes of its own', () => {
  let leader: LiveProcess
  let standby: LiveProcess
  let silence: string
  const incident = drillIncident(Date.now())

  it('tells an alert, and a process that stands by answers like the one that leads', { timeout: 300_000 }, async () => {
    deciding = processes.start('ingest,correlate')
    leader = processes.start('notify')
    await until('a leader', () => leads(leader), PATIENCE)
    standby = processes.start('notify')
    await standby.port()
    const producer = kafka.producer()
    const now = drillIncident(Date.now())
    Object.assign(incident, now)
    await producer.send([{ topic: setting.topics.logs, partition: 0, records: incident.records }])
    await producer.close()
    await until('the alert in the channel', () => slack.messages.length === 1, PATIENCE)
    assert.deepEqual(headlines(slack), [`🔴 CRITICAL ${incident.cluster}`])
    assert.deepEqual(
      (await firing(standby)).map(({ rule }) => rule),
      ['leader-lock-lost'],
    )
    assert.deepEqual(await ids(standby), ['config-1'])
  })

  it('takes a silence at either, keeps it on its topic, and it holds after a take-over', {
    timeout: 300_000,
  }, async () => {
    const body = { match: [`cluster=${incident.cluster}`], duration: 3_600_000, comment: 'a test', by: 'ada' }
    const made = await ask<Silence>(standby, 'silences', { method: 'POST', body })
    assert.equal(made.status, 201)
    silence = made.body.id
    await until('the leader to hear of it', async () => (await ids(leader)).includes(silence), PATIENCE)
    await until('the alert to be silenced', async () => /^silenced by .*: a test$/.test(await muted(leader)), PATIENCE)
    const stored = await values(kafka, `${setting.prefix}.silences`)
    assert.ok(stored.some((text) => text.includes(silence)))
    assert.ok(!(await values(kafka, `${setting.prefix}.notifications`)).some((text) => text.includes('"matchers"')))

    leader.signal('SIGKILL')
    await leader.ended()
    await until('the other to lead', () => leads(standby), PATIENCE)
    leader = standby
    standby = processes.start('notify')
    await standby.port()
    assert.deepEqual(await ids(leader), ['config-1', silence])
    assert.match(await muted(leader), /^silenced/)
  })

  it('ends a silence at either', { timeout: 300_000 }, async () => {
    const ended = await ask(standby, `silences/${silence}`, { method: 'DELETE' })
    assert.equal(ended.status, 200)
    await until('the leader to hear of it', async () => !(await ids(leader)).includes(silence), PATIENCE)
    await until(
      'the alert to be free',
      async () => (await firing(leader)).some(({ muted }) => muted === null),
      PATIENCE,
    )
    assert.equal((await ask(leader, 'silences/config-1', { method: 'DELETE' })).status, 404)
  })

  it('forgets a cluster: the alert ends at once, in the journal, and for whoever takes over', {
    timeout: 300_000,
  }, async () => {
    const { body } = await ask(leader, 'forget', { method: 'POST', body: { name: incident.cluster } })
    assert.deepEqual(body, { cluster: incident.cluster, member: null, forgotten: 1 })
    await until('the end in the channel', () => headlines(slack)[0]?.startsWith('⚪ ENDED') === true, PATIENCE)
    const alerts = async () => await values(kafka, `${setting.prefix}.alerts`)
    const forgotten = (text: string): boolean => text.includes('"endReason":"forgotten"')
    await until('the end in the journal', async () => (await alerts()).some(forgotten), PATIENCE)

    deciding.signal('SIGKILL')
    await deciding.ended()
    deciding = processes.start('ingest,correlate')
    const since = Date.now()
    const decided = async (): Promise<boolean> =>
      (await values(kafka, `${setting.prefix}.progress`)).filter((text) => JSON.parse(text).decided > since).length > 4
    await until('time to go on', decided, PATIENCE)
    const told = (await alerts()).map((text) => JSON.parse(text) as { status: string; cluster: string })
    assert.equal(told.filter(({ cluster }) => cluster === incident.cluster).at(-1)?.status, 'resolved')
    await until('nothing to fire', async () => (await firing(leader)).length === 0, PATIENCE)
  })
})
