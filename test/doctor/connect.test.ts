/** `patrolog check --connect`: a real broker, and all else that a configuration names, there and not there. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type SlackStandIn, slackStandIn } from '../../src/standin/slack.ts'
import { type MailStandIn, mailStandIn } from '../../src/standin/smtp.ts'
import { topicOf } from '../kafka/help.ts'
import { onBroker } from '../live/stage.ts'
import { patrolog, type Ran } from '../program.ts'

/** Stands in every secret of these configurations. */
const SECRET = 's3cr3t'
const TOKEN = `xoxb-${SECRET}`

const on = onBroker()
let slack: SlackStandIn
let mail: MailStandIn
const servers: { close(): void }[] = []
const folder = mkdtempSync(join(tmpdir(), 'patrolog-connect-'))

before(async () => {
  slack = await slackStandIn({ token: TOKEN, channel: 'C1' })
  mail = await mailStandIn({ user: { name: 'dba', password: SECRET } })
})
after(async () => {
  rmSync(folder, { recursive: true })
  for (const server of servers) server.close()
  await slack?.close()
  await mail?.close()
})

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function answering(body: object, status = 200): Promise<string> {
  return served((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
}

async function check(config: object, args: readonly string[] = ['--connect']): Promise<Ran> {
  const ran = await patrolog(['check', ...args], { config })
  assert.ok(!`${ran.out}${ran.said}`.includes(SECRET), `a secret was printed: ${ran.out}${ran.said}`)
  return ran
}

/** What was reached and what not, less what stands before. */
function reached(out: string): string[] {
  return out.split('\n').filter((line) => /^(ok|failed) /.test(line))
}

const SERIES = { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '24'] }] } }
const STATE = { state: 'running', role: 'replica', patroni: { version: '4.0.4', scope: 'orders', name: 'pg-1' } }

