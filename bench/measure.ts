import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Command } from './floors.ts'

export interface Measured {
  /** Processor time of all its threads; wall time where /proc does not tell. What else runs here does not count. */
  readonly seconds: number
  /** Largest resident size, MB; 0 where /proc does not tell. */
  readonly peak: number
}

const POLL = 10

/** The last core: the first ones serve interrupts. */
const core = String(availableParallelism() - 1)
const pins = spawnSync('taskset', ['-c', core, 'true']).status === 0

export const pinned = pins ? `core ${core}` : 'no core (no taskset here)'

/** Runs a command to its end on one core; its output is thrown away. taskset becomes the command: same process id. */
export function measure({ name, command, args }: Command): Promise<Measured> {
  const [program, rest] = pins ? ['taskset', ['-c', core, command, ...args]] : [command, [...args]]
  const { promise, resolve, reject } = Promise.withResolvers<Measured>()
  const start = clock()
  const child = spawn(program, rest, {
    // no /dev/null: grep notices it and stops at the first match
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C' },
  })
  child.stdout.resume()
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid as number))
  }, POLL)
  child.once('error', reject)
  child.once('exit', (code, signal) => {
    clearInterval(timer)
    if (code === 0) resolve({ seconds: clock() - start, peak })
    else reject(new Error(`bench: ${name} ended with ${code ?? signal}, expected 0`))
  })
  return promise
}

const TICKS = 100

/** Seconds of the processor that ended children had (proc_pid_stat(5): cutime, cstime), else of the wall. */
function clock(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[13]) + Number(fields[14])) / TICKS
  } catch {
    return performance.now() / 1000
  }
}

/** VmHWM of a process in MB: the kernel keeps the maximum, so that polling misses only the last moment. */
function highWater(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
