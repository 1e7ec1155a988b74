/**
 * Debian's kcat ships a recorded run to a real broker, packed by each codec, with keys and headers; the topic, and what kcat
 * dumps of it, tell what the files tell.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka } from '../../src/io/kafka/types.ts'
import { root } from '../../src/root.ts'
import { replayed } from '../golden/story.ts'
import { type Shipped, shipped, storyOf, storyOfLines } from '../journal/shipped.ts'
import { type Broker, sharedBroker } from '../kafka/broker.ts'
import { topicOf } from '../kafka/help.ts'
import { jsonLines } from '../program.ts'

let broker: Broker & { dispose(): Promise<void> }
let kafka: Kafka
let lines: readonly Shipped[]
/** What the files tell, up to the last record. */
let told: readonly string[]
const folder = mkdtempSync(join(tmpdir(), 'patrolog-kcat-'))

before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'kcat' })
  lines = await shipped(RECORDED)
  told = storyOf(await replayed(RECORDED, CLUSTER), until())
})
after(async () => {
  rmSync(folder, { recursive: true })
  await broker?.dispose()
})

const RECORDED = join(root, 'samples/incidents/silent-stall')
/** Files of readings come with the topic, and name but the scope: kcat ships the lines. */
const CAPTURES = join(RECORDED, '*.jsonl.gz')
const CLUSTER = 'db/acid-orders'

const until = (): number => lines.at(-1)?.time as number

describe('lines that kcat shipped', { timeout: 300_000 }, () => {
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
    it(`packed by ${codec}, tell what the files tell, from the topic and from a dump`, async () => {
      const topics = await Promise.all(MEMBERS.map((member) => produced(member, codec)))
      assert.deepEqual(await story(topics.map((topic) => `kafka:${topic}`)), told)
      const dumps = await Promise.all(topics.map(dumped))
      assert.deepEqual(await story(dumps), told)
    })

  it('printed value by value are the lines', async () => {
    const topic = await produced('acid-orders-0', 'none')
    const values = await kcat(['-C', '-t', topic, '-o', 'beginning', '-e', '-q'], '')
    assert.deepEqual(values.trimEnd().split('\n'), linesOf('acid-orders-0'))
  })
})

const MEMBERS = ['acid-orders-0', 'acid-orders-1']

/** A topic with the lines of one member, under its name as the key. */
async function produced(member: string, codec: string): Promise<string> {
  const topic = await topicOf(kafka)
  const headers = ['-H', `cluster=${CLUSTER}`, '-H', `member=${member}`]
  const keyed = linesOf(member).map((text) => `${member}\t${text}\n`)
  await kcat(['-P', '-t', topic, '-z', codec, '-K', '\t', ...headers], keyed.join(''))
  return topic
}

async function dumped(topic: string): Promise<string> {
  const file = join(folder, `${topic}.json`)
  writeFileSync(file, await kcat(['-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-J'], ''))
  return file
}

function linesOf(member: string): readonly string[] {
  return lines.filter((line) => line.kind === 'log' && line.member === member).map(({ text }) => text)
}

async function kcat(args: readonly string[], input: string): Promise<string> {
  const child = spawn('kcat', ['-b', broker.brokers.join(), ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const failed = once(child, 'error').then(([error]) => {
    throw new Error('kcat cannot be run: scripts/install-system brings it', { cause: error })
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece
  })
  child.stdin.end(input)
  const [status] = (await Promise.race([once(child, 'close'), failed])) as [number]
  assert.equal(status, 0)
  return output
}

/** The story that a replay of these inputs and the readings tells. */
async function story(inputs: readonly string[]): Promise<string[]> {
  const args = ['replay', ...inputs, '--metrics', CAPTURES, '--format', 'jsonl', '--kinds', 'transition,alert']
  return storyOfLines(await jsonLines(args, { env: { KAFKA_BROKERS: broker.brokers.join() } }), until())
}
