import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import type { Sending } from '../../src/model/sending.ts'
import { slackSender } from '../../src/senders/slack.ts'
import { type Fault, type SlackStandIn, slackStandIn } from '../../src/standin/slack.ts'

let slack: SlackStandIn
let fault: Fault = {}
afterEach(async () => {
  fault = {}
  await slack.close()
})

async function sender(given: { token?: string; channel?: string; burst?: number } = {}) {
  slack = await slackStandIn({ token: 'xoxb-1', channel: 'C1', burst: given.burst ?? 100, fault: () => fault })
  return slackSender({
    type: 'slack',
    name: 's',
    zone: 'UTC',
    channel: given.channel ?? 'C1',
    token: given.token ?? 'xoxb-1',
    apiUrl: slack.apiUrl,
  })
}

const sending = (more: Partial<Sending> = {}): Sending => ({
  dedup: 'a#0',
  kind: 'open',
  thread: 'a',
  ref: null,
  loud: false,
  body: { text: 'hello', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'hello' } }] },
  ...more,
})

describe('Slack', () => {
  it('opens, updates, and answers in the thread', async () => {
    const s = await sender()
    const opened = await s.send(sending())
    assert.ok(opened.result === 'sent' && opened.ref !== null)
    await s.send(sending({ kind: 'update', ref: opened.ref, body: { text: 'bye', blocks: [] } }))
    await s.send(sending({ kind: 'reply', ref: opened.ref, loud: true, dedup: 'a#1' }))
    assert.deepEqual(
      slack.messages.map(({ text, threadTs, broadcast, edits }) => [text, threadTs, broadcast, edits]),
      [
        ['bye', null, false, 1],
        ['hello', opened.ref, true, 0],
      ],
    )
  })

  it('finds what arrived although its answer was lost: first messages and replies', async () => {
    const s = await sender()
    const since = Date.now()
    const opened = await s.send(sending())
    assert.ok(opened.result === 'sent')
    fault = { lost: true }
    assert.equal((await s.send(sending({ dedup: 'b#0' }))).result, 'unknown')
    assert.equal((await s.send(sending({ kind: 'reply', ref: opened.ref, dedup: 'a#1' }))).result, 'unknown')
    fault = {}
    for (let number = 0; number < 250; number++)
      await s.send(sending({ dedup: `later#${number}` })).then(({ result }) => result)
    assert.equal((await s.find?.(sending({ dedup: 'b#0' }), since))?.found, 'yes')
    assert.equal((await s.find?.(sending({ kind: 'reply', ref: opened.ref, dedup: 'a#1' }), since))?.found, 'yes')
    assert.equal((await s.find?.(sending({ dedup: 'c#0' }), since))?.found, 'no')
    fault = { error: 'missing_scope' }
    assert.deepEqual(await s.find?.(sending(), since), { found: 'cannot', why: 'missing_scope' })
    fault = { status: 503 }
    assert.equal((await s.find?.(sending(), since))?.found, 'later')
  })

  it('tells apart what is for later, what may have arrived, and what never will', async () => {
    const s = await sender()
    const results: unknown[] = []
    for (const each of [
      { status: 429, retryAfter: 7 },
      { status: 503 },
      { cut: true },
      { error: 'fatal_error' },
      { error: 'ratelimited' },
      { error: 'is_archived' },
      { status: 404 },
    ] as Fault[]) {
      fault = each
      const outcome = await s.send(sending())
      results.push(outcome.result === 'later' ? [outcome.result, outcome.after] : outcome.result)
    }
    assert.deepEqual(results, [['later', 7000], 'unknown', 'unknown', 'unknown', ['later', null], 'refused', 'refused'])
  })

  it('is refused with a wrong token or channel, without showing the token', async () => {
    const wrong = await (await sender({ token: 'xoxb-secret' })).send(sending())
    assert.deepEqual(wrong, { result: 'refused', why: 'invalid_auth' })
    await slack.close()
    assert.deepEqual(await (await sender({ channel: 'C2' })).send(sending()), {
      result: 'refused',
      why: 'channel_not_found',
    })
  })

  it('that cannot be reached is for later', async () => {
    const s = await sender()
    await slack.close()
    assert.equal((await s.send(sending())).result, 'later')
  })
})

describe('the stand-in', () => {
  const refusals: readonly [string, object][] = [
    ['no_text', { text: '', blocks: [] }],
    ['invalid_blocks', { text: 'x', blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }],
    [
      'invalid_blocks',
      { text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] },
    ],
    ['invalid_blocks', { text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }] }],
    [
      'invalid_blocks',
      { text: 'x', blocks: [{ type: 'section', fields: [{ type: 'mrkdwn', text: 'x'.repeat(2001) }] }] },
    ],
    [
      'msg_blocks_too_long',
      {
        text: 'x',
        blocks: Array.from({ length: 5 }, () => ({
          type: 'section',
          text: { type: 'mrkdwn', text: 'x'.repeat(2900) },
        })),
      },
    ],
    ['msg_too_long', { text: 'x'.repeat(40_001), blocks: [] }],
  ]
  it('refuses what Slack refuses', async () => {
    const s = await sender()
    for (const [why, body] of refusals)
      assert.deepEqual(await s.send(sending({ body: body as Sending['body'] })), { result: 'refused', why })
  })
  it('takes a message a second, and a few at once', async () => {
    const s = await sender({ burst: 2 })
    const results = []
    for (let number = 0; number < 3; number++) results.push((await s.send(sending())).result)
    assert.deepEqual(results, ['sent', 'sent', 'later'])
  })
})
