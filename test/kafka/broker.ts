import { once } from 'node:events'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { container } from './broker/container.ts'
import { type Installed, install, onceMade } from './broker/install.ts'
import { jvm } from './broker/jvm.ts'
import type { Runner, Running } from './broker/running.ts'
import { addressOf, freePorts, type Listener, serverProperties } from './broker/settings.ts'

/**
 * A real Kafka broker for tests. `sharedBroker` is the one of `KAFKA_BROKERS` when that is set; `ownBroker` is always one of
 * our own, that a test may stop, kill and freeze: a container when a Docker engine answers, else jars with the JDK. It lies in
 * a folder of its own, and goes when the process goes that started it, however that ends.
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

/** `kafka-storage.sh random-uuid` gives such ones. */
const CLUSTER = 'cGF0cm9sb2ctdGVzdHMtMQ'
/** A broker that nobody restarts need not be found dead soon: on a busy machine it is only late. */
const PATIENT = { 'broker.session.timeout.ms': '30000' }

/** One broker for a test file: `KAFKA_BROKERS` when set, else a new one. Dispose of it in `after`. */
export async function sharedBroker(): Promise<Broker & { dispose(): Promise<void> }> {
  const given = process.env.KAFKA_BROKERS
  if (given === undefined || given === '') return ownBroker({ settings: PATIENT })
  return { brokers: given.split(',').map((broker) => broker.trim()), dispose: async () => {} }
}

export async function ownBroker(options: BrokerOptions = {}): Promise<OwnBroker> {
  return newBroker((await container()) ?? (await jars()), options)
}

async function jars(): Promise<Runner> {
  const installed = await install()
  await onceMade(installed.archive, () => archiveClasses(installed))
  return jvm(installed)
}

async function newBroker(runner: Runner, options: BrokerOptions): Promise<OwnBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-broker-'))
  const names = Object.keys(options.listeners ?? {})
  const [plain, controller, ...further] = (await freePorts(2 + names.length)) as [number, number, ...number[]]
  const listeners: Record<string, Listener> = { PLAIN: { port: plain, protocol: 'PLAINTEXT', settings: {} } }
  names.forEach((name, at) => {
    listeners[name] = { ...(options.listeners?.[name] as Listener), port: further[at] as number }
  })
  const properties = join(folder, 'server.properties')
  writeFileSync(properties, serverProperties(folder, controller, listeners, options.settings))
  const format = ['format', '--standalone', '-t', CLUSTER, '-c', properties, ...(options.format ?? [])]
  await runner.tool('kafka.tools.StorageTool', format)
  return handle(runner, folder, properties, listeners)
}

async function handle(
  runner: Runner,
  folder: string,
  properties: string,
  listeners: Readonly<Record<string, Listener>>,
): Promise<OwnBroker> {
  let running: Running | null = await runner.start(properties)
  const end = async (signal: NodeJS.Signals) => {
    const ended = running
    running = null
    if (ended === null || ended.guard.exitCode !== null) return
    ended.guard.ref()
    ended.signal('SIGCONT')
    ended.signal(signal)
    await once(ended.guard, 'exit')
  }
  const signal = (name: NodeJS.Signals) => running?.signal(name)
  const addresses = Object.entries(listeners).map(([name, listener]) => [name, addressOf(listener)] as const)
  return {
    brokers: [`127.0.0.1:${listeners.PLAIN?.port}`],
    listeners: Object.fromEntries(addresses),
    pid: () => running?.pid ?? null,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start: async () => {
      running ??= await runner.start(properties)
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
  const broker = await newBroker(jvm({ ...installed, jvm: [`-XX:ArchiveClassesAtExit=${archive}`] }), {})
  await broker.stop()
  await broker.dispose()
  // A JVM that cannot write one starts without: it passes over an empty file.
  if (!existsSync(archive)) writeFileSync(archive, '')
  renameSync(archive, installed.archive)
}
