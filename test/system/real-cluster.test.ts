/**
 * A real cluster on this machine: Debian's Patroni, PostgreSQL 15 and etcd, two members in network namespaces of their own.
 * Replication is cut without a word, and comes back. It is recorded and replayed, and its REST API is polled meanwhile: the
 * lines with the readings, and the readings alone, show that the replica stands still, and that it is back.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { engine } from '../../src/engine/engine.ts'
import { inhibitionsOf } from '../../src/engine/inhibition.ts'
import { systemClock } from '../../src/io/clock.ts'
import { loadFacets, loadRules } from '../../src/io/shelves.ts'
import { metricSources } from '../../src/metrics/index.ts'
import type { Alert } from '../../src/model/effect.ts'
import type { Reading } from '../../src/model/sample.ts'
import { activeRules } from '../../src/replay/configure.ts'
import { jsonLines } from '../program.ts'
import { DEBIAN, DEFAULTS } from './record/patroni.ts'
import { record } from './record/recording.ts'
import type { Scenario } from './record/scenario.ts'
import { cutOff, reconnect } from './record/steps.ts'

const folder = mkdtempSync(join(tmpdir(), 'patrolog-recorded-'))
const CUT = 10
const MENDED = 60
const CLUSTER = 'acid-orders'
const REPLICA = `${CLUSTER}-1`

const readings: Reading[] = []
const problems: string[] = []
const polled = metricSources(
  // The other member is found through /cluster.
  { patroniRest: [{ cluster: CLUSTER, members: { [`${CLUSTER}-0`]: 'http://10.77.77.11:8008' }, interval: 1_000 }] },
  {
    clock: systemClock,
    onReadings: (read) => readings.push(...read),
    onProblem: (problem) => problems.push(problem),
  },
)

const scenario: Scenario = {
  title: 'replication is cut for 50 s, and comes back',
  setup: { parameters: { wal_receiver_timeout: 0, wal_sender_timeout: 0 } },
  write: 1000,
  seconds: 110,
  steps: [
    [0, async () => polled.start()],
    [CUT, cutOff(1, 'replication')],
    [MENDED, reconnect(1)],
  ],
  expect: { mustNot: [] },
}

/** What the rules say of the readings, in the order they came. */
async function saidOf(readings: readonly Reading[]): Promise<Alert[]> {
  const [facets, rules] = await Promise.all([loadFacets(), loadRules()])
  const config = { rules: {}, clusters: {} }
  const alerts: Alert[] = []
  const core = engine({
    facets,
    rulesFor: (name) => activeRules(rules, inhibitionsOf(rules), config, name),
    types: [],
    texts: { name: () => '', text: () => '' },
    defaultsOf: () => undefined,
    emit: (effect) => {
      if (effect.kind === 'alert') alerts.push(effect)
    },
  })
  const cluster = core.cluster(CLUSTER)
  for (const reading of readings) {
    const of = { cluster, member: core.member(cluster, reading.member), reading, time: reading.time, due: reading.time }
    const fixed = { entry: null, origin: { at: () => ({ file: 'rest', line: 0 }) }, line: 0, index: 0, late: 0 }
    core.observe(Object.assign(core.take(), of, fixed))
  }
  core.advance(Math.max(...readings.map(({ time }) => time)))
  return alerts
}

type Told = Pick<Alert, 'rule' | 'status' | 'severity' | 'member' | 'endReason'> & { readonly since: number }

/** What the recording tells when it is replayed, the summary last. */
async function replayed() {
  const captures = ['rest', 'metrics', 'cluster'].flatMap((name) => ['--metrics', join(folder, `${name}.jsonl.gz`)])
  const logs = [0, 1].map((number) => join(folder, `${CLUSTER}-${number}.log.gz`))
  const lines = await jsonLines(['replay', ...logs, ...captures, '--cluster', CLUSTER, '--format', 'jsonl'])
  return lines.map((line) => JSON.parse(line))
}

describe('a real cluster whose replication is cut', { timeout: 600_000 }, () => {
  let begun = 0
  let summary: { readonly unrecognised: unknown[]; readonly records: { readonly rejected: number } }
  const alerts: Record<'replayed' | 'polled', readonly Told[]> = { replayed: [], polled: [] }

  before(async () => {
    await record('test', scenario, { ...DEFAULTS, ...scenario.setup, version: DEBIAN }, folder, 'plrect')
    await polled.stop()
    begun = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')).t_start * 1000
    const told = await replayed()
    summary = told.at(-1)
    alerts.polled = await saidOf(readings)
    alerts.replayed = told
      .filter(({ kind }) => kind === 'alert')
      .map((alert) => ({ ...alert, since: Date.parse(alert.since) }))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('is understood to the last line, replayed', () => {
    assert.deepEqual(summary.unrecognised, [])
    assert.equal(summary.records.rejected, 0)
  })

  it('gives readings of all members, polled, the one that was found included, and no answer is odd', () => {
    const sampled = readings.flatMap(({ kind, member }) => (kind === 'sample' ? [member] : []))
    assert.deepEqual([...new Set(sampled)].sort(), [`${CLUSTER}-0`, REPLICA])
    assert.deepEqual(problems, [])
  })

  for (const how of ['replayed', 'polled'] as const) {
    it(`shows the stand-still of the replica, since it was cut, ${how}`, () => {
      const first = alerts[how].find(({ rule }) => rule === 'replica-stalled')
      assert.deepEqual([first?.status, first?.member], ['firing', REPLICA])
      const since = ((first?.since ?? 0) - begun) / 1000
      assert.ok(since >= CUT - 3 && since < MENDED, `since ${since} s after the start`)
    })

    it(`shows its end by a proof, and nothing else that pages, ${how}`, () => {
      const last = alerts[how].findLast(({ rule }) => rule === 'replica-stalled')
      assert.deepEqual([last?.status, last?.endReason], ['resolved', 'proof'])
      const pages = alerts[how].filter(({ rule, severity }) => rule !== 'replica-stalled' && severity !== 'info')
      assert.deepEqual(pages, [])
    })
  }
})
