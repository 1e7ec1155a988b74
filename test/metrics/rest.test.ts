/** Patroni's REST API as recorded, served by members on ports of their own. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { systemClock } from '../../src/io/clock.ts'
import { discovered } from '../../src/io/patroni-rest/discover.ts'
import { pathsDue } from '../../src/io/patroni-rest/paths.ts'
import { type MetricSource, metricSources } from '../../src/metrics/index.ts'
import type { Reading } from '../../src/model/sample.ts'
import { root } from '../../src/root.ts'

const run = join(root, 'samples/incidents/silent-stall')

/** Bodies of a path of a member, as recorded. */
function recorded(file: string, member: string): string[] {
  const lines = gunzipSync(readFileSync(join(run, file)))
    .toString('utf8')
    .trim()
    .split('\n')
  const polls = lines.map((line) => JSON.parse(line)).filter((poll) => poll.member === member && poll.status === 200)
  return polls.map(({ body, text }) => text ?? JSON.stringify(body))
}

const servers: Server[] = []
let sources: MetricSource | undefined
afterEach(async () => {
  await sources?.stop()
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

type Answer = (path: string) => string | null | Promise<never>

async function member(answer: Answer, asked: string[] = []): Promise<string> {
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? '')
    const body = await answer(request.url ?? '')
    response.writeHead(body === null ? 404 : 200)
    response.end(body ?? '')
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A healthy member: what it answered in turn, the last one over and over. */
function healthy(name: string): Answer {
  const bodies: Record<string, string[]> = {
    '/patroni': recorded('rest.jsonl.gz', name),
    '/metrics': recorded('metrics.jsonl.gz', name),
  }
  return (path) => {
    const of = bodies[path]
    return of === undefined ? null : ((of.length > 1 ? of.shift() : of[0]) ?? null)
  }
}

interface Reader {
  readonly readings: Reading[]
  readonly problems: string[]
  /** Resolves when a reading like this has come. */
  saw(wanted: (reading: Reading) => boolean): Promise<void>
}

function read(members: Record<string, string>, discover = false): Reader {
  const waiting: { wanted: (reading: Reading) => boolean; done: () => void }[] = []
  const reader: Reader = {
    readings: [],
    problems: [],
    saw: (wanted) =>
      new Promise((done) => (reader.readings.some(wanted) ? done() : void waiting.push({ wanted, done }))),
  }
  sources = metricSources(
    { patroniRest: [{ members, discover, interval: 40, timeout: 20_000 }] },
    {
      clock: systemClock,
      onProblem: (problem) => reader.problems.push(problem),
      onReadings: (readings) => {
        reader.readings.push(...readings)
        for (const { wanted, done } of waiting) if (readings.some(wanted)) done()
      },
    },
  )
  sources.start()
  return reader
}

const sampleOf =
  (name: string, via = '/patroni') =>
  (reading: Reading) =>
    reading.kind === 'sample' && reading.member === name && reading.via === via

describe('polling the REST API', () => {
  it('gives samples of the bodies and of the metrics', async () => {
    const reader = read({ 'acid-orders-0': await member(healthy('acid-orders-0')) })
    await reader.saw(sampleOf('acid-orders-0', '/metrics'))
    const [first] = reader.readings.filter(sampleOf('acid-orders-0'))
    assert.equal(first?.kind === 'sample' && first.cluster, 'acid-orders')
    assert.ok(Math.abs((first?.time ?? 0) - Date.now()) < 3_600_000, 'stamped when it was read')
  })

  it('is not delayed by a member that never answers; that is a failure of its own', async () => {
    const slow: string[] = []
    const reader = read({
      'acid-orders-0': await member(() => new Promise<never>(() => {}), slow),
      'acid-orders-1': await member(healthy('acid-orders-1')),
    })
    let others = 0
    await reader.saw((reading) => sampleOf('acid-orders-1')(reading) && ++others >= 5)
    await reader.saw((reading) => reading.kind === 'poll-failure' && reading.member === 'acid-orders-0')
    const failure = reader.readings.find(({ kind, member }) => kind === 'poll-failure' && member === 'acid-orders-0')
    assert.equal(failure?.kind === 'poll-failure' && failure.error, 'no answer within 0.04 s')
    assert.deepEqual([...new Set(slow)], ['/patroni'], 'asked for nothing else while it does not answer')
  })

  it('says when nobody listens', async () => {
    const reader = read({ 'acid-orders-0': 'http://127.0.0.1:1' })
    await reader.saw(({ kind }) => kind === 'poll-failure')
    assert.equal(JSON.stringify(reader.readings[0]).includes('connection refused'), true)
  })

  it('finds the other members through /cluster', async () => {
    const other = await member(healthy('acid-orders-1'))
    const list = {
      members: [{ name: 'acid-orders-1', role: 'replica', state: 'running', api_url: `${other}/patroni` }],
    }
    const first = healthy('acid-orders-0')
    const reader = read(
      { 'acid-orders-0': await member((path) => (path === '/cluster' ? JSON.stringify(list) : first(path))) },
      true,
    )
    await reader.saw(sampleOf('acid-orders-1'))
    assert.ok(reader.readings.some(({ kind }) => kind === 'cluster-view'))
  })

  it('reads nothing after it was stopped', async () => {
    const asked: string[] = []
    const reader = read({ 'acid-orders-0': await member(healthy('acid-orders-0'), asked) })
    await reader.saw(sampleOf('acid-orders-0'))
    await sources?.stop()
    const count = asked.length
    // Some rounds, had it gone on.
    await sleep(200)
    assert.equal(asked.length, count)
  })
})

describe('what is asked when', () => {
  it('is everything first, then the positions each round and the rest in turns', () => {
    assert.deepEqual(pathsDue(0, 1), ['/patroni', '/metrics', '/cluster', '/config'])
    assert.deepEqual(pathsDue(1, 1), ['/patroni'])
    assert.deepEqual(pathsDue(2, 1), ['/patroni', '/metrics', '/cluster'])
  })
})

describe('members of a /cluster body', () => {
  it('are those with an URL', () => {
    const members = [
      { name: 'a', api_url: 'http://10.0.0.1:8008/patroni' },
      { name: 'b', api_url: 'ftp://10.0.0.1' },
      { name: 'c' },
      null,
      { api_url: 'http://10.0.0.1:8008/patroni' },
    ]
    assert.deepEqual(discovered({ members }), [['a', 'http://10.0.0.1:8008']])
    assert.deepEqual(discovered(null), [])
    assert.deepEqual(discovered({ members: 'x' }), [])
  })
})
