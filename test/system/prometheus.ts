/** Debian's Prometheus for the tests, and an exporter that gives it the recorded `/metrics` bodies of a run again. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createPort } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** One `/metrics` answer of a member: epoch s, and its text; null when the poll failed. */
export interface Capture {
  readonly t: number
  readonly member: string
  readonly text: string | null
}

export function captures(run: string): Capture[] {
  const lines = gunzipSync(readFileSync(join(run, 'metrics.jsonl.gz')))
    .toString('utf8')
    .trim()
    .split('\n')
  return lines.map((line) => {
    const { t, member, text = null } = JSON.parse(line)
    return { t, member, text }
  })
}

export function membersOf(all: readonly Capture[]): string[] {
  return [...new Set(all.map(({ member }) => member))].sort()
}

/** Values that are dates: they move with the run. */
const DATES = /^patroni_(?:postmaster_start_time|xlog_replayed_timestamp|dcs_last_seen)\b/

/** The text with a stamp (epoch s) at each value, `shift` s after the time of the capture. */
export function stamped({ t, text }: Capture, shift: number, unit: 's' | 'ms'): string {
  const at = t + shift
  const stamp = unit === 's' ? at.toFixed(3) : String(Math.round(at * 1000))
  return (text ?? '')
    .split('\n')
    .filter((line) => /^patroni_/.test(line))
    .map((line) => {
      const [, head = '', value = ''] = /^(.*\}) (\S+)$/.exec(line) ?? []
      const moved = DATES.test(line) && Number(value) > 0 ? String(Number(value) + shift) : value
      return `${head.replace(' {', '{')} ${moved} ${stamp}\n`
    })
    .join('')
}

export interface Exporter {
  readonly url: string
  /** Path of the metrics of a member of a run. */
  path(run: string, member: string): string
  /** Whether each target gave its last capture. */
  done(): boolean
  close(): Promise<void>
}

/**
 * Serves each member's captures one after the other, one a scrape, stamped as if the run had ended at `end` (epoch s).
 * What failed when it was recorded fails again.
 */
export async function exporter(runs: Readonly<Record<string, readonly Capture[]>>, end: number): Promise<Exporter> {
  const queues = new Map<string, string[]>()
  for (const [run, all] of Object.entries(runs)) {
    const shift = end - Math.max(...all.map(({ t }) => t))
    for (const member of membersOf(all)) {
      const own = all.filter((capture) => capture.member === member)
      queues.set(
        pathOf(run, member),
        own.map((capture) => (capture.text === null ? '' : stamped(capture, shift, 'ms'))),
      )
    }
  }
  const server = createServer((request, response) => {
    const next = queues.get(request.url ?? '')?.shift()
    response.writeHead(next === undefined || next === '' ? 503 : 200, { 'content-type': 'text/plain; version=0.0.4' })
    response.end(next)
  })
  const url = await listen(server)
  return {
    url,
    path: pathOf,
    done: () => [...queues.values()].every((queue) => queue.length === 0),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function pathOf(run: string, member: string): string {
  return `/${run}/${member}/metrics`
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

export interface PrometheusServer {
  readonly url: string
  stop(): Promise<void>
}

export interface PrometheusOptions {
  /** Folder of its own: configuration and data. */
  readonly folder: string
  /** prometheus.yml */
  readonly config: string
  readonly args?: readonly string[]
  /** web.yml: TLS and users. */
  readonly web?: string
  /** What of it the test needs to see it ready. */
  readonly ready?: (url: string) => Promise<boolean>
}

/** Starts it and waits until it is ready. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  const { folder, config, args = [], web, ready = isReady } = options
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'prometheus.yml'), config)
  if (web !== undefined) writeFileSync(join(folder, 'web.yml'), web)
  const port = await freePort()
  const process = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      ...(web === undefined ? [] : [`--web.config.file=${join(folder, 'web.yml')}`]),
      ...args,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const said: string[] = []
  process.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const url = `${web === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  await until(async () => {
    if (process.exitCode !== null) throw new Error(`prometheus ended: ${said.join('')}`)
    return ready(url)
  }, 'prometheus is ready')
  return { url, stop: () => stop(process) }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function stop(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return
  process.kill('SIGTERM')
  await once(process, 'exit')
}

/** Writes recorded runs with their own times into the data of a Prometheus not yet started. */
export function backfill(folder: string, runs: Readonly<Record<string, readonly Capture[]>>): void {
  mkdirSync(folder, { recursive: true })
  for (const [run, all] of Object.entries(runs)) {
    const file = join(folder, `${run.replaceAll('/', '-')}.om`)
    writeFileSync(file, openMetrics(run, all))
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, join(folder, 'data')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }
}

/** OpenMetrics wants the samples of one metric together; labels of a scrape are added. */
function openMetrics(run: string, all: readonly Capture[]): string {
  const byMetric = new Map<string, string[]>()
  for (const capture of all) {
    if (capture.text === null) continue
    for (const line of stamped(capture, 0, 's').trim().split('\n')) {
      const metric = line.slice(0, line.indexOf('{'))
      const lines = byMetric.get(metric) ?? []
      lines.push(line.replace('{', `{job="patroni",run="${run}",instance="${capture.member}:8008",`))
      byMetric.set(metric, lines)
    }
  }
  return `${[...byMetric.values()].flat().join('\n')}\n# EOF\n`
}

export async function freePort(): Promise<number> {
  const server = createPort().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const PATIENCE = 120_000

/** Polls until it holds. */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE / 1000} s in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
