import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { packageRoot } from '../../src/root.ts'
import { until } from '../kafka/help.ts'

/** A `patrolog live` of its own, as an operator starts it. */
export interface LiveProcess {
  readonly pid: number
  /** Events it logged, by their lines. */
  readonly events: readonly { readonly event: string; readonly [field: string]: unknown }[]
  /** Whether it logged such an event. */
  said(event: string): boolean
  /** What it wrote on its standard error. */
  readonly errors: readonly string[]
  /** Exit status, or the signal that ended it; null while it runs. */
  status(): number | string | null
  /** Port of its health and metrics. */
  port(): Promise<number>
  signal(name: NodeJS.Signals): void
  ended(): Promise<number | string>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Waits until the process leads the notifications. */
export const leading = (live: LiveProcess): Promise<void> =>
  until('the process to lead', () => live.said('notify-leads'))

/** Starts it with a configuration, which is given as the mapping that the YAML file would hold. */
export function startLive(config: object, roles?: string, environment: NodeJS.ProcessEnv = {}): LiveProcess {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-live-'))
  const file = join(folder, 'patrolog.yaml')
  writeFileSync(
    file,
    JSON.stringify({ ...config, live: { http: { port: 0 }, ...('live' in config ? (config.live as object) : {}) } }),
  )
  const options = roles === undefined ? [] : ['--roles', roles]
  const child = spawn(join(packageRoot, 'bin', 'patrolog'), ['live', '--config', file, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATROLOG_DEBUG: '1', ...environment },
  })
  running.add(child)
  const events: { event: string }[] = []
  const errors: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)))
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  const exit = once(child, 'exit').then(([code, signal]) => {
    running.delete(child)
    rmSync(folder, { recursive: true, force: true })
    return (code ?? signal) as number | string
  })
  const said = (name: string): boolean => events.some(({ event }) => event === name)
  const status = (): number | string | null => child.exitCode ?? child.signalCode
  return {
    pid: child.pid as number,
    events,
    said,
    errors,
    status,
    async port() {
      const started = () => events.find(({ event }) => event === 'started') as { port: number } | undefined
      await until('the service to start', () => {
        if (status() !== null) throw new Error(`ended with ${status()}: ${errors.join('\n')}`)
        return started() !== undefined
      })
      return (started() as { port: number }).port
    },
    signal: (name) => child.kill(name),
    ended: () => exit,
  }
}
