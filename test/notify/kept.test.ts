import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import type { Transition } from '../../src/model/effect.ts'
import type { Sender } from '../../src/model/sending.ts'
import { channelText } from '../../src/standin/slack-text.ts'
import { begin } from './begin.ts'
import { HOUR, headlines, MINUTE, SECOND, START, world } from './kit.ts'

const DAY = 24 * HOUR

describe('what is kept of notifications', () => {
  it('is let go of when it is long over, although nothing else happens', async () => {
    const store = sqliteStore(':memory:')
    const w = await begin({ store })
    for (let day = 0; day < 3; day++) {
      await w.fire({ member: `orders-${day}` })
      await w.until(day * DAY + HOUR)
      await w.resolve({ member: `orders-${day}` })
      await w.until((day + 1) * DAY)
    }
    assert.ok([...(await store.load()).keys()].some((key) => key.startsWith('incident/')))
    await w.until(4.5 * DAY)
    const kinds = new Set([...(await store.load()).keys()].map((key) => key.replace(/\/.*/s, '')))
    assert.deepEqual(kinds, new Set(['alert', 'incident']), 'conversations go first')
    await w.until(11 * DAY)
    assert.deepEqual([...(await store.load()).keys()], [])
    assert.equal(w.notifier.due(), Number.POSITIVE_INFINITY)
  })

  it('is not let go of when it has just ended: its conversation goes on', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(2 * HOUR - MINUTE)
    await w.resolve({})
    await w.until(2 * HOUR + MINUTE)
    await w.fire({})
    await w.until(2 * HOUR + 2 * MINUTE)
    assert.equal(headlines(w.slack).filter((line) => !line.startsWith('>')).length, 1, headlines(w.slack).join('\n'))
  })

  it('of silences is let go of too, and nothing else has to happen', async () => {
    const store = sqliteStore(':memory:')
    const w = await begin({ store })
    const times = { startsAt: w.now(), endsAt: w.now() + HOUR }
    await w.notifier.silence({ id: 's1', matchers: [], ...times, by: 'ada', comment: 'disk is being changed' })
    await w.until(HOUR)
    assert.deepEqual([...(await store.load()).keys()], ['silence/s1'])
    await w.until(2 * DAY)
    assert.deepEqual([...(await store.load()).keys()], [])
  })

  it('holds members of any name', async () => {
    const w = await begin()
    const role: Transition = {
      kind: 'transition',
      time: START,
      cluster: 'shop/orders',
      member: '__proto__',
      facet: 'role',
      from: 'unknown',
      to: 'replica',
      since: START,
      basis: 'logged',
      because: 'it says so',
      evidence: [],
    }
    await w.notifier.learn([role])
    assert.equal(({} as { role?: unknown }).role, undefined)
    await w.restart()
    await w.notifier.learn([{ ...role, facet: 'replication', to: 'streaming' }])
    assert.equal(({} as { replication?: unknown }).replication, undefined)
    await w.fire({})
    await w.until(MINUTE)
    assert.match(channelText(w.slack.messages), /__proto__ +replica, streaming/)
  })
})

describe('status', () => {
  it('shows the worst first, the oldest of them first', async () => {
    const w = await begin()
    await w.fire({ member: 'a', severity: 'info' })
    await w.fire({ member: 'b', severity: 'warning' })
    await w.until(SECOND)
    for (const member of ['c', 'd']) {
      await w.fire({ member, severity: 'critical' })
      await w.until(2 * SECOND)
    }
    assert.deepEqual(
      w.notifier.status().firing.map(({ subject }) => subject),
      ['c', 'd', 'b', 'a'],
    )
  })

  it('explains whether an alert fires, is over, or was something that happened', async () => {
    const w = await begin()
    await w.fire({ fingerprint: 'a' })
    await w.fire({ fingerprint: 'b' })
    await w.resolve({ fingerprint: 'b' })
    await w.fire({ fingerprint: 'c', endsAt: w.now(), endReason: 'once' })
    const states = ['a', 'b', 'c'].map((fingerprint) => w.notifier.explain(fingerprint)?.status)
    assert.deepEqual(states, ['firing', 'resolved', 'event'])
  })

  it('explains an alert by its whole fingerprint, also where another begins with it', async () => {
    const w = await begin()
    await w.fire({ fingerprint: 'receiver-mail' })
    await w.fire({ fingerprint: 'receiver-mail2' })
    assert.equal(w.notifier.explain('receiver-mail')?.fingerprint, 'receiver-mail')
    assert.equal(w.notifier.explain('receiver-mai'), undefined)
  })
})

