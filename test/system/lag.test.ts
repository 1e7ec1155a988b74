/**
 * The lie of the usual lag query, on a real pair of PostgreSQL 15: the replica's primary_conninfo is removed, the primary
 * goes on writing, what was received is replayed, the lag is 0 — and positions alone show that the replica stands still.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../src/io/clock.ts'
import { metricSources } from '../../src/metrics/index.ts'
import type { Sample } from '../../src/model/sample.ts'
import { root } from '../../src/root.ts'
import { freePort, type PrometheusServer, startPrometheus, until } from './prometheus.ts'

const BIN = '/usr/lib/postgresql/15/bin'
/** PostgreSQL refuses to run as root. */
const asRoot = process.getuid?.() === 0
const user = asRoot ? { uid: Number(id('-u')), gid: Number(id('-g')) } : {}
const folder = mkdtempSync(join(tmpdir(), 'patrolog-lag-'))

function id(flag: string): string {
  return execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })
}

/** postgres_exporter's own query of the lag, `collector/pg_replication.go`. */
const LAG = `SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0
  WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
  ELSE GREATEST(0, EXTRACT(EPOCH FROM (now() - pg_last_xact_replay_timestamp()))) END AS lag`

interface Server {
  readonly data: string
  readonly port: number
  sql(query: string): string
  start(): void
  stop(): void
}

