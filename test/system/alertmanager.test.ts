import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import { notifier } from '../../src/notifier/notifier.ts'
import { openSenders } from '../../src/senders/open.ts'
import { alertOf, SETTINGS } from '../notify/kit.ts'
import { type WebStandIn, webStandIn } from '../notify/web.ts'

/** Alertmanager from Debian (scripts/install-system), which posts on to a webhook of ours. */
let folder: string
let server: ChildProcess
let url: string
let web: WebStandIn

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-alertmanager-'))
  web = await webStandIn()
  const config = `route: { receiver: hook, group_wait: 1s, group_interval: 1s, repeat_interval: 1h, group_by: [cluster] }
receivers: [{ name: hook, webhook_configs: [{ url: "${web.url}hook", send_resolved: true }] }]
`
  writeFileSync(join(folder, 'am.yml'), config)
  const address = `127.0.0.1:${await freePort()}`
  url = `http://${address}`
  const options = [
    `--config.file=${join(folder, 'am.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ]
  server = spawn('prometheus-alertmanager', options, { stdio: 'ignore' })
  await until('an Alertmanager', async () => (await fetch(`${url}/-/ready`)).ok)
})
after(async () => {
  server.kill('SIGKILL')
  await once(server, 'exit')
  await web.close()
  rmSync(folder, { recursive: true })
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const DEADLINE = 60_000

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + DEADLINE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100)))
    if (await done().catch(() => false)) return
  assert.fail(`expected ${what} within ${DEADLINE} ms`)
}

interface Held {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly status: { readonly state: string }
}

const held = async (): Promise<readonly Held[]> => (await (await fetch(`${url}/api/v2/alerts`)).json()) as Held[]

describe('a real Alertmanager', () => {
  it('takes the alerts and their end, and a heartbeat that always fires', async () => {
    const settings = {
      ...SETTINGS,
      groupWait: 0,
      receivers: [
        { type: 'alertmanager', name: 'am', zone: 'UTC', url, headers: {} },
        { type: 'heartbeat', name: 'beat', zone: 'UTC', url, headers: {}, every: 60_000, form: 'alertmanager' },
      ],
    } as const
    const voice = await notifier({
      settings,
      store: sqliteStore(':memory:'),
      senders: await openSenders(settings),
      now: Date.now,
    })
    const time = Date.now()
    voice.alive()
    await voice.take([{ alert: alertOf({ time, startsAt: time, since: time, summary: 'behind <b>&' }), seq: 1 }])
    await voice.tick()
    await until('both alerts', async () => (await held()).length === 2)
    const names = (await held()).map(({ labels, status }) => [labels.alertname, status.state])
    assert.deepEqual(names.sort(), [
      ['PatrologHeartbeat', 'active'],
      ['replica-without-upstream', 'active'],
    ])
    const alert = (await held()).find(({ labels }) => labels.cluster === 'shop/orders')
    assert.equal(alert?.annotations.summary, 'behind <b>&')
    await until('the alert told on', async () =>
      JSON.stringify(web.bodies('/hook')).includes('replica-without-upstream'),
    )

    await voice.take([
      { alert: alertOf({ time, startsAt: time, status: 'resolved', endsAt: Date.now(), endReason: 'proof' }), seq: 2 },
    ])
    await voice.tick()
    await until('the end told on', async () => JSON.stringify(web.bodies('/hook')).includes('"status":"resolved"'))
    assert.deepEqual(
      (await held()).map(({ labels }) => labels.alertname),
      ['PatrologHeartbeat'],
    )
    await voice.close()
  })

  it('posts the payload that our webhook posts', async () => {
    const theirs = web.bodies('/hook')[0] as Record<string, unknown>
    const { webhookPayload } = await import('../../src/notify/render/webhook.ts')
    const ours = webhookPayload('hook', 'k', [], { settings: SETTINGS, unattended: new Map() })
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort())
    assert.equal((ours as { version: string }).version, theirs.version)
  })
})
