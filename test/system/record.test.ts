/**
 * A real cluster on this machine, recorded and replayed: Debian's Patroni, PostgreSQL 15 and etcd, two members in network
 * namespaces of their own. Replication is cut without a word, and replay finds it by positions; then it comes back.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { root } from '../../src/root.ts'
import { DEBIAN, DEFAULTS } from './record/patroni.ts'
import { record } from './record/recording.ts'
import type { Scenario } from './record/scenario.ts'
import { cutOff, reconnect } from './record/steps.ts'

const folder = mkdtempSync(join(tmpdir(), 'patrolog-recorded-'))
const CUT = 10
const MENDED = 60

const scenario: Scenario = {
  title: 'replication is cut for 50 s, and comes back',
  setup: { parameters: { wal_receiver_timeout: 0, wal_sender_timeout: 0 } },
  write: 1000,
  seconds: 110,
  steps: [
    [CUT, cutOff(1, 'replication')],
    [MENDED, reconnect(1)],
  ],
  expect: { mustNot: [] },
}

interface Line {
  readonly kind: string
  readonly rule?: string
  readonly status?: string
  readonly member?: string
  readonly since?: string
  readonly endReason?: string
}

describe('a recording of a real cluster', { timeout: 600_000 }, () => {
  let begun = 0
  let told: Line[] = []

  before(async () => {
    await record('test', scenario, { ...DEFAULTS, ...scenario.setup, version: DEBIAN }, folder, 'plrect')
    const { t_start } = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'))
    begun = t_start * 1000
    const captures = ['rest', 'metrics', 'cluster'].flatMap((name) => ['--metrics', join(folder, `${name}.jsonl.gz`)])
    const logs = [0, 1].map((number) => join(folder, `acid-orders-${number}.log.gz`))
    const args = ['replay', ...logs, ...captures, '--cluster', 'acid-orders', '--format', 'jsonl']
    const out = execFileSync(join(root, 'bin', 'patrolog'), args, { encoding: 'utf8', maxBuffer: 1 << 28 })
    told = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const alerts = (): Line[] => told.filter(({ kind, rule }) => kind === 'alert' && rule === 'replica-stalled')

  it('is understood to the last line', () => {
    const summary = told.at(-1) as unknown as { unrecognised: unknown[]; records: { rejected: number } }
    assert.deepEqual(summary.unrecognised, [])
    assert.equal(summary.records.rejected, 0)
  })

  it('shows the stand-still of the replica, since it was cut', () => {
    const [first] = alerts()
    assert.equal(first?.status, 'firing')
    assert.equal(first?.member, 'acid-orders-1')
    const since = (Date.parse(first?.since ?? '') - begun) / 1000
    assert.ok(since >= CUT - 3 && since < MENDED, `since ${since} s after the start`)
  })

  it('shows its end by a proof, and nothing else that pages', () => {
    const last = alerts().at(-1)
    assert.deepEqual([last?.status, last?.endReason], ['resolved', 'proof'])
    const others = told.filter(({ kind, rule }) => kind === 'alert' && rule !== 'replica-stalled')
    const pages = others.filter((alert) => (alert as { severity?: string }).severity !== 'info')
    assert.deepEqual(pages, [])
  })
})
