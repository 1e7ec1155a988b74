import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Transition } from '../../src/model/effect.ts'
import { parseMatcher } from '../../src/model/matcher.ts'
import { HOUR, MINUTE, SECOND, START, type World, world } from './kit.ts'

const failsafe = { rule: 'failsafe-active', severity: 'warning', member: 'orders-0' } as const
const stalled = { rule: 'replica-stalled', member: 'orders-2', inhibitedBy: 'no-leader|shop/orders|null' }
const noLeader = { rule: 'no-leader', member: null }
const seen = { rule: 'metrics-missing', severity: 'info', member: 'orders-3' } as const
const lost = { rule: 'member-lost', member: 'orders-3' }
const silence = {
  id: 's1',
  matchers: [parseMatcher('member=orders-1')].flatMap((each) => each ?? []),
  startsAt: START,
  endsAt: START + 20 * HOUR,
  by: 'ada',
  comment: 'disk is being changed',
}
const role: Transition = {
  kind: 'transition',
  time: START,
  cluster: 'shop/orders',
  member: 'orders-1',
  facet: 'role',
  from: 'unknown',
  to: 'replica',
  since: START,
  basis: 'logged',
  because: 'it says so',
  evidence: [],
}

/** What happens, a minute each. */
const STEPS: readonly ((w: World) => Promise<unknown>)[] = [
  (w) => w.notifier.learn([role]),
  (w) => w.fire(failsafe),
  (w) => w.fire({}),
  (w) => w.fire({ summary: 'orders-1 is 2 GB behind' }),
  (w) => w.fire({ summary: 'orders-1 is 3 GB behind' }),
  (w) => w.fire(seen),
  (w) => w.notifier.learn([{ ...role, to: 'standby_leader' }]),
  (w) => w.fire({ ...failsafe, severity: 'critical' }),
  (w) => w.fire(noLeader),
  (w) => w.fire(stalled),
  (w) => w.resolve(noLeader),
  (w) => w.notifier.silence(silence),
  (w) => w.resolve(failsafe),
  (w) => w.fire(failsafe),
  (w) => w.until(5 * HOUR),
  (w) => w.notifier.expire('s1'),
  (w) => w.notifier.forget('shop/orders/orders-2'),
  (w) => w.fire({ rule: 'leader-changed', severity: 'warning', endsAt: w.now(), endReason: 'once' }),
  (w) => w.resolve({}),
  (w) => w.resolve(failsafe),
  (w) => w.fire({ ...seen, severity: 'critical' }),
  (w) => w.resolve({ ...seen, severity: 'critical' }),
  (w) => w.until(8 * HOUR),
  (w) => w.fire({ ...lost, severity: 'warning' }),
  (w) => w.fire({ ...lost, severity: 'info' }),
  (w) => w.until(14 * HOUR),
]

async function told(betweenSteps: (w: World) => Promise<void>): Promise<unknown> {
  const w = await world({ burst: Number.POSITIVE_INFINITY })
  for (const step of STEPS) {
    await step(w)
    await betweenSteps(w)
    await w.until(w.now() - START + SECOND)
    await betweenSteps(w)
    await w.until(w.now() - START + MINUTE)
  }
  const channel = w.slack.messages.map(({ ts: _, threadTs, metadata, ...message }) => ({
    ...message,
    isReply: threadTs !== null,
    key: metadata?.event_payload.dedup_key,
  }))
  await w.close()
  return channel
}

describe('a restart', () => {
  it('at every step changes nothing of what is told', async () => {
    const expected = await told(async () => {})
    assert.ok((expected as unknown[]).length > 12)
    assert.deepEqual(await told((w) => w.restart()), expected)
  })
})
