import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fetchJars, LIST } from './jars.ts'

/** A broker as installed: what the JVM needs to run it. */
export interface Installed {
  readonly java: string
  /** All jars, by name: a class-data archive demands the same list each time. */
  readonly classPath: string
  /** Archive of loaded classes that halves the time to start. */
  readonly archive: string
  /** Arguments of each JVM. */
  readonly jvm: readonly string[]
}

const run = promisify(execFile)
const cache = fileURLToPath(new URL('../../../.cache/', import.meta.url))
const NEEDED_JAVA = 17

/**
 * Apache Kafka as jars.sha256 names it, brought into `.cache/` of the checkout once. Test files run side by side, so
 * the first one to come does it and the others wait. Throws saying what is missing: without a broker the tests fail.
 */
export async function install(): Promise<Installed> {
  const java = process.env.JAVA_HOME === undefined ? 'java' : join(process.env.JAVA_HOME, 'bin/java')
  const version = await javaVersion(java)
  const home = join(cache, `kafka-${createHash('sha256').update(readFileSync(LIST)).digest('hex').slice(0, 12)}`)
  if (!existsSync(home)) await onceMade(home, () => download(home))
  const jars = readdirSync(home).filter((name) => name.endsWith('.jar'))
  const archive = join(home, `java-${version}.jsa`)
  const classPath = jars.sort().map((name) => join(home, name))
  return { java, classPath: classPath.join(':'), archive, jvm: [`-XX:SharedArchiveFile=${archive}`] }
}

async function javaVersion(java: string): Promise<number> {
  const { stderr } = await run(java, ['-version']).catch((cause) => {
    throw new Error(`the tests of src/io/kafka need a JDK from ${NEEDED_JAVA} on, and ${java} does not run`, { cause })
  })
  const version = Number(/version "(\d+)/.exec(stderr)?.[1])
  if (version >= NEEDED_JAVA) return version
  throw new Error(`the tests of src/io/kafka need a JDK from ${NEEDED_JAVA} on; ${java} is ${version}`)
}

/** Makes a file or folder once, whoever else is at it: processes wait for the one that holds the lock. */
export async function onceMade(path: string, make: () => Promise<void>): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const lock = `${path}.lock`
  while (!existsSync(path)) {
    if (!locked(lock)) {
      await sleep(200)
      continue
    }
    try {
      if (!existsSync(path)) await make()
    } finally {
      rmSync(lock, { recursive: true, force: true })
    }
  }
}

/** A holder that died is passed over after three minutes. */
function locked(lock: string): boolean {
  const held = statSync(lock, { throwIfNoEntry: false })
  if (held !== undefined && Date.now() - held.mtimeMs > 180_000) rmSync(lock, { recursive: true, force: true })
  try {
    mkdirSync(lock)
    return true
  } catch {
    return false
  }
}

async function download(home: string): Promise<void> {
  await fetchJars(home).catch((cause) => {
    const why = [cause.message, cause.cause?.message].filter(Boolean).join(': ')
    throw new Error(`no Kafka broker for the tests: set KAFKA_BROKERS, or let them fetch one; ${why}`, { cause })
  })
}