describe('a receiver', () => {
  it('whose lost answer was found again is in no trouble: a single failure much later is none', async () => {
    const w = await begin({
      fault: (method, at) => {
        if (method === 'chat.postMessage' && at < 3 * SECOND) return { lost: true }
        return at >= 2 * HOUR && at < 2 * HOUR + 4 * SECOND ? { status: 503 } : {}
      },
    })
    await w.fire({})
    await w.until(MINUTE)
    const trouble = () => w.notifier.status().receivers[0]?.trouble
    assert.deepEqual([headlines(w.slack), trouble()], [['🔴 CRITICAL shop/orders'], null])
    await w.until(2 * HOUR)
    await w.resolve({})
    await w.until(2 * HOUR + 3 * SECOND)
    assert.equal(trouble(), 'HTTP 503')
    await w.until(2 * HOUR + 20 * SECOND)
    assert.equal(w.notifier.explain('receiver-slack'), undefined, 'no alert of it')
    assert.equal(trouble(), null)
  })

  it('that was taken out of the configuration is in trouble no more', async () => {
    const store = sqliteStore(':memory:')
    const refuses: Sender = { send: async () => ({ result: 'refused', why: 'HTTP 404' }), close: async () => {} }
    const hook = { type: 'webhook', name: 'hook', zone: 'UTC', url: 'http://127.0.0.1:1/', headers: {} } as const
    const keep = { ...store, close: async () => {} }
    const first = await world({
      store: keep,
      receivers: (slack) => [slack, hook],
      senders: new Map([['hook', refuses]]),
    })
    await first.fire({})
    await first.until(MINUTE)
    assert.ok(headlines(first.slack).includes('🔴 CRITICAL patrolog'), headlines(first.slack).join('\n'))
    await first.close()

    const w = await begin({ store })
    await w.until(MINUTE)
    const { status, decisions } = w.notifier.explain('receiver-hook') ?? {}
    assert.equal(status, 'resolved')
    assert.match(decisions?.at(-1)?.text ?? '', /told to slack/)
  })

  it('that was taken out of the configuration leaves nothing behind that was still to be told', async () => {
    const store = sqliteStore(':memory:')
    const keep = { ...store, close: async () => {} }
    const busy: Sender = {
      send: async () => ({ result: 'later', why: 'HTTP 429', after: null }),
      close: async () => {},
    }
    const hook = { type: 'webhook', name: 'hook', zone: 'UTC', url: 'http://127.0.0.1:1/', headers: {} } as const
    const first = await world({ store: keep, receivers: (slack) => [slack, hook], senders: new Map([['hook', busy]]) })
    await first.fire({})
    await first.until(MINUTE)
    await first.close()

    const w = await begin({ store })
    const conversations = async () => [...(await store.load()).keys()].filter((key) => key.startsWith('talk/hook|'))
    assert.equal((await conversations()).length, 1)
    await w.notifier.forget('shop/orders')
    await w.until(2 * DAY)
    assert.deepEqual(await conversations(), [])
  })

  it('that never says whether it took something is given up after a day, like one that says that it did not', async () => {
    for (const outcome of [
      { result: 'unknown', why: 'HTTP 502' },
      { result: 'later', why: 'HTTP 429', after: null },
    ] as const) {
      const sender: Sender = { send: async () => outcome, close: async () => {} }
      const hook = { type: 'webhook', name: 'hook', zone: 'UTC', url: 'http://127.0.0.1:1/', headers: {} } as const
      const store = sqliteStore(':memory:')
      const w = await begin({ store, receivers: () => [hook], senders: new Map([['hook', sender]]) })
      await w.fire({})
      await w.until(23 * HOUR)
      const state = () => w.notifier.status().receivers.map(({ waiting, dead }) => ({ waiting, dead }))[0]
      assert.deepEqual(state(), { waiting: 6, dead: 0 })
      await w.until(24.5 * HOUR)
      assert.equal(state()?.dead, 1)
      assert.match(w.notifier.explain('replica')?.decisions.at(-1)?.text ?? '', /hook refused it: given up after 24 h/)
      const setAside = async () => [...(await store.load()).keys()].filter((key) => key.startsWith('dead/')).length
      await w.notifier.forget('shop/orders')
      await w.until(7 * DAY)
      assert.ok((await setAside()) > 0, 'set aside for a week')
      await w.until(14 * DAY)
      assert.equal(await setAside(), 0)
    }
  })

  it('that is busy when an old incident is shown anew is tried again, not given up', async () => {
    const w = await begin({
      fault: (_, at) => (at >= 30 * HOUR && at < 30 * HOUR + 5 * SECOND ? { status: 429, retryAfter: 5 } : {}),
      settings: { repeatInterval: 100 * HOUR },
    })
    await w.fire({})
    await w.until(30 * HOUR)
    const stalled = { rule: 'replica-stalled', inhibitedBy: 'replica-without-upstream|shop/orders|orders-1' }
    await w.fire({ ...stalled, summary: 'orders-1 has received nothing' })
    await w.until(30 * HOUR + MINUTE)
    assert.equal(w.notifier.status().receivers[0]?.dead, 0)
    assert.match(JSON.stringify(w.slack.messages[0]?.blocks), /Follows from it.*has received nothing/)
  })
})
