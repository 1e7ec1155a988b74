/** `docker compose up` without Docker: each of its services as it would be started, on a broker of ours. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { packageRoot } from '../../src/root.ts'
import { type OwnBroker, ownBroker } from '../kafka/broker.ts'
import { until } from '../kafka/help.ts'

const PATIENCE = 240_000

interface ComposeService {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string | number>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: readonly string[]
}

const file = (name: string): string => readFileSync(join(packageRoot, name), 'utf8')
const services: Readonly<Record<string, ComposeService>> = parse(file('docker-compose.yml')).services
const of = (name: string): ComposeService => services[name] as ComposeService
const folder = mkdtempSync(join(tmpdir(), 'patrolog-compose-'))
const children: ChildProcess[] = []
let broker: OwnBroker

/** What the image would run: its entry point with the service's command, addresses of the network replaced by ours. */
function start(name: string, replaced: readonly (readonly [string, string])[] = []): ChildProcess {
  const command = (of(name).command ?? []).map((word) =>
    replaced.reduce((text, [from, to]) => text.replace(from, to), word),
  )
  const child = spawn(join(packageRoot, 'bin/patrolog'), command, { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout?.resume()
  children.push(child)
  return child
}

const page = async (port: number): Promise<string> => {
  const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null)
  return (await answer?.text()) ?? ''
}

/** Properties of the broker that the variables of its image stand for, those with addresses left out. */
function properties(): Record<string, string> {
  const all = Object.entries(of('kafka').environment ?? {}).map(([name, value]) => {
    const property = name
      .replace(/^KAFKA_/, '')
      .toLowerCase()
      .replaceAll('_', '.')
    return [property, String(value)] as const
  })
  return Object.fromEntries(all.filter(([name]) => !/listener|quorum/.test(name)))
}

before(async () => {
  broker = await ownBroker({ settings: properties() })
})
after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await broker?.dispose()
  rmSync(folder, { recursive: true, force: true })
})

describe('docker compose up', () => {
  it('names nothing that is not there', () => {
    for (const [name, { build, command, volumes = [], depends_on = [] }] of Object.entries(services)) {
      if (build !== undefined) assert.ok(existsSync(join(packageRoot, build, 'Dockerfile')), name)
      for (const other of depends_on) assert.ok(other in services, `${name}: ${other}`)
      for (const volume of volumes) {
        const [here = '', there = ''] = volume.split(':')
        assert.ok(existsSync(join(packageRoot, here)), `${name}: ${here}`)
        assert.ok(command?.includes(there), `${name}: ${there}`)
      }
    }
    const { kafka } = parse(file('docker/patrolog.yaml'))
    const advertised = of('kafka').environment?.KAFKA_ADVERTISED_LISTENERS
    assert.deepEqual([`PLAINTEXT://${kafka.brokers[0]}`], [advertised])
    assert.ok(of('feeder').command?.includes(kafka.brokers[0]))
    for (const host of file('docker/patrolog.yaml').matchAll(/host: (stand-ins)|http:\/\/([\w-]+):/g))
      assert.ok((host[1] ?? host[2] ?? '') in services, host[0])
  })

  it('shows the incident in the channel, and its mail', { timeout: 500_000 }, async (test) => {
    const [address = ''] = broker.brokers
    const config = join(folder, 'patrolog.yaml')
    const given = file('docker/patrolog.yaml')
    const here = given
      .replace('kafka:9092', address)
      .replaceAll('stand-ins', '127.0.0.1')
      .replace('port: 8080', 'port: 0')
    writeFileSync(config, here)
    start('stand-ins')
    await until('the channel to be there', async () => (await page(8090)) !== '', PATIENCE)
    const live = start('patrolog', [['/etc/patrolog/patrolog.yaml', config]])
    const feeder = start('feeder', [['kafka:9092', address]])
    await until(
      'the alert in the channel',
      async () => (await page(8090)).includes('replica-without-upstream'),
      PATIENCE,
    )
    await until('its mail', async () => (await page(8025)).includes('acid-orders'), PATIENCE)
    test.diagnostic((await page(8025)).split('\n').slice(0, 12).join('\n'))
    assert.deepEqual([live.exitCode, feeder.exitCode], [null, null])
    live.kill('SIGTERM')
    const [status] = await once(live, 'exit')
    assert.equal(status, 0)
  })
})
