/** The rule that docs/own-rules.md shows, in the folder of an operator whose service runs. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
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

it('a rule of your own decides in the service', async () => {
  for (const name of ['rules', 'logs', 'logs/demo']) mkdirSync(join(folder, name))
  const page = readFileSync(join(root, 'docs/own-rules.md'), 'utf8')
  const [, code] = /`replica-restarts-often\.ts`:\n\n```ts\n(.*?)```/s.exec(page) ?? []
  writeFileSync(join(folder, 'rules', `${ID}.ts`), code as string)
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