function run(program: string, ...args: readonly string[]): string {
  const env = { ...process.env, LC_ALL: 'C', PGHOST: folder, PGUSER: 'postgres' }
  return execFileSync(program, args, { ...user, env, cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function server(name: string, port: number): Server {
  const data = join(folder, name)
  return {
    data,
    port,
    sql: (query) => run('psql', '-p', String(port), '-d', 'postgres', '-XAtqc', query).trim(),
    start: () => void run(`${BIN}/pg_ctl`, '-D', data, '-l', join(folder, `${name}.log`), '-w', '-t', '60', 'start'),
    stop: () => void run(`${BIN}/pg_ctl`, '-D', data, '-m', 'immediate', 'stop'),
  }
}

/** What Patroni's REST API would say of the server (`api.py`), from the same functions. */
const STATUS = `SELECT json_build_object('state', 'running', 'timeline', 1,
  'role', CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'master' END,
  'postmaster_start_time', pg_postmaster_start_time(),
  'xlog', CASE WHEN pg_is_in_recovery() THEN json_build_object(
      'received_location', pg_wal_lsn_diff(coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')::bigint,
      'replayed_location', pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint,
      'paused', pg_is_wal_replay_paused())
    ELSE json_build_object('location', pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint) END,
  'patroni', json_build_object('version', '3.0.1', 'scope', 'demo'))`

let primary: Server
let replica: Server

before(async () => {
  chmodSync(folder, 0o755)
  if (asRoot) chownSync(folder, user.uid as number, user.gid as number)
  primary = server('pg-0', await freePort())
  replica = server('pg-1', await freePort())
  run(`${BIN}/initdb`, '-D', primary.data, '-U', 'postgres', '-A', 'trust', '-N')
  appendFileSync(
    join(primary.data, 'postgresql.conf'),
    `listen_addresses = ''\nunix_socket_directories = '${folder}'\nport = ${primary.port}\nfsync = off\nautovacuum = off\n`,
  )
  primary.start()
  run(
    `${BIN}/pg_basebackup`,
    '-h',
    folder,
    '-p',
    String(primary.port),
    '-D',
    replica.data,
    '-R',
    '-X',
    'stream',
    '-c',
    'fast',
  )
  appendFileSync(join(replica.data, 'postgresql.conf'), `port = ${replica.port}\n`)
  replica.start()
  await until(() => primary.sql('SELECT count(*) FROM pg_stat_replication') === '1', 'the replica streams')
})

after(() => {
  for (const each of [replica, primary])
    try {
      each?.stop()
    } catch {
      // it did not come up
    }
  rmSync(folder, { recursive: true, force: true })
})

const polls: string[] = []

/** One round of readings, stamped on the clock of the story. */
function poll(t: number): void {
  for (const [member, { sql }, at] of [
    ['pg-0', primary, t],
    ['pg-1', replica, t + 0.3],
  ] as const)
    polls.push(JSON.stringify({ t: at, member, path: '/patroni', status: 200, body: JSON.parse(sql(STATUS)) }))
}

function write(): void {
  primary.sql("SELECT pg_logical_emit_message(false, 'load', repeat('x', 2 * 1024 * 1024)); SELECT pg_switch_wal()")
}

const caughtUp = (): boolean =>
  replica.sql(`SELECT pg_last_wal_replay_lsn() >= '${primary.sql('SELECT pg_current_wal_lsn()')}'`) === 't'

describe('a replica without primary_conninfo', () => {
  it('has no lag by the query of postgres_exporter, and fires replica-stalled from positions alone', async () => {
    primary.sql('CREATE TABLE load (x int)')
    // The rounds are 10 s apart in the readings; what the servers do between two of them is real.
    const begin = Math.floor(Date.now() / 1000) - 300
    for (let round = 0; round < 6; round++) {
      write()
      await until(caughtUp, 'the replica has what was written')
      poll(begin + 10 * round)
    }
    replica.sql('ALTER SYSTEM RESET primary_conninfo')
    replica.sql('SELECT pg_reload_conf()')
    await until(() => primary.sql('SELECT count(*) FROM pg_stat_replication') === '0', 'nobody streams')
    await until(
      () => replica.sql('SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()') === 't',
      'all that was received is replayed',
    )
    for (let round = 6; round < 16; round++) {
      write()
      poll(begin + 10 * round)
      assert.equal(Number(replica.sql(LAG)), 0, 'the usual query sees no lag')
    }
    const shown = await replay()
    assert.deepEqual(
      shown.map(({ rule, member, severity }) => ({ rule, member, severity })),
      [
        { rule: 'replica-stalled', member: 'pg-1', severity: 'critical' },
        { rule: 'no-failover-candidate', member: null, severity: 'warning' },
      ],
    )
    const time = shown[0]?.time ?? ''
    assert.ok(Date.parse(time) / 1000 - (begin + 60) <= 60, `fired at ${time}`)
  })
})

/** The role, which the exporter gives by itself from 0.12 on only. */
const QUERIES = `pg_replication:
  query: "SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END AS is_replica"
  master: true
  metrics:
    - is_replica: {usage: GAUGE, description: "whether it is in recovery"}
`

describe('postgres_exporter of Debian, scraped by Prometheus', () => {
  const exporters: ChildProcess[] = []
  let prometheus: PrometheusServer | undefined
  after(async () => {
    await prometheus?.stop()
    for (const exporter of exporters) exporter.kill()
  })

  it('gives roles, and the slot that nobody reads with what is kept for it', async () => {
    primary.sql("SELECT pg_create_physical_replication_slot('orders_copy', true)")
    write()
    const targets = await Promise.all([primary, replica].map((of) => exported(of)))
    const jobs = targets.map(
      (target, at) => `    - targets: ['${target}']\n      labels: {scope: demo, name: pg-${at}}\n`,
    )
    const config = `scrape_configs:\n- job_name: pg\n  scrape_interval: 500ms\n  scrape_timeout: 500ms\n  static_configs:\n${jobs.join('')}`
    prometheus = await startPrometheus({ folder: join(folder, 'prometheus'), config })
    const samples: Sample[] = []
    const problems: string[] = []
    const source = metricSources(
      { prometheus: [{ url: prometheus.url, interval: 1_000 }] },
      {
        clock: systemClock,
        onProblem: (problem) => problems.push(problem),
        onReadings: (readings) => samples.push(...readings.filter((reading) => reading.kind === 'sample')),
      },
    )
    source.start()
    const slotOf = ({ slots }: Sample) => slots?.find(({ name }) => name === 'orders_copy')
    const roles = () => new Set(samples.map(({ member, role }) => `${member} ${role}`))
    try {
      await until(
        () => roles().has('pg-0 primary') && roles().has('pg-1 replica') && samples.some(slotOf),
        'both servers were scraped',
      )
    } finally {
      await source.stop()
    }
    assert.deepEqual([...roles()].sort(), ['pg-0 primary', 'pg-1 replica'])
    const slot = slotOf(samples.find(slotOf) as Sample)
    assert.equal(slot?.active, false)
    assert.ok((slot?.retained ?? 0) > 0, `${slot?.retained} bytes are kept`)
    assert.deepEqual(problems, [])
  })

  /** An exporter of the server; its address once it answers. */
  async function exported({ port }: Server): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`
    const queries = join(folder, 'queries.yaml')
    writeFileSync(queries, QUERIES)
    const env = {
      ...process.env,
      DATA_SOURCE_NAME: `host=${folder} port=${port} user=postgres dbname=postgres sslmode=disable`,
    }
    const args = [`--web.listen-address=${address}`, `--extend.query-path=${queries}`]
    exporters.push(spawn('prometheus-postgres-exporter', args, { ...user, env, stdio: 'ignore' }))
    await until(async () => (await fetch(`http://${address}/metrics`).catch(() => null))?.ok === true, 'it answers')
    return address
  }
})

interface Fired {
  readonly rule: string
  readonly member: string
  readonly severity: string
  readonly time: string
}

/** What patrolog pages of the readings. */
async function replay(): Promise<Fired[]> {
  mkdirSync(join(folder, 'readings'))
  const file = join(folder, 'readings', 'rest.jsonl')
  writeFileSync(file, `${polls.join('\n')}\n`)
  const child = spawn(
    join(root, 'bin/patrolog'),
    ['replay', '--metrics', file, '--format', 'jsonl', '--kinds', 'alert'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const out: string[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()))
  await once(child, 'close')
  const alerts = out
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return alerts.filter(({ status, severity }) => status === 'firing' && severity !== 'info')
}
