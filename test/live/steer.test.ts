/** Silences and `forget` over HTTP: of a service whose roles are processes of their own, of which one leads and one stands by. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { drillIncident } from '../../src/drill/incident.ts'
import type { Silence } from '../../src/model/receiver.ts'
import type { Status } from '../../src/notifier/types.ts'
import type { Forgotten } from '../../src/notify/learn.ts'
import { until, values } from '../kafka/help.ts'
import { headlines } from '../notify/kit.ts'
import { type LiveProcess, leading } from './process.ts'
import { onBroker, type Service } from './stage.ts'

const on = onBroker()

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

/** A silence of the configuration. */
const OF_THE_FILE = {
  match: ['cluster=shop/other'],
  from: '2020-01-01T00:00:00Z',
  until: '2099-01-01T00:00:00Z',
  comment: 'of the file',
}

describe('a service in processes of its own', () => {
  let service: Service
  let deciding: LiveProcess
  let leader: LiveProcess
  let standby: LiveProcess
  let silence: string
  let cluster: string

  before(async () => {
    service = await on.service({ notify: { silences: [OF_THE_FILE] } })
  })

  it('tells an alert, and a process that stands by answers like the one that leads', { timeout: 300_000 }, async () => {
    const { processes, slack, send } = service
    deciding = processes.start('ingest,correlate')
    leader = processes.start('notify')
    await leading(leader)
    standby = processes.start('notify')
    await standby.port()
    const incident = drillIncident(Date.now())
    cluster = incident.cluster
    await send(incident.records)
    await until('the alert in the channel', () => slack.messages.length >= 1)
    assert.match(headlines(slack)[0] ?? '', new RegExp(`^🔴 CRITICAL ${cluster}`))
    assert.ok((await firing(standby)).some(({ rule }) => rule === 'leader-lock-lost'))
    assert.deepEqual(await ids(standby), ['config-1'])
  })

  it('takes a silence at either, keeps it on its topic, and it holds after a take-over', {
    timeout: 300_000,
  }, async () => {
    const body = { match: [`cluster=${cluster}`], duration: 3_600_000, comment: 'a test', by: 'ada' }
    const made = await ask<Silence>(standby, 'silences', { method: 'POST', body })
    assert.equal(made.status, 201)
    silence = made.body.id
    await until('the leader to hear of it', async () => (await ids(leader)).includes(silence))
    await until('the alert to be silenced', async () => /^silenced by .*: a test$/.test(await muted(leader)))
    const stored = await values(on.kafka, `${service.prefix}.silences`)
    assert.ok(stored.some((text) => text.includes(silence)))
    assert.ok(!(await values(on.kafka, `${service.prefix}.notifications`)).some((text) => text.includes('"matchers"')))

    leader.signal('SIGKILL')
    await leader.ended()
    await until('the other to lead', () => standby.said('notify-leads'))
    leader = standby
    standby = service.processes.start('notify')
    await standby.port()
    assert.deepEqual(await ids(leader), ['config-1', silence])
    assert.match(await muted(leader), /^silenced/)
  })

  it('ends a silence at either', { timeout: 300_000 }, async () => {
    const ended = await ask(standby, `silences/${silence}`, { method: 'DELETE' })
    assert.equal(ended.status, 200)
    await until('the leader to hear of it', async () => !(await ids(leader)).includes(silence))
    await until('the alert to be free', async () => (await firing(leader)).some(({ muted }) => muted === null))
    assert.equal((await ask(leader, 'silences/config-1', { method: 'DELETE' })).status, 404)
  })

  it('forgets a cluster: the alert ends at once, in the journal, and for whoever takes over', {
    timeout: 300_000,
  }, async () => {
    const { body } = await ask<Forgotten>(leader, 'forget', { method: 'POST', body: { name: cluster } })
    assert.deepEqual({ ...body, forgotten: body.forgotten > 0 }, { cluster, member: null, forgotten: true })
    await until('the end in the channel', () => headlines(service.slack)[0]?.startsWith('⚪ ENDED') === true)
    const alerts = async () => await values(on.kafka, `${service.prefix}.alerts`)
    const forgotten = (text: string): boolean => text.includes('"endReason":"forgotten"')
    await until('the end in the journal', async () => (await alerts()).some(forgotten))

    deciding.signal('SIGKILL')
    await deciding.ended()
    deciding = service.processes.start('ingest,correlate')
    const since = Date.now()
    const decided = async (): Promise<boolean> =>
      (await values(on.kafka, `${service.prefix}.progress`)).filter((text) => JSON.parse(text).decided > since).length >
      4
    await until('time to go on', decided)
    const told = (await alerts()).map((text) => JSON.parse(text) as { status: string; cluster: string })
    assert.equal(told.filter((alert) => alert.cluster === cluster).at(-1)?.status, 'resolved')
    await until('nothing to fire', async () => (await firing(leader)).length === 0)
  })
})
