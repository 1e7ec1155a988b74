import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { EMPTY_CONFIG } from '../../src/config/types.ts'
import { openLocal } from '../../src/io/local/open.ts'
import { namesOf } from '../../src/live/names.ts'
import { notifierOver } from '../../src/live/stand-by.ts'
import { stateFile } from '../../src/live/state.ts'
import { topicSpecs } from '../../src/live/topics.ts'
import { notifyApi } from '../../src/notifier/api.ts'
import { root } from '../../src/root.ts'
import { begin } from './begin.ts'
import { alertOf, HOUR, headlines, MINUTE, SECOND, START, type World, world } from './kit.ts'

const bin = join(root, 'bin/patrolog')

/** The program, without a service unless `url` says where one is. */
async function patrolog(...args: string[]) {
  try {
    const { stdout } = await promisify(execFile)(bin, args, { encoding: 'utf8', env: { ...process.env, USER: 'ada' } })
    return { code: 0, stdout, stderr: '' }
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string }
  }
}

describe('a running service', () => {
  let w: World
  let url: string
  let server: ReturnType<typeof createServer>
  const ordered: string[] = []

  before(async () => {
    w = await world()
    const api = notifyApi(w.notifier, w.now, { forget: async (name) => void ordered.push(name) })
    server = createServer(async (request, response) => {
      let text = ''
      for await (const piece of request) text += piece
      const { method = 'GET', url: path = '/' } = request
      const answer = await api({ method, path, body: text === '' ? undefined : JSON.parse(text) })
      response.writeHead(answer?.status ?? 404).end(JSON.stringify(answer?.body ?? {}))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await w.fire({ fingerprint: 'aaaa000011112222' })
    await w.fire({
      fingerprint: 'bbbb000011112222',
      member: 'orders-2',
      rule: 'replica-view-stale',
      severity: 'warning',
      inhibitedBy: 'aaaa000011112222',
      summary: 'sees \u001b[31mno leader',
    })
    const whole = { cluster: 'shop/carts', member: null, subject: 'shop/carts', severity: 'info' } as const
    await w.fire({ fingerprint: 'dddd000011112222', rule: 'logs-missing', ...whole })
    await w.until(10_000)
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await w.close()
  })

  it('tells what fires, what is muted and why, and how receivers do', async () => {
    const { stdout } = await patrolog('status', '--url', url)
    assert.match(stdout, /CRITICAL replica-without-upstream shop\/orders\/orders-1 since .* aaaa000011112222/)
    assert.match(stdout, /not sent: a consequence of replica-without-upstream of orders-1/)
    assert.match(stdout, /INFO logs-missing shop\/carts since/)
    assert.match(stdout, /receiver slack: 1 sent, 0 waiting, 0 refused\n/)
    assert.ok(!stdout.includes('\u001b'))
  })

  it('explains an alert by the beginning of its fingerprint', async () => {
    const { stdout } = await patrolog('explain', 'alert', 'aaaa', '--url', url)
    assert.match(stdout, /fired: to be told to slack\n.*told to slack \(open\)/)
    const nothing = await patrolog('explain', 'alert', 'cccc', '--url', url)
    assert.deepEqual(
      [nothing.code, nothing.stderr],
      [2, 'patrolog: no alert, or more than one, whose fingerprint begins with cccc\n'],
    )
  })

  it('takes, lists and ends silences', async () => {
    const added = await patrolog(
      'silence',
      'add',
      'cluster=shop/orders',
      'rule=~replica-.*',
      '--for',
      '2h',
      '--comment',
      'disk change',
      '--url',
      url,
    )
    const [, id = ''] = /^(s\w+): until/.exec(added.stdout) ?? []
    assert.match(
      (await patrolog('silence', 'list', '--url', url)).stdout,
      /cluster=shop\/orders rule=~replica-.*disk change \(ada\)/,
    )
    assert.match((await patrolog('silence', 'expire', id, '--url', url)).stdout, /ended/)
    assert.equal((await patrolog('silence', 'list', '--url', url)).stdout, 'no silences\n')
    assert.equal((await patrolog('silence', 'expire', 'none', '--url', url)).code, 2)
  })

  it('refuses what is no matcher or no duration, saying what was expected', async () => {
    const matcher = await patrolog('silence', 'add', 'colour=red', '--for', '2h', '--comment', 'x', '--url', url)
    assert.match(matcher.stderr, /^patrolog: match: expected matchers such as/)
    const length = await patrolog('silence', 'add', 'cluster=a', '--for', 'long', '--comment', 'x', '--url', url)
    assert.equal(length.stderr, 'patrolog: --for: expected a duration such as 2h, got "long"\n')
  })

  it('answers nothing but the questions and orders there are', async () => {
    const asked = async (method: string, path: string) => {
      const response = await fetch(`${url}${path}`, { method, ...(method === 'GET' ? {} : { body: '{}' }) })
      return response.status
    }
    for (const [method, path] of [
      ['GET', '/v1/status'],
      ['GET', '/xapi/v1/status'],
      ['GET', '/api/v2/status'],
      ['GET', '/api/v1/status/x'],
      ['GET', '/api/v1/alerts'],
      ['GET', '/api/v1/alerts/aaaa/x'],
      ['GET', '/api/v1/silences/x'],
      ['GET', '/api/v1/forget'],
      ['GET', '/api/v1/what'],
      ['GET', '/api/v1'],
      ['POST', '/api/v1/status'],
      ['POST', '/api/v1/alerts/aaaa'],
      ['POST', '/api/v1/silences/x'],
      ['POST', '/api/v1/forget/x'],
      ['POST', '/api/v1/what'],
      ['DELETE', '/api/v1/silences'],
      ['DELETE', '/api/v1/alerts/aaaa'],
      ['DELETE', '/api/v1/status'],
      ['DELETE', '/api/v1/forget'],
    ] as const)
      assert.equal(await asked(method, path), 404, `${method} ${path}`)
    assert.equal(await asked('GET', '/api/v1/alerts/ffff'), 404, 'no such alert')
  })

  it('forgets a member, although names of clusters have slashes', async () => {
    assert.equal(
      (await patrolog('forget', 'shop/orders/orders-1', '--url', url)).stdout,
      '1 alert of shop/orders, member orders-1, forgotten\n',
    )
    assert.equal((await patrolog('forget', 'shop/orders', '--url', url)).stdout, '1 alert of shop/orders forgotten\n')
    const slip = await patrolog('forget', 'shop/oders', '--url', url)
    assert.equal(slip.stdout, 'nothing of shop/oders fires; see status for what does\n')
    assert.deepEqual(ordered, ['shop/orders/orders-1', 'shop/orders', 'shop/oders'], 'those who decide are told')
  })

  it('that is not there is named', async () => {
    const { code, stderr } = await patrolog('status', '--url', 'http://127.0.0.1:1')
    assert.deepEqual([code, stderr], [2, 'patrolog: http://127.0.0.1:1: no patrolog answers there\n'])
  })
})

describe('silences that are ordered', () => {
  const day = 24 * HOUR
  const order = { match: ['cluster=shop/orders'], duration: HOUR, comment: 'disk is being changed', by: 'ada' }
  async function asked(w: World, method: string, path: string, body?: unknown) {
    const answer = await notifyApi(w.notifier, w.now)({ method, path: `/api/v1/${path}`, body })
    assert.ok(answer)
    return { status: answer.status, ...(answer.body as { id?: string; error?: string; silences?: Listed[] }) }
  }
  type Listed = { readonly match: readonly string[] }

  it('are each a silence of its own, also where they begin together and one has ended', async () => {
    const w = await begin()
    const ids: string[] = []
    for (const member of ['a', 'b', 'c', 'd']) {
      const given = { ...order, match: [`member=${member}`], startsAt: START + day }
      ids.push((await asked(w, 'POST', 'silences', given)).id ?? '')
      if (ids.length === 3) await asked(w, 'DELETE', `silences/${ids[1]}`)
      await w.until(ids.length * SECOND)
    }
    const { silences } = await asked(w, 'GET', 'silences')
    assert.deepEqual(
      silences?.map(({ match }) => match.join()),
      ['member=a', 'member=c', 'member=d'],
    )
  })

  it('hold back from when they begin to when they end', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    await asked(w, 'POST', 'silences', { ...order, startsAt: START + 30 * MINUTE })
    await w.until(29 * MINUTE)
    assert.equal(w.slack.messages.length, 1)
    await w.until(32 * MINUTE)
    assert.equal(headlines(w.slack).at(-1), '> 🔵 replica-without-upstream of orders-1 is silenced')
    await w.until(89 * MINUTE)
    assert.equal(w.slack.messages.length, 2)
    await w.until(91 * MINUTE)
    assert.equal(w.slack.messages.length, 3)
  })

  it('are refused when they are none: no condition, no length, no reason, or times that no calendar has', async () => {
    const w = await begin()
    for (const [given, error] of [
      [{ match: [] }, /^match: expected at least one/],
      [{ match: 'cluster=a' }, /^match: expected at least one/],
      [{ match: ['cluster=a', 'colour=red'] }, /^match: expected matchers/],
      [{ duration: 0 }, /^duration: /],
      [{ duration: '2h' }, /^duration: /],
      [{ duration: 1e300 }, /^duration: /],
      [{ duration: HOUR, startsAt: -1e300 }, /^startsAt: /],
      [{ startsAt: 'now' }, /^startsAt: /],
      [{ comment: '' }, /^comment: /],
      [{ comment: 7 }, /^comment: /],
    ] as const) {
      const answer = await asked(w, 'POST', 'silences', { ...order, ...given })
      assert.equal(answer.status, 400, JSON.stringify(given))
      assert.match(answer.error ?? '', error)
    }
    assert.deepEqual(w.notifier.silences(), [])
    for (const body of [undefined, null, 'text', {}])
      assert.equal((await asked(w, 'POST', 'silences', body)).status, 400)
  })
})

describe('without a service, the local state', () => {
  it('is asked and steered, and a service started later knows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patrolog-state-'))
    const config = join(folder, 'patrolog.yaml')
    writeFileSync(config, `sources: [{ files: [logs] }]\nlive: { state: ., http: { port: 1 } }\n`)
    const given = { ...EMPTY_CONFIG, live: { state: folder } }
    const first = openLocal(stateFile(given), () => {})
    await (await first.kafka.admin()).ensure(topicSpecs(namesOf(), 1, undefined), true)
    const before = (await notifierOver(first.kafka, given)).voice
    await before.take([{ alert: alertOf({ time: Date.now() }), seq: 1 }])
    await before.close()
    await first.close()
    assert.match((await patrolog('status', '--config', config)).stdout, /CRITICAL replica-without-upstream/)
    await patrolog('silence', 'add', 'cluster=shop/orders', '--for', '1h', '--comment', 'x', '--config', config)
    const second = openLocal(stateFile(given), () => {})
    const { voice } = await notifierOver(second.kafka, given)
    assert.equal(voice.silences().length, 1)
    assert.match(voice.status().firing[0]?.muted ?? '', /silenced/)
    await voice.close()
    const taken = await patrolog('status', '--config', config)
    assert.match(taken.stderr, /patrolog\.db: a patrolog has it open, and does not answer; give --url/)
    await second.close()
    rmSync(folder, { recursive: true })
  })
})