describe('check --connect', { timeout: 300_000 }, () => {
  it('says what answered, all of it, and tells nobody anything', async () => {
    const logs = await topicOf(on.kafka, 2)
    const prefix = `p${randomUUID().slice(0, 8)}`
    const prometheus = await answering(SERIES)
    const rest = await answering(STATE)
    const alertmanager = await answering({ cluster: {} })
    const webhook = await answering({})
    const port = mail.port
    const { status, out, said } = await check({
      kafka: { brokers: on.broker.brokers, prefix },
      sources: [{ topics: [logs] }, { pattern: 't-.*', kind: 'metrics' }],
      metrics: {
        prometheus: [{ url: prometheus, username: 'me', password: SECRET }],
        patroniRest: [{ cluster: 'db/orders', members: { 'pg-1': rest } }],
      },
      notify: {
        receivers: {
          ops: { slack: { channel: 'C1', token: TOKEN, apiUrl: slack.apiUrl } },
          dba: {
            email: {
              host: '127.0.0.1',
              port,
              security: 'none',
              user: 'dba',
              password: SECRET,
              from: 'p@x.org',
              to: ['d@x.org'],
            },
          },
          am: { alertmanager: { url: alertmanager } },
          hook: { webhook: { url: `${webhook}/hook/${SECRET}` } },
        },
      },
    })
    assert.equal(said, '')
    const lines = reached(out)
    const own = ['observations', 'state', 'transitions', 'alerts', 'notifications', 'silences', 'progress', 'rejects']
    assert.match(lines[0] ?? '', new RegExp(`^ok     kafka ${on.broker.brokers}: \\d+ topics?$`))
    assert.equal(lines[1], `ok     kafka topic ${logs}: is there`)
    assert.match(lines[2] ?? '', /^ok {5}kafka topics t-\.\*: t-/)
    assert.deepEqual(lines.slice(3), [
      ...own.map((name) => `ok     kafka topic ${prefix}.${name}: is not there yet, and may be made`),
      `ok     prometheus ${prometheus}: 24 series`,
      `ok     patroni pg-1 ${rest}: replica, running`,
      `ok     slack ops ${new URL(slack.apiUrl).origin}: the token is that of patrolog in Stand-in`,
      `ok     email dba 127.0.0.1:${port}: it takes us for dba`,
      `ok     alertmanager am ${alertmanager}: it answers`,
      `ok     webhook hook ${webhook}: its server is reached; nothing was sent`,
    ])
    assert.equal(status, 0)
    assert.equal(slack.messages.length + mail.offered(), 0)
    const admin = await on.kafka.admin()
    assert.equal(await admin.describe(`${prefix}.alerts`), null, 'nothing is made')
    await admin.close()
  })

  it('says what did not, each with the reason', async () => {
    const prefix = `p${randomUUID().slice(0, 8)}`
    const admin = await on.kafka.admin()
    await admin.ensure([{ topic: `${prefix}.observations`, partitions: 3 }], true)
    await admin.close()
    const rest = await answering({ error: 'who are you' }, 401)
    const empty = await answering({ status: 'success', data: { resultType: 'vector', result: [] } })
    const broken = await answering({ hello: 1 })
    const alertmanager = await answering({}, 503)
    const nobody = 'http://127.0.0.1:1'
    const { status, out } = await check({
      kafka: { brokers: on.broker.brokers, prefix, createTopics: false },
      sources: [{ topics: ['no-such'] }, { pattern: 'nor-such-.*' }],
      live: { partitions: 4 },
      metrics: {
        prometheus: [{ url: empty }, { url: broken }, { url: nobody }],
        patroniRest: [{ members: { 'pg-0': rest, 'pg-1': broken, 'pg-2': nobody } }],
      },
      notify: {
        receivers: {
          ops: { slack: { channel: 'C1', token: `xoxb-other-${SECRET}`, apiUrl: slack.apiUrl } },
          dba: {
            email: {
              host: '127.0.0.1',
              port: mail.port,
              security: 'none',
              user: 'dba',
              password: `${SECRET}!`,
              from: 'p@x.org',
              to: ['d@x.org'],
            },
          },
          am: { alertmanager: { url: alertmanager } },
          hook: { webhook: { url: `${nobody}/${SECRET}` } },
        },
      },
    })
    assert.equal(status, 1)
    const lines = reached(out).slice(1)
    const expected = [
      /^failed kafka topic no-such: no such topic, or none that we may see$/,
      /^failed kafka topics nor-such-\.\*: no topic matches$/,
      /^failed kafka topic \S+\.observations: has 3 partitions, expected 4; /,
      ...Array.from(
        { length: 7 },
        () => /^failed kafka topic \S+: does not exist; make it with kafka-topics\.sh .* --create /,
      ),
      /^failed prometheus \S+: it answers, but has no series of Patroni that match$/,
      /^failed prometheus \S+: expected an answer of Prometheus, got something else$/,
      /^failed prometheus http:\/\/127\.0\.0\.1:1: connection refused$/,
      /^failed patroni pg-0 \S+: status 401: we are not let in$/,
      /^failed patroni pg-1 \S+: status 200, and no state of a member$/,
      /^failed patroni pg-2 \S+: connection refused$/,
      /^failed slack ops \S+: invalid_auth$/,
      /^failed email dba \S+: SMTP 535/,
      /^failed alertmanager am \S+: HTTP 503$/,
      /^failed webhook hook \S+: ECONNREFUSED$/,
    ]
    assert.equal(lines.length, expected.length, out)
    for (const [index, line] of lines.entries()) assert.match(line, expected[index] as RegExp)
  })

  it('asks the brokers whether they would make our topics', async () => {
    const { status, out } = await check({
      kafka: { brokers: on.broker.brokers, prefix: `p${randomUUID().slice(0, 8)}`, replication: 3 },
    })
    assert.equal(status, 1)
    assert.match(reached(out)[1] ?? '', /^failed kafka topic \S+\.observations: cannot be made: .*replication/i)
  })

  it('says what a server of another kind may expect, and which file holds no authorities', async () => {
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, 'no certificate\n')
    const hung = createSocketServer((socket) => socket.on('data', () => socket.end())).listen(0, '127.0.0.1')
    servers.push(hung)
    await once(hung, 'listening')
    const broker = `127.0.0.1:${(hung.address() as AddressInfo).port}`
    const clear = await check({ kafka: { brokers: [broker] } })
    assert.match(reached(clear.out)[0] ?? '', /: Closed connection: does it expect tls or sasl\?$/)
    const { out } = await check({
      kafka: { brokers: ['127.0.0.1:1'], tls: { ca } },
      metrics: { prometheus: [{ url: 'https://127.0.0.1:1', ca }] },
    })
    assert.deepEqual(reached(out), [
      `failed kafka 127.0.0.1:1: kafka.tls.ca: ${ca}: expected certificates (PEM), got none`,
      `failed prometheus https://127.0.0.1:1: ${ca}: expected certificates (PEM), got none`,
    ])
  })

  it('names brokers that are away, and secrets that are missing', async () => {
    const { status, out } = await check({
      kafka: { brokers: ['127.0.0.1:1'] },
      notify: { receivers: { ops: { slack: { channel: 'C1' } } } },
    })
    assert.equal(status, 1)
    const [brokers, receivers] = reached(out)
    assert.match(brokers ?? '', /^failed kafka 127\.0\.0\.1:1: kafka at 127\.0\.0\.1:1: /)
    assert.match(receivers ?? '', /^failed receivers: notify\.receivers\.ops: expected token or tokenFile/)
  })
})

describe('check --connect on one host', () => {
  it('looks for the files and the folder of the state', async () => {
    const file = join(folder, 'patroni.log')
    writeFileSync(file, '')
    const glob = join(folder, 'none', '*.log')
    const state = join(folder, 'state')
    const good = await check({ sources: [{ files: [file, glob] }], live: { state } })
    assert.deepEqual(reached(good.out), [
      `ok     files ${file}: 1 readable`,
      `ok     files ${glob}: none there yet`,
      `ok     state ${state}: is not there yet, and may be made`,
    ])
    assert.equal(good.status, 0)
    const bad = await check({ sources: [{ files: [file] }], live: { state: join(file, 'state') } })
    assert.equal(reached(bad.out)[1], `failed state ${join(file, 'state')}: ${file}: expected a folder`)
    assert.equal(bad.status, 1)
  })
})

describe('check', () => {
  it('names the rules that the configuration leaves without input, and reaches nobody', async () => {
    const config = { kafka: { brokers: ['127.0.0.1:1'] }, sources: [{ topics: ['logs'] }] }
    const { status, out } = await check(config, [])
    assert.equal(status, 0)
    assert.match(out, /^blind, no readings: .*\bwal-backlog\b/m)
    assert.ok(!out.includes('leader-lock-lost'))
    const readings = await check({ ...config, metrics: { prometheus: [{ url: 'http://127.0.0.1:1' }] } }, [])
    assert.ok(!readings.out.includes('blind'))
  })
})
