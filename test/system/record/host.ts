import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * Runs a program to its end.
 *
 * @returns its standard output.
 * @throws with the program's own words when it fails or takes longer than `timeout` ms.
 */
export async function run(program: string, args: readonly string[], timeout = 60_000): Promise<string> {
  const { stdout } = await execute(program, [...args], { timeout, killSignal: 'SIGKILL', maxBuffer: 1 << 26 })
  return stdout
}

/** As `run`, for clearing away what may not be there. */
export async function attempt(program: string, args: readonly string[]): Promise<void> {
  await run(program, args).catch(() => {})
}

/** `args` of `ip` that run a program in a network namespace, as user postgres (neither initdb nor PostgreSQL run as root). */
function inside(namespace: string, command: readonly string[]): string[] {
  const drop = ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--init-groups', '--inh-caps=-all']
  return ['netns', 'exec', namespace, ...drop, 'sh', '-c', 'exec "$0" "$@" 2>&1', ...command]
}

/**
 * Starts a program as user postgres in a network namespace; both its outputs come as one stream, as in a container.
 * Each step replaces its own process, so the child's pid is the program's.
 */
export function startInside(namespace: string, command: readonly string[], home: string): ChildProcess {
  return spawn('ip', inside(namespace, command), {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: home,
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: home, LANG: 'C.UTF-8', PYTHONUNBUFFERED: '1' },
  })
}

/** Sends a signal; a process that is gone is no error. */
export function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export const pause = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000))

/**
 * Waits until `holds` says so.
 *
 * @throws naming `what` when it does not within `seconds`.
 */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    if (await holds().catch(() => false)) return
    await pause(0.5)
  }
  throw new Error(`${what}: not within ${seconds} s`)
}
