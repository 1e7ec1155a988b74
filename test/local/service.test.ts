/** The service of one host, by the configuration in docs/one-host.md: files and REST bodies in, Slack out, orders from the command line. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { openLocal } from '../../src/io/local/open.ts'
import { root } from '../../src/root.ts'
import { type SlackStandIn, slackStandIn } from '../../src/standin/slack.ts'
import { until, values } from '../kafka/help.ts'
import { type LiveProcess, startLive } from '../live/process.ts'
import { headlines } from '../notify/kit.ts'
import { patrolog } from '../program.ts'

const PATIENCE = 120_000

let folder: string
let slack: SlackStandIn
let member: Server
let config: Record<string, unknown>
const started: LiveProcess[] = []

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-one-host-'))
  slack = await slackStandIn({ token: 'xoxb-1', channel: 'C1' })
  member = await restApi()
  config = example()
})
after(async () => {
  for (const live of started) live.signal('SIGKILL')
  await Promise.all(started.map((live) => live.ended()))
  member.close()
  member.closeAllConnections()
  await slack.close()
  rmSync(folder, { recursive: true })
})

/** The configuration in the docs, with the folders and servers of this test. */
function example(): Record<string, unknown> {
  const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs', 'one-host.md'), 'utf8')) ?? []
  const { port } = member.address() as AddressInfo
  const placed = (yaml as string)
    .replaceAll('/var/', `${folder}/`)
    .replace('http://127.0.0.1:8008', `http://127.0.0.1:${port}`)
    .replace('port: 8080', 'port: 0')
    .replace('C0123456789, tokenFile: /run/secrets/slack', `C1, token: xoxb-1, apiUrl: '${slack.apiUrl}'`)
  return parse(placed) as Record<string, unknown>
}

/** A healthy member, as it was recorded. */
async function restApi(): Promise<Server> {
  const captured = gunzipSync(readFileSync(join(root, 'samples/incidents/silent-stall/rest.jsonl.gz'))).toString()
  const polls = captured.split('\n', 50).flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  const body = polls.find(({ path, status }) => path === '/patroni' && status === 200)?.body
  const server = createServer((request, response) => {
    const known = request.url === '/patroni'
    response.writeHead(known ? 200 : 404).end(known ? JSON.stringify(body) : '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function start(): LiveProcess {
  const live = startLive(config)
  started.push(live)
  return live
}

/** A line of Patroni, written now. */
function say(message: string): void {
  const now = new Date().toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)
  mkdirSync(join(folder, 'log/patroni/orders'), { recursive: true })
  appendFileSync(join(folder, 'log/patroni/orders/pg-0.log'), `${now} INFO: ${message}\n`)
}

/** Runs a command of the program over the configuration. `out`: all that it wrote. */
async function run(...args: readonly string[]): Promise<{ readonly status: number; readonly out: string }> {
  const { status, out, said } = await patrolog(args, { config })
  return { status, out: out + said }
}

describe('the service of one host', { timeout: 500_000 }, () => {
  it('checks its configuration', async () => {
    const { status, out } = await run('check')
    assert.equal(status, 0, out)
    assert.match(out, new RegExp(`files: ${folder}/log/patroni, ${folder}/log/postgresql/\\*\\.log`))
    assert.match(out, new RegExp(`state: ${folder}/lib/patrolog`))
  })

  it('tells an alert once, over a kill; keeps silences made while it does not run; forgets', async () => {
    const first = start()
    const url = `http://127.0.0.1:${await first.port()}`
    say('no action. I am (pg-0), the leader with the lock')
    say('demoted self because failed to update leader lock in DCS')
    await until('the alert in the channel', () => slack.messages.length > 0, PATIENCE)
    assert.match(headlines(slack)[0] as string, /CRITICAL orders/)
    const live = await run('status', '--url', url)
    assert.match(live.out, /CRITICAL leader-lock-lost orders/)
    const second = await run('live')
    assert.equal(second.status, 2)
    assert.match(second.out, /live\.state: .*another process has it open/)

    const [led, rested] = ['notify-leads', 'not-alive'].map((name) => first.events.find(({ event }) => event === name))
    const rests = Date.parse(String(rested?.time)) - Date.parse(String(led?.time))
    assert.ok(!(rests < 60_000), `what begins a moment after the start does not stand still: ${rests}`)
    first.signal('SIGKILL')
    await first.ended()
    const dead = await run('status')
    assert.match(dead.out, /CRITICAL leader-lock-lost orders/)
    const [, fingerprint] = /leader-lock-lost .* (\w+)$/m.exec(dead.out) ?? []
    const explained = await run('explain', 'alert', fingerprint as string)
    assert.match(explained.out, /told to on-call \(open\)/)
    const silenced = await run('silence', 'add', 'cluster=orders', '--for', '2h', '--comment', 'work')
    assert.equal(silenced.status, 0, silenced.out)

    const again = start()
    const port = await again.port()
    const asked = ['--url', `http://127.0.0.1:${port}`]
    const listed = await run('silence', 'list', ...asked)
    assert.match(listed.out, /cluster=orders .*work/)
    const forgotten = await run('forget', 'orders', ...asked)
    assert.match(forgotten.out, /[1-9]\d* alerts? .*forgotten/)
    await until('the end in the channel', () => headlines(slack).some((line) => /ENDED orders/.test(line)), PATIENCE)
    assert.equal(slack.messages.filter(({ threadTs }) => threadTs === undefined || threadTs === null).length, 1)
    again.signal('SIGTERM')
    assert.equal(await again.ended(), 0, again.errors.join('\n'))
  })

  it('ends when another program has its port', async () => {
    const { port } = member.address() as AddressInfo
    const taken = startLive({ ...config, live: { state: join(folder, 'elsewhere'), http: { port } } })
    started.push(taken)
    assert.equal(await taken.ended(), 2)
    assert.deepEqual(taken.errors, [`patrolog: live.http: 127.0.0.1:${port}: another program listens there`])
  })

  it('has measured the members by their REST API', async () => {
    const local = openLocal(join(folder, 'lib/patrolog/patrolog.db'), () => {})
    const transitions = await values(local.kafka, 'patrolog.transitions').finally(() => local.close())
    const measured = transitions.map((text) => JSON.parse(text)).filter(({ basis }) => basis === 'measured')
    assert.ok(
      measured.some(({ cluster, member: of }) => cluster === 'orders' && of === 'pg-0'),
      transitions.join('\n'),
    )
  })

  it('is one process with all roles', async () => {
    const { status, out } = await run('live', '--roles', 'ingest')
    assert.equal(status, 2)
    assert.match(out, /roles: expected all of them in one process/)
  })

  it('wants files where there are no brokers, and says so at the place', async () => {
    const before = config
    config = { ...before, sources: [{ topics: ['logs'] }] }
    const { status, out } = await run('live')
    config = before
    assert.equal(status, 2)
    assert.match(out, /sources\.0: expected files, since there is no section kafka/)
  })
})
