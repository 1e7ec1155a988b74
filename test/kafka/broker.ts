import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Installed, install, onceMade } from './broker/install.ts'
import { addressOf, freePorts, type Listener, serverProperties } from './broker/settings.ts'

/**
 * A real Kafka broker for tests. `sharedBroker` is the one of `KAFKA_BROKERS` when that is set; `ownBroker` is always one of
 * our own, that a test may stop, kill and freeze. It lies in a folder of its own, and goes when the process goes that
 * started it, however that ends.
 */
export interface Broker {
  /** `host:port` of the plain listener. */
  readonly brokers: readonly string[]
}

export interface OwnBroker extends Broker {
  /** `host:port` of the further listeners, by name. */
  readonly listeners: Readonly<Record<string, string>>
  /** Process id of the JVM; null while it does not run. */
  pid(): number | null
  /** Clean stop, SIGTERM. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts it again over the same data and ports. */
  start(): Promise<void>
  /** SIGSTOP and SIGCONT: connections stay open and nothing answers. */
  freeze(): void
  thaw(): void
  /** Ends it and removes its folder. */
  dispose(): Promise<void>
}

export interface BrokerOptions {
  /** Further listeners by upper-case name; ports are chosen. */
  readonly listeners?: Readonly<Record<string, Omit<Listener, 'port'>>>
  /** Further lines of server.properties. */
  readonly settings?: Readonly<Record<string, string>>
  /** Arguments for formatting the storage, such as `--add-scram`. */
  readonly format?: readonly string[]
}

const run = promisify(execFile)
const file = (name: string) => fileURLToPath(new URL(`broker/${name}`, import.meta.url))
/** What makes short-lived JVMs start soon. */
const FAST = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xlog:disable']
const START_DEADLINE = 90_000
/** A broker that nobody restarts need not be found dead soon: on a busy machine it is only late. */
const PATIENT = { 'broker.session.timeout.ms': '30000' }

/** One broker for a test file: `KAFKA_BROKERS` when set, else a new one. Dispose of it in `after`. */
export async function sharedBroker(): Promise<Broker & { dispose(): Promise<void> }> {
  const given = process.env.KAFKA_BROKERS
  if (given === undefined || given === '') return ownBroker({ settings: PATIENT })
  return { brokers: given.split(',').map((broker) => broker.trim()), dispose: async () => {} }
}

export async function ownBroker(options: BrokerOptions = {}): Promise<OwnBroker> {
  const installed = await install()
  await onceMade(installed.archive, () => archiveClasses(installed))
  return newBroker(installed, options)
}

async function newBroker(installed: Installed, options: BrokerOptions): Promise<OwnBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-broker-'))
  const names = Object.keys(options.listeners ?? {})
  const [plain, controller, ...further] = (await freePorts(2 + names.length)) as [number, number, ...number[]]
  const listeners: Record<string, Listener> = { PLAIN: { port: plain, protocol: 'PLAINTEXT', settings: {} } }
  names.forEach((name, at) => {
    listeners[name] = { ...(options.listeners?.[name] as Listener), port: further[at] as number }
  })
  const properties = join(folder, 'server.properties')
  writeFileSync(properties, serverProperties(folder, controller, listeners, options.settings))
  await format(installed, properties, options.format ?? [])
  return handle(installed, folder, properties, listeners)
}

async function handle(
  installed: Installed,
  folder: string,
  properties: string,
  listeners: Readonly<Record<string, Listener>>,
): Promise<OwnBroker> {
  let running: Running | null = await startJvm(installed, properties)
  const end = async (signal: NodeJS.Signals) => {
    const ended = running
    running = null
    if (ended === null || ended.wrapper.exitCode !== null) return
    ended.wrapper.ref()
    process.kill(ended.pid, 'SIGCONT')
    process.kill(ended.pid, signal)
    await once(ended.wrapper, 'exit')
  }
  const signal = (name: NodeJS.Signals) => {
    if (running !== null) process.kill(running.pid, name)
  }
  const addresses = Object.entries(listeners).map(([name, listener]) => [name, addressOf(listener)] as const)
  return {
    brokers: [`127.0.0.1:${listeners.PLAIN?.port}`],
    listeners: Object.fromEntries(addresses),
    pid: () => running?.pid ?? null,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start: async () => {
      running ??= await startJvm(installed, properties)
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    dispose: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A broker that is started only to write down, at its end, which classes it loaded. */
async function archiveClasses(installed: Installed): Promise<void> {
  const archive = `${installed.archive}.new`
  const broker = await newBroker({ ...installed, jvm: [`-XX:ArchiveClassesAtExit=${archive}`] }, {})
  await broker.stop()
  await broker.dispose()
  // A JVM that cannot write one starts without: it passes over an empty file.
  if (!existsSync(archive)) writeFileSync(archive, '')
  renameSync(archive, installed.archive)
}

async function format({ java, classPath, jvm }: Installed, properties: string, further: readonly string[]) {
  const shared = jvm.filter((option) => !option.startsWith('-XX:ArchiveClassesAtExit'))
  const tool = [...FAST, ...shared, '-cp', classPath, 'kafka.tools.StorageTool']
  await run(java, [...tool, 'format', '--standalone', '-t', 'cGF0cm9sb2ctdGVzdHMtMQ', '-c', properties, ...further])
}

type Unrefable = { unref(): void }

interface Running {
  /** The guard around the JVM: it ends when the JVM does, and the JVM when this process does. */
  readonly wrapper: ChildProcess
  /** Process id of the JVM. */
  readonly pid: number
}

async function startJvm({ java, classPath, jvm }: Installed, properties: string): Promise<Running> {
  const log = `-Dlog4j2.configurationFile=${file('log4j2.properties')}`
  const command = [java, '-Xmx256m', '-Xms64m', ...FAST, ...jvm, log, '-cp', classPath, 'kafka.Kafka', properties]
  const wrapper = spawn(file('guarded.sh'), command, { stdio: ['pipe', 'pipe', 'pipe'] })
  const said: string[] = []
  createInterface({ input: wrapper.stderr }).on('line', (line) => said.push(line))
  const pid = await ready(wrapper, said)
  // A test process that forgot its broker ends all the same, and takes it along.
  for (const held of [wrapper, wrapper.stdin, wrapper.stdout, wrapper.stderr]) (held as Unrefable).unref()
  return { wrapper, pid }
}

function ready(wrapper: ChildProcess, said: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let pid = 0
    const fail = (why: string) => reject(new Error(`the Kafka broker ${why}:\n${said.slice(-40).join('\n')}`))
    const deadline = setTimeout(() => fail(`was not ready in ${START_DEADLINE / 1000} s`), START_DEADLINE)
    wrapper.once('exit', (status) => {
      clearTimeout(deadline)
      fail(`ended with status ${status}`)
    })
    createInterface({ input: wrapper.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      said.push(line)
      if (line.startsWith('pid ')) pid = Number(line.slice(4))
      if (!line.includes('Kafka Server started')) return
      clearTimeout(deadline)
      resolve(pid)
    })
  })
}
