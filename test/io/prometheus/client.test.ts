/** What the client makes of answers that a healthy Prometheus does not give; the rest is in test/system. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, describe, it } from 'node:test'
import type { PollClock } from '../../../src/io/clock.ts'
import { type PrometheusAccess, prometheusClient, selector } from '../../../src/io/prometheus/client.ts'
import { prometheusPoller } from '../../../src/io/prometheus/poller.ts'
import { readRange } from '../../../src/io/prometheus/read.ts'

const folder = mkdtempSync(join(tmpdir(), 'patrolog-prometheus-'))
after(() => rmSync(folder, { recursive: true }))

interface Asked {
  readonly query: string
  readonly time: string
  readonly authorization: string | undefined
}

let server: Server
afterEach(() => {
  server.close()
  server.closeAllConnections()
})

/** A server that answers each question in turn with what the next of `answers` says; the last one repeats. */
async function serve(...answers: ((asked: Asked, response: ServerResponse) => void)[]) {
  const asked: Asked[] = []
  server = createServer(async (request, response) => {
    const form = new URLSearchParams(await bodyOf(request))
    const question = {
      query: form.get('query') ?? '',
      time: form.get('time') ?? '',
      authorization: request.headers.authorization,
    }
    asked.push(question)
    answers[Math.min(asked.length, answers.length) - 1]?.(question, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const access: PrometheusAccess = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prom/`,
    timeout: 60_000,
  }
  return { asked, access }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const refuse = (status: number, body: object | string) => (_: Asked, response: ServerResponse) => {
  response.writeHead(status)
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
const EMPTY = { status: 'success', data: { resultType: 'matrix', result: [] } }
const fine = refuse(200, EMPTY)

/** Virtual time: sleeping takes none and is noted. */
function clock(): PollClock & { readonly slept: number[]; time: number } {
  const slept: number[] = []
  const it = {
    slept,
    time: 1_000_000,
    now: () => it.time,
    sleep: async (ms: number, signal: AbortSignal) => {
      slept.push(ms)
      it.time += ms
      await new Promise((resolve) => setImmediate(resolve))
      void signal
    },
    chance: () => 0.5,
  }
  return it
}

const never = new AbortController().signal

describe('the client', () => {
  it('asks for raw samples by a range selector in an instant query', async () => {
    const { asked, access } = await serve(fine)
    await prometheusClient({ ...access, match: '{job="patroni"}' }, clock()).range('patroni_.*', 5_000, 65_500, never)
    assert.deepEqual(asked, [
      { query: '{__name__=~"patroni_.*",job="patroni"}[60500ms]', time: '65.500', authorization: undefined },
    ])
    assert.equal(selector('a', undefined, 2000), '{__name__=~"a"}[2000ms]')
  })

  it('tries again when it is overloaded, with growing pauses', async () => {
    const { asked, access } = await serve(refuse(503, 'Service Unavailable'), refuse(502, ''), refuse(429, ''), fine)
    const time = clock()
    assert.deepEqual(await prometheusClient(access, time).range('a', 0, 1000, never), EMPTY)
    assert.equal(asked.length, 4)
    assert.deepEqual(time.slept, [500, 1000, 2000])
  })

  it('gives up after five tries, and says why', async () => {
    const { asked, access } = await serve(refuse(503, 'Service Unavailable'))
    await assert.rejects(prometheusClient(access, clock()).range('a', 0, 1000, never), {
      message: 'status 503',
      remedy: 'later',
    })
    assert.equal(asked.length, 5)
  })

  it('does not ask again what is refused for good', async () => {
    const bad = { status: 'error', errorType: 'bad_data', error: 'unknown label' }
    const { asked, access } = await serve(refuse(400, bad))
    await assert.rejects(prometheusClient(access, clock()).range('a', 0, 1000, never), {
      message: 'bad_data: unknown label',
      remedy: 'never',
    })
    assert.equal(asked.length, 1)
  })

  it('is refused by a page that is no JSON', async () => {
    const { access } = await serve(refuse(200, '<html>login</html>'))
    await assert.rejects(prometheusClient(access, clock()).range('a', 0, 1000, never), {
      message: 'no JSON of Prometheus',
    })
  })

  it('says who it is: password and token from files that may change', async () => {
    const { asked, access } = await serve(fine)
    const [passwordFile, tokenFile] = [join(folder, 'password'), join(folder, 'token')]
    writeFileSync(passwordFile, 's3cret\n')
    writeFileSync(tokenFile, 'first\n')
    await prometheusClient({ ...access, username: 'me', passwordFile }, clock()).range('a', 0, 1000, never)
    const client = prometheusClient({ ...access, tokenFile }, clock())
    await client.range('a', 0, 1000, never)
    writeFileSync(tokenFile, 'second\n')
    await client.range('a', 0, 1000, never)
    const basic = `Basic ${Buffer.from('me:s3cret').toString('base64')}`
    assert.deepEqual(
      asked.map(({ authorization }) => authorization),
      [basic, 'Bearer first', 'Bearer second'],
    )
  })

  it('names the file of a secret that is not there', async () => {
    const { access } = await serve(fine)
    const client = prometheusClient({ ...access, tokenFile: join(folder, 'nowhere') }, clock())
    await assert.rejects(client.range('a', 0, 1000, never), {
      message: `${join(folder, 'nowhere')}: ENOENT`,
      remedy: 'never',
    })
  })

  it('does not wait longer than the timeout', async () => {
    const { access } = await serve(() => {})
    await assert.rejects(prometheusClient({ ...access, timeout: 20 }, clock()).range('a', 0, 1000, never), {
      message: 'no answer within 0.02 s',
    })
  })
})

describe('a long range', () => {
  it('is read in pieces, halved while it is too much', async () => {
    const tooMuch = {
      status: 'error',
      errorType: 'execution',
      error: 'query processing would load too many samples into memory',
    }
    const { asked, access } = await serve(({ query }, response) => {
      const length = Number(/\[(\d+)ms\]$/.exec(query)?.[1])
      if (length > 200_000) refuse(422, tooMuch)({} as Asked, response)
      else fine({} as Asked, response)
    })
    const pieces: [number, number][] = []
    for await (const { from, to } of readRange(access, { names: 'a', from: 0, to: 400_000 }, clock(), never))
      pieces.push([from, to])
    assert.deepEqual(pieces, [
      [0, 150_000],
      [150_000, 300_000],
      [300_000, 400_000],
    ])
    assert.equal(asked.length, 5)
  })
})

describe('the poller', () => {
  it('asks again for the time that no answer covered', async () => {
    const time = clock()
    const ranges: [number, number][] = []
    const problems: string[] = []
    const bad = refuse(400, { status: 'error', errorType: 'bad_data', error: 'no' })
    const { access } = await serve(fine, bad, fine)
    const over = Promise.withResolvers<void>()
    const poller = prometheusPoller({
      access,
      names: 'a',
      interval: 15_000,
      clock: time,
      onAnswer: (_, from, to) => {
        ranges.push([from, to])
        if (ranges.length === 2) over.resolve()
        return true
      },
      onProblem: (problem) => problems.push(problem),
    })
    poller.start()
    await over.promise
    await poller.stop()
    assert.deepEqual(ranges.slice(0, 2), [
      [955_000, 1_000_000],
      [970_000, 1_030_000],
    ])
    assert.deepEqual(problems.slice(0, 1), ['bad_data: no'])
  })
})
