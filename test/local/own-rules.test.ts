/** The rule that docs/own-rules.md shows, in the folder of an operator whose service runs. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLocal } from '../../src/io/local/open.ts'
import { root } from '../../src/root.ts'
import { until, values } from '../kafka/help.ts'
import { startLive } from '../live/process.ts'

const ID = 'replica-restarts-often'
const folder = mkdtempSync(join(tmpdir(), 'patrolog-own-rules-'))
after(() => rmSync(folder, { recursive: true }))

/** A PostgreSQL that came up twice in the last minutes, and what it said since. */
function log(): string {
  const at = (ago: number) => new Date(Date.now() - ago * 1000).toISOString().replace('T', ' ').replace('Z', ' UTC')
  const up = (ago: number) => `${at(ago)} [7] LOG:  database system is ready to accept read-only connections\n`
  return `${up(120)}${up(60)}${at(1)} [9] LOG:  checkpoint starting: time\n`
}

/** The rule, as the page shows it. */
function rule(): string {
  const page = readFileSync(join(root, 'docs/own-rules.md'), 'utf8')
  const [, code] = /`replica-restarts-often\.ts`:\n\n```ts\n(.*?)```/s.exec(page) ?? []
  return code as string
}

it('a rule of your own decides in the service', async () => {
  for (const name of ['rules', 'logs', 'logs/demo']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'rules', `${ID}.ts`), rule())
  writeFileSync(join(folder, 'logs/demo/pg-1.log'), log())
  const live = startLive({
    rulesDir: join(folder, 'rules'),
    rules: { [ID]: { severity: 'critical', params: { restarts: 2 } } },
    sources: [{ files: [join(folder, 'logs')] }],
    live: { state: join(folder, 'state') },
  })
  try {
    const port = await live.port()
    const status = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    await until(
      'the alert',
      async () => /^patrolog_alerts\S*replica-restarts-often\S* [1-9]/m.test(await status()),
      120_000,
    )
  } finally {
    live.signal('SIGTERM')
  }
  assert.equal(await live.ended(), 0, live.errors.join('\n'))
  const local = openLocal(join(folder, 'state', 'patrolog.db'), () => {})
  const told = await values(local.kafka, 'patrolog.alerts').finally(() => local.close())
  const alerts = told.map((line) => JSON.parse(String(line)))
  assert.deepEqual(
    alerts.map(({ rule, severity, member, status }) => ({ rule, severity, member, status })),
    [{ rule: ID, severity: 'critical', member: 'pg-1', status: 'firing' }],
  )
})

it('a service that is told to end does so, whatever still holds the process', async () => {
  const rules = join(folder, 'holding')
  mkdirSync(rules)
  writeFileSync(join(rules, `${ID}.ts`), `${rule()}\nsetInterval(() => {}, 1_000)\n`)
  const sources = [{ files: [join(folder, 'none')] }]
  const live = startLive({ rulesDir: rules, sources, live: { state: join(folder, 'other-state') } })
  await live.port()
  live.signal('SIGTERM')
  const ended = await Promise.race([live.ended(), sleep(20_000, 'runs on', { ref: false })])
  live.signal('SIGKILL')
  assert.equal(ended, 0)
  assert.ok(live.said('stopped'))
})

it('a service that is told to end twice still finishes what it has begun', async () => {
  const sources = [{ files: [join(folder, 'none')] }]
  const live = startLive({ sources, live: { state: join(folder, 'twice') } })
  await live.port()
  const signals = setInterval(() => live.signal('SIGTERM'), 2)
  const ended = await live.ended()
  clearInterval(signals)
  assert.equal(ended, 0)
  assert.ok(live.said('stopped'))
})
