import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What runs Kafka's programs: jars with a JDK, or an image with a Docker engine. */
export interface Runner {
  /** Runs a program of Kafka to its end, by its main class. Throws with what it wrote when it fails. */
  tool(main: string, args: readonly string[]): Promise<void>
  /** Starts a broker; resolves when it is ready. */
  start(properties: string): Promise<Running>
}

/** A broker that runs. */
export interface Running {
  /** The guard around it: it ends when the broker does, and the broker when this process does. */
  readonly guard: ChildProcess
  /** Process id of the JVM on this machine. */
  readonly pid: number
  signal(name: NodeJS.Signals): void
}

type Unrefable = { unref(): void }

/** What makes short-lived JVMs start soon. */
export const FAST = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xlog:disable']
const START_DEADLINE = 90_000

export const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Arguments of the JVM of a broker. */
export const HEAP = ['-Xmx256m', '-Xms64m']
export const LOGGING = `-Dlog4j2.configurationFile=${file('log4j2.properties')}`

/**
 * Starts a guard with the command of a broker, and waits for the broker to be ready. Gives what it wrote until then. `end` is
 * what the guard's shell does when we are gone.
 */
export async function guarded(end: string, command: readonly string[]): Promise<[ChildProcess, readonly string[]]> {
  const guard = spawn(file('guarded.sh'), [end, ...command], { stdio: ['pipe', 'pipe', 'pipe'] })
  const said: string[] = []
  createInterface({ input: guard.stderr }).on('line', (line) => said.push(line))
  await ready(guard, said)
  // A test process that forgot its broker ends all the same, and takes it along.
  for (const held of [guard, guard.stdin, guard.stdout, guard.stderr]) (held as Unrefable).unref()
  return [guard, said]
}

function ready(guard: ChildProcess, said: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the Kafka broker ${why}:\n${said.slice(-40).join('\n')}`))
    const deadline = setTimeout(() => fail(`was not ready in ${START_DEADLINE / 1000} s`), START_DEADLINE)
    guard.once('exit', (status) => {
      clearTimeout(deadline)
      fail(`ended with status ${status}`)
    })
    createInterface({ input: guard.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      said.push(line)
      if (!line.includes('Kafka Server started')) return
      clearTimeout(deadline)
      resolve()
    })
  })
}
