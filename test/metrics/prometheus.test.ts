/** A Prometheus that is asked over and over: ranges overlap, and each scrape is given once. Answers are our own. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { type MetricSource, metricSources } from '../../src/metrics/index.ts'
import type { Reading } from '../../src/model/sample.ts'

let server: Server | undefined
let sources: MetricSource | undefined
afterEach(async () => {
  await sources?.stop()
  server?.close()
  server?.closeAllConnections()
})

const START = Date.UTC(2026, 0, 1)
const INTERVAL = 15_000

/** A series of a member: its value `10 * (scrape + 1)` at each of these scrapes, one a second from the start on. */
function series(member: string, metric: string, scrapes: readonly number[], value = (at: number) => 10 * (at + 1)) {
  return {
    metric: { __name__: metric, scope: 'orders', name: member, instance: `${member}:8008`, job: 'patroni' },
    values: scrapes.map((at) => [START / 1000 + at, String(value(at))]),
  }
}

const replayed = (member: string, scrapes: readonly number[]) =>
  series(member, 'patroni_xlog_replayed_location', scrapes)
const up = (member: string, scrapes: readonly number[], value: number) => series(member, 'up', scrapes, () => value)
const matrix = (...result: object[]) => ({ status: 'success', data: { resultType: 'matrix', result } })

/** What is given and told over so many rounds, in which these are the answers. */
async function over(answers: readonly object[]) {
  const readings: Reading[][] = []
  const problems: string[] = []
  const waits: number[] = []
  let asked = 0
  let ended: (() => void) | undefined
  const all = new Promise<void>((resolve) => {
    ended = resolve
  })
  server = createServer((request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify(answers[asked++])))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let now = START
  sources = metricSources(
    { prometheus: [{ url }] },
    {
      clock: {
        now: () => now,
        chance: () => 0,
        async sleep(ms, signal) {
          waits.push(ms)
          now += ms
          if (asked < answers.length) return
          ended?.()
          await once(signal, 'abort')
        },
      },
      onReadings: (given) => readings.push([...given]),
      onProblem: (problem) => problems.push(problem.replace(url, 'URL')),
    },
  )
  sources.start()
  await all
  return {
    told: readings.map((given) =>
      given.map((reading) => `${reading.kind} ${reading.member} ${(reading.time - START) / 1000}`),
    ),
    problems,
    waits,
  }
}

describe('what a Prometheus scraped', () => {
  it('is given once, however often it is answered, and asked for each quarter of a minute', async () => {
    const { told, problems, waits } = await over([
      matrix(replayed('pg-0', [0, 1])),
      matrix(replayed('pg-0', [0, 1])),
      matrix(replayed('pg-0', [0, 1, 2]), replayed('pg-1', [1])),
    ])
    assert.deepEqual(told, [
      ['sample pg-0 0', 'sample pg-0 1'],
      ['sample pg-1 1', 'sample pg-0 2'],
    ])
    assert.deepEqual(problems, [])
    assert.deepEqual(waits, [INTERVAL, INTERVAL, INTERVAL])
  })

  it('is known by its kind: a scrape in vain hides no sample, and no exporter another', async () => {
    const exporter = {
      ...replayed('pg-0', [1]),
      metric: { __name__: 'pg_replication_is_replica', instance: 'pg-0:9187' },
    }
    const { told } = await over([
      matrix(replayed('pg-0', [0]), up('pg-0', [0], 1)),
      matrix(replayed('pg-0', [0, 2]), up('pg-0', [0], 1), up('pg-0', [1, 2], 0), exporter),
    ])
    assert.deepEqual(told[0], ['sample pg-0 0'])
    assert.deepEqual(
      [...(told[1] ?? [])].sort(),
      ['poll-failure pg-0 1', 'poll-failure pg-0 2', 'sample pg-0 1', 'sample pg-0 2'].sort(),
    )
  })

  it('is asked for until Prometheus answers: not while it refuses, nor while a proxy answers for it', async () => {
    const page = { please: 'log in' }
    const refusal = { status: 'error', errorType: 'bad_data', error: 'no such function' }
    const { told, problems } = await over([page, refusal, page, refusal, matrix(replayed('pg-0', [1]))])
    const said = ['URL: expected an answer of Prometheus', 'URL: no such function']
    assert.deepEqual(problems, [...said, ...said])
    assert.deepEqual(told, [['sample pg-0 1']])
  })

  it('is taken where Prometheus warns that it may not be all', async () => {
    const { told, problems } = await over([
      { ...matrix(replayed('pg-0', [0])), warnings: ['a store could not be reached'] },
      matrix(),
    ])
    assert.deepEqual(problems, ['URL: a store could not be reached'])
    assert.deepEqual(told, [['sample pg-0 0']])
  })
})
