import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * What runs a Kafka broker, as Maven would resolve `org.apache.kafka:kafka_2.13:4.4.0` and
 * `org.apache.logging.log4j:log4j-slf4j-impl:2.25.5` in scope runtime: lines of sha256sum(1), paths in a Maven repository.
 */
export const LIST = fileURLToPath(new URL('jars.sha256', import.meta.url))
const CENTRAL = 'https://repo.maven.apache.org/maven2'
/** Downloads under way at a time, and how often each is tried. */
const [AT_ONCE, TRIES] = [6, 4] as const

interface Jar {
  readonly path: string
  readonly sha256: string
}

/** Brings all jars into a new folder `home`: from Maven's own on this machine where they are there, else from its repository. */
export async function fetchJars(home: string): Promise<void> {
  const jars = listed(readFileSync(LIST, 'utf8'))
  const folder = `${home}.new`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const [settings, local] = [settingsOf(), join(homedir(), '.m2', 'repository')]
  const repository = centralOf(settings)
  const rest = [...jars]
  const next = async (): Promise<void> => {
    for (let jar = rest.shift(); jar !== undefined; jar = rest.shift()) await bring(jar, repository, local, folder)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
  renameSync(folder, home)
}

export function listed(text: string): Jar[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => ({ sha256: line.slice(0, 64), path: line.slice(66) }))
}

function settingsOf(): string {
  const file = join(homedir(), '.m2', 'settings.xml')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Where Maven would look for what is on Central: the mirror that its settings name for it, else Central itself. */
export function centralOf(settings: string): string {
  const visible = settings.replace(/<!--[\s\S]*?-->/g, '')
  for (const [, mirror = ''] of visible.matchAll(/<mirror>([\s\S]*?)<\/mirror>/g)) {
    const of = tag(mirror, 'mirrorOf').split(',')
    const meant = of.some((name) => ['*', 'central', 'external:*'].includes(name.trim()))
    if (meant && !of.includes('!central') && tag(mirror, 'blocked') !== 'true')
      return tag(mirror, 'url').replace(/\/$/, '')
  }
  return CENTRAL
}

function tag(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.trim() ?? ''
}

async function bring(jar: Jar, repository: string, local: string, folder: string): Promise<void> {
  const to = join(folder, basename(jar.path))
  const had = join(local, jar.path)
  if (existsSync(had) && sum(readFileSync(had)) === jar.sha256) return copyFileSync(had, to)
  const bytes = await download(`${repository}/${jar.path}`)
  if (sum(bytes) !== jar.sha256) throw new Error(`${jar.path}: expected sha256 ${jar.sha256}, got ${sum(bytes)}`)
  writeFileSync(to, bytes)
}

const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function download(url: string): Promise<Buffer> {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await fetch(url)
      if (!answer.ok) throw new Error(`${url}: expected the jar, got status ${answer.status}`)
      return Buffer.from(await answer.arrayBuffer())
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}
