/**
 * `patrolog replay --prometheus` against Debian's Prometheus: scraped from an exporter that plays recorded runs again,
 * and filled with recorded runs at their own times.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../src/io/clock.ts'
import { metricSources } from '../../src/metrics/index.ts'
import type { Reading } from '../../src/model/sample.ts'
import { root } from '../../src/root.ts'
import {
  backfill,
  captures,
  type Exporter,
  exporter,
  membersOf,
  type PrometheusServer,
  startPrometheus,
  until,
} from './prometheus.ts'

const bin = join(root, 'bin/patrolog')
const folder = mkdtempSync(join(tmpdir(), 'patrolog-prometheus-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const sample = (name: string): string => join(root, 'samples', name)

interface Shown {
  readonly status: number
  readonly stderr: string
  readonly records: readonly Record<string, unknown>[]
}

async function patrolog(...args: readonly string[]): Promise<Shown> {
  const child = spawn(bin, ['replay', ...args, '--format', 'jsonl'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err]: [string[], string[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()))
  const [status] = await once(child, 'close')
  const records = out
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { status, stderr: err.join(''), records }
}

/** Rules and members of the alerts that page. */
function paged({ records }: Shown): string[] {
  const firing = records.filter(
    ({ kind, status, severity }) => kind === 'alert' && status === 'firing' && severity !== 'info',
  )
  return [...new Set(firing.map(({ rule, member }) => `${rule} ${member}`))].sort()
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

describe('a Prometheus that scrapes', () => {
  const runs = {
    stall: captures(sample('incidents/silent-stall')),
    calm: captures(sample('healthy/steady-writes')),
  }
  const end = Date.now() / 1000 - 30
  let source: Exporter
  let server: PrometheusServer

  before(async () => {
    source = await exporter(runs, end)
    const job = (run: keyof typeof runs): string => `
  - job_name: ${run}
    scrape_interval: 200ms
    scrape_timeout: 200ms
    static_configs: [${membersOf(runs[run])
      .map(
        (member) =>
          `{targets: ["${source.url}"], labels: {node: "${member}.db.example", instance: "${member}.db.example:8008", __metrics_path__: "${source.path(run, member)}"}}`,
      )
      .join(', ')}]`
    server = await startPrometheus({
      folder: join(folder, 'scraping'),
      config: `scrape_configs: ${job('stall')}${job('calm')}\n`,
    })
    await until(source.done, 'every capture was scraped')
  })
  after(async () => {
    await server?.stop()
    await source?.close()
  })

  async function replay(run: string): Promise<Shown> {
    const config = join(folder, `${run}.yaml`)
    writeFileSync(
      config,
      `metrics:\n  prometheus:\n    url: ${server.url}\n    match: job="${run}"\n    member: { label: node, pattern: '([^.]+)\\..*' }\n`,
    )
    return patrolog('--prometheus', server.url, '--from', iso(end - 600), '--config', config)
  }

  it('shows the replica that stands still, from metrics alone, members named by a rule', async () => {
    const shown = await replay('stall')
    assert.equal(shown.stderr, '')
    assert.ok(paged(shown).includes('replica-stalled acid-orders-1'), paged(shown).join())
    assert.deepEqual(
      [...new Set(shown.records.flatMap(({ kind, member }) => (kind === 'transition' ? [member] : [])))].sort(),
      membersOf(runs.stall),
    )
  })

  it('says of whom it cannot scrape any more', async () => {
    const down = async (): Promise<boolean> => {
      const answer = await fetch(`${server.url}/api/v1/query?query=${encodeURIComponent('up{job="stall"} == 0')}`)
      const { data } = (await answer.json()) as { data: { result: unknown[] } }
      return data.result.length === membersOf(runs.stall).length
    }
    await until(down, 'the exporter has no captures left')
    const readings: Reading[] = []
    const member = { label: 'node', pattern: /^([^.]+)\..*$/ }
    const polled = metricSources(
      { prometheus: [{ url: server.url, match: 'job="stall"', interval: 600_000, member }] },
      { clock: systemClock, onReadings: (read) => readings.push(...read), onProblem: assert.fail },
    )
    polled.start()
    await until(() => readings.length > 0, 'an answer')
    await polled.stop()
    const asked = new Set(readings.flatMap((reading) => (reading.kind === 'poll-failure' ? reading.member : [])))
    assert.deepEqual([...asked].sort(), membersOf(runs.stall))
    assert.equal(readings.at(-1)?.kind, 'poll-failure')
  })

  it('is silent on a good day', async () => {
    const shown = await replay('calm')
    assert.deepEqual(paged(shown), [])
    assert.ok(Number((shown.records.at(-1) as { records: { samples: number } }).records.samples) > 50)
  })
})

describe('a Prometheus with what was scraped then', () => {
  /** Runs of one cluster whose `/metrics` were recorded. */
  const healthy = readdirSync(sample('healthy'))
    .map((name) => `healthy/${name}`)
    .filter((name) => existsSync(join(sample(name), 'metrics.jsonl.gz')))
  const names = ['incidents/silent-stall', 'incidents/stale-watch-after-failsafe', 'healthy/switchover']
  const runs = Object.fromEntries(
    [...new Set([...names, ...healthy])].map((name) => [basename(name), captures(sample(name))]),
  )
  const dir = join(folder, 'filled')
  let open: PrometheusServer
  before(async () => {
    backfill(dir, runs)
    open = await startPrometheus({ folder: dir, config: 'scrape_configs: []\n' })
  })
  after(() => open?.stop())

  function configure(name: string, url: string, more: Readonly<Record<string, unknown>> = {}): string {
    const config = join(folder, `${basename(name)}.yaml`)
    writeFileSync(
      config,
      JSON.stringify({ metrics: { prometheus: { url, match: `run="${basename(name)}"`, ...more } } }),
    )
    return config
  }

  for (const name of names)
    it(`tells of ${name} with the logs what captures tell`, async () => {
      const logs = sample(name)
      const config = configure(name, open.url)
      const fromPrometheus = await patrolog(join(logs, '**/*.log.gz'), '--prometheus', open.url, '--config', config)
      const fromCaptures = await patrolog(join(logs, '**/*.log.gz'), '--metrics', join(logs, 'metrics.jsonl.gz'))
      assert.equal(fromPrometheus.stderr, '')
      assert.deepEqual(paged(fromPrometheus), paged(fromCaptures))
    })

  it('calls nobody on a good day, with logs or without', async () => {
    for (const name of healthy) {
      const config = configure(name, open.url)
      const begin = iso(Math.min(...(runs[basename(name)] ?? []).map(({ t }) => t)))
      const ask = ['--prometheus', open.url, '--from', begin, '--config', config]
      assert.deepEqual(paged(await patrolog(join(sample(name), '**/*.log*'), ...ask)), [], name)
      assert.deepEqual(paged(await patrolog(...ask)), [], `${name}, metrics alone`)
    }
  })

  it('is asked for less at a time when it refuses', async () => {
    execFileSync('mkdir', ['-p', join(folder, 'few')])
    execFileSync('cp', ['-r', join(dir, 'data'), join(folder, 'few')])
    const limited = await startPrometheus({
      folder: join(folder, 'few'),
      config: 'scrape_configs: []\n',
      args: ['--query.max-samples=400'],
    })
    try {
      const name = 'incidents/silent-stall'
      const logs = join(sample(name), '**/*.log.gz')
      const shown = await patrolog(logs, '--prometheus', limited.url, '--config', configure(name, limited.url))
      assert.equal(shown.stderr, '')
      assert.ok(paged(shown).includes('replica-stalled acid-orders-1'))
    } finally {
      await limited.stop()
    }
  })

  it('is reached by TLS with a password, and says why when it is not', async () => {
    const dir = join(folder, 'closed')
    execFileSync('mkdir', ['-p', dir])
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=prometheus.example', '-addext', 'subjectAltName=IP:127.0.0.1'],
        ...['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')],
      ],
      { stdio: 'ignore' },
    )
    execFileSync('cp', ['-r', join(folder, 'filled/data'), dir])
    const web = [
      `tls_server_config: {cert_file: ${join(dir, 'cert.pem')}, key_file: ${join(dir, 'key.pem')}}`,
      // bcrypt of the password below
      "basic_auth_users: {patrolog: '$2b$04$Do9embKphYGt1bHvGRdkheuLDronrjbVlgeUczJ2jhqshH5Hr1yVG'}",
    ].join('\n')
    const closed = await startPrometheus({
      folder: dir,
      config: 'scrape_configs: []\n',
      web,
      // Whoever answers at all demands a certificate we do not trust yet.
      ready: async (url) => {
        const cause = await fetch(url).then(
          () => null,
          (error) => error.cause?.code,
        )
        return cause === null || cause === 'DEPTH_ZERO_SELF_SIGNED_CERT'
      },
    })
    try {
      const name = 'incidents/silent-stall'
      const logs = join(sample(name), '**/*.log.gz')
      const ask = (more: object): Promise<Shown> =>
        patrolog(logs, '--prometheus', closed.url, '--config', configure(name, closed.url, { ...more }))
      writeFileSync(join(dir, 'password'), 'of-the-tests\n')
      const known = { ca: join(dir, 'cert.pem'), username: 'patrolog' }
      const shown = await ask({ ...known, passwordFile: join(dir, 'password') })
      assert.equal(shown.stderr, '')
      assert.ok(paged(shown).includes('replica-stalled acid-orders-1'))

      const wrong = await ask({ ...known, password: 'not-this-one' })
      assert.equal(wrong.status, 1)
      assert.match(wrong.stderr, /status 401/)
      assert.ok(!wrong.stderr.includes('not-this-one'))

      const untrusted = await ask({ username: 'patrolog', passwordFile: join(dir, 'password') })
      assert.equal(untrusted.status, 1)
      assert.match(untrusted.stderr, /self-signed certificate/)
    } finally {
      await closed.stop()
    }
  })

  it('says when it is not there', async () => {
    const shown = await patrolog('--prometheus', 'http://127.0.0.1:1', '--from', iso(Date.now() / 1000 - 60))
    assert.equal(shown.status, 1)
    assert.equal(shown.stderr, 'patrolog: http://127.0.0.1:1: connection refused\n')
  })
})
