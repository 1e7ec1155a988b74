import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { lost, retryAfter } from '../../src/senders/network.ts'
import { slackWebhookSender } from '../../src/senders/slack-webhook.ts'
import { alertmanagerSender, heartbeatSender, webhookSender } from '../../src/senders/webhook.ts'
import { type WebStandIn, webStandIn } from '../notify/web.ts'

let web: WebStandIn
before(async () => {
  web = await webStandIn()
})
after(() => web.close())

const sending = {
  dedup: 'hook|shop/orders#1',
  kind: 'open',
  thread: 't',
  ref: null,
  loud: false,
  body: { a: 1 },
} as const
const common = { name: 'x', zone: 'UTC', headers: { authorization: 'Bearer t' } }

describe('posts over HTTP', () => {
  it('carry the body, who we are, and a key that is the same when repeated', async () => {
    const sender = webhookSender({ ...common, type: 'webhook', url: `${web.url}hook` })
    assert.deepEqual(await sender.send(sending), { result: 'sent', ref: null })
    assert.deepEqual(web.bodies('/hook'), [{ a: 1 }])
    const [headers] = web.headers('/hook')
    assert.deepEqual([headers?.authorization, headers?.['idempotency-key']], ['Bearer t', 'hook%7Cshop%2Forders%231'])
  })

  it('carry a key of any text, half a character too', async () => {
    const sender = webhookSender({ ...common, type: 'webhook', url: `${web.url}half` })
    assert.deepEqual(await sender.send({ ...sending, dedup: 'shop/\ud800' }), { result: 'sent', ref: null })
    assert.equal(web.headers('/half')[0]?.['idempotency-key'], 'shop%2F%EF%BF%BD')
  })

  it('go to the API of an Alertmanager, and to whoever waits for a heartbeat', async () => {
    await alertmanagerSender({ url: `${web.url}am/`, headers: {} }).send(sending)
    assert.equal(web.bodies('/am/api/v2/alerts').length, 1)
    const heartbeat = { ...common, type: 'heartbeat', every: 1, url: `${web.url}beat` } as const
    await heartbeatSender({ ...heartbeat, form: 'url' }).send(sending)
    await heartbeatSender({ ...heartbeat, form: 'alertmanager' }).send(sending)
    assert.deepEqual([web.bodies('/beat').length, web.bodies('/beat/api/v2/alerts').length], [1, 1])
  })

  it('tell apart what is for later, what may have arrived, and what never will', async () => {
    const sender = slackWebhookSender({ ...common, type: 'slack-webhook', url: `${web.url}s` })
    const message = { ...sending, body: { text: 'x', blocks: [] } }
    const results: unknown[] = []
    for (const answer of [
      { status: 200, text: 'ok' },
      { status: 429, headers: { 'retry-after': '3' } },
      { status: 500 },
      { status: 408 },
      { status: 404, text: 'no_service' },
      { status: 302, headers: { location: '/else' } },
    ]) {
      web.answer = answer
      results.push(await sender.send(message))
    }
    web.answer = { status: 200 }
    assert.deepEqual(results.slice(0, 5), [
      { result: 'sent', ref: null },
      { result: 'later', why: 'HTTP 429', after: 3000 },
      { result: 'unknown', why: 'HTTP 500' },
      { result: 'unknown', why: 'HTTP 408' },
      { result: 'refused', why: 'HTTP 404: no_service' },
    ])
    const redirected = results[5] as { result: string; why: string }
    assert.notEqual(redirected.result, 'sent')
    assert.match(redirected.why, /redirect/, 'what went wrong, not that something did')
    assert.deepEqual(web.bodies('/else'), [])
  })

  it('to a program that is away are for later', async () => {
    const gone = await webStandIn()
    await gone.close()
    assert.equal((await webhookSender({ ...common, type: 'webhook', url: gone.url }).send(sending)).result, 'later')
  })

  it('wait as long as they are told, in seconds or until a date', () => {
    assert.deepEqual(
      [
        retryAfter('12', 0),
        retryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 10_000),
        retryAfter('soon', 0),
        retryAfter(null, 0),
      ],
      [12_000, 50_000, null, null],
    )
  })
})

describe('a request that ended without an answer', () => {
  const failed = (cause: unknown): Error => new TypeError('fetch failed', { cause })
  const coded = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code })

  it('never arrived where no connection was made, to none of the addresses of a name', () => {
    const later = { result: 'later', why: 'ECONNREFUSED', after: null }
    assert.deepEqual(lost(failed(coded('ECONNREFUSED'))), later)
    assert.deepEqual(lost(failed(new Error('outer', { cause: coded('ECONNREFUSED') }))), later)
    const tried = [coded('ECONNREFUSED'), coded('ENETUNREACH')]
    assert.deepEqual(lost(failed(new AggregateError(tried))), later)
  })

  it('may have arrived where the connection broke, whatever is known of why', () => {
    assert.deepEqual(lost(failed(coded('ECONNRESET'))), { result: 'unknown', why: 'no answer: ECONNRESET' })
    assert.deepEqual(lost(failed(new Error('other side closed'))), {
      result: 'unknown',
      why: 'no answer: other side closed',
    })
    assert.deepEqual(lost('a word'), { result: 'unknown', why: 'no answer: a word' })
  })
})
