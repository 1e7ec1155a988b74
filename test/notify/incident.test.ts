import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { epochOf } from '../../src/model/epoch.ts'
import { begin } from './begin.ts'
import { alertOf, HOUR, headlines, MINUTE, SECOND, START } from './kit.ts'

const stalled = { rule: 'replica-stalled', summary: 'orders-1 has received nothing' }
const failsafe = {
  rule: 'failsafe-active',
  severity: 'warning',
  member: 'orders-0',
  summary: 'orders-0 is in failsafe mode',
} as const

describe('an incident', () => {
  it('is one message that turns green, with each change in its thread', async () => {
    const w = await begin()
    await w.fire(failsafe)
    await w.until(10 * SECOND)
    assert.deepEqual(headlines(w.slack), ['🟠 WARNING shop/orders'])
    await w.fire({})
    await w.until(30 * SECOND)
    assert.deepEqual(headlines(w.slack), [
      '🔴 CRITICAL shop/orders · 2 alerts',
      '>> 🔴 CRITICAL replica-without-upstream of orders-1',
    ])
    await w.resolve(failsafe)
    await w.resolve({})
    await w.until(60 * SECOND)
    assert.deepEqual(headlines(w.slack), [
      '🟢 RESOLVED shop/orders after 1 min',
      '>> 🔴 CRITICAL replica-without-upstream of orders-1',
      '> 🟢 2 changes; all over after 1 min',
    ])
  })

  it('goes on when its cluster fires again soon after', async () => {
    const w = await begin()
    await w.fire(failsafe)
    await w.until(MINUTE)
    await w.resolve(failsafe)
    await w.until(2 * MINUTE)
    await w.fire({})
    await w.until(3 * MINUTE)
    assert.equal(w.slack.messages.filter(({ threadTs }) => threadTs === null).length, 1)
    await w.resolve({})
    await w.until(10 * MINUTE)
    await w.fire({})
    await w.until(11 * MINUTE)
    assert.equal(w.slack.messages.filter(({ threadTs }) => threadTs === null).length, 2)
  })

  it('takes no new critical after an hour without change, but takes a warning', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(61 * MINUTE)
    await w.fire({ ...failsafe })
    await w.until(62 * MINUTE)
    assert.equal(w.slack.messages.filter(({ threadTs }) => threadTs === null).length, 1)
    await w.until(130 * MINUTE)
    await w.fire(stalled)
    await w.until(131 * MINUTE)
    const roots = w.slack.messages.filter(({ threadTs }) => threadTs === null)
    assert.equal(roots.length, 2)
    await w.fire({ ...failsafe, member: 'orders-2' })
    await w.until(132 * MINUTE)
    assert.equal(w.slack.messages.at(-1)?.threadTs, roots[1]?.ts, 'what comes then is told in the newer of the two')
  })

  it('is over although an alert that ended in it has begun another', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire(stalled)
    await w.until(MINUTE)
    await w.resolve(stalled)
    await w.until(2 * HOUR)
    await w.fire(stalled)
    await w.until(2 * HOUR + MINUTE)
    await w.resolve({})
    await w.until(2 * HOUR + 2 * MINUTE)
    const roots = headlines(w.slack).filter((line) => !line.startsWith('>'))
    assert.deepEqual(roots, ['🟢 RESOLVED shop/orders after 2 h 1 min', '🔴 CRITICAL shop/orders'])
    assert.doesNotMatch(JSON.stringify(w.slack.messages[0]?.blocks), /Also in this incident/)
  })

  it('in which an alert comes again shows it once', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    await w.resolve({})
    await w.until(2 * MINUTE)
    await w.fire({})
    await w.until(3 * MINUTE)
    assert.equal(headlines(w.slack)[0], '🔴 CRITICAL shop/orders')
    const reasons = w.notifier.explain('replica')?.decisions.map(({ text }) => text) ?? []
    assert.ok(reasons.includes('the incident shop/orders@2026-11-23T04:00:00.000Z goes on'), reasons.join('\n'))
    assert.ok(!/goes on/.test(reasons[0] ?? ''), reasons[0])
  })

  it('is neither opened nor prolonged by information, which is shown in one that goes on', async () => {
    const w = await begin()
    const info = { rule: 'metrics-missing', severity: 'info', summary: 'no samples of orders-1' } as const
    await w.fire(info)
    await w.until(MINUTE)
    assert.equal(w.slack.messages.length, 0)
    await w.fire({})
    await w.until(2 * MINUTE)
    await w.fire({ ...info, member: 'orders-2' })
    await w.until(3 * MINUTE)
    assert.deepEqual(headlines(w.slack).slice(1), ['> 🔵 INFO metrics-missing of orders-2'])
    assert.match(JSON.stringify(w.slack.messages[0]?.blocks), /Also in this incident.*INFO metrics-missing/)
    await w.resolve({})
    await w.until(4 * MINUTE)
    assert.match(headlines(w.slack)[0] ?? '', /RESOLVED/)
    await w.resolve({ ...info, member: 'orders-2' })
    await w.until(5 * MINUTE)
    assert.equal(headlines(w.slack).at(-1), '> 🟢 metrics-missing of orders-2 is over')
  })

  it('is not kept young by information: an hour without another change is an hour', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(50 * MINUTE)
    const info = { rule: 'metrics-missing', severity: 'info', summary: 'no samples of orders-1' } as const
    await w.fire(info)
    await w.fire({ ...info, summary: 'no samples of orders-1 for 6 min' })
    await w.resolve(info)
    await w.until(70 * MINUTE)
    await w.fire(stalled)
    await w.until(71 * MINUTE)
    assert.equal(w.slack.messages.filter(({ threadTs }) => threadTs === null).length, 2)
  })

  it('whose first message was deleted is told in a new one', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    w.slack.remove(w.slack.messages[0]?.ts ?? '')
    await w.fire(stalled)
    await w.until(2 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders · 2 alerts'])
    assert.deepEqual(
      w.notifier.status().receivers.map(({ dead, trouble }) => [dead, trouble]),
      [[0, null]],
    )
    await w.resolve(stalled)
    await w.until(3 * MINUTE)
    assert.equal(w.slack.messages[1]?.threadTs, w.slack.messages[0]?.ts)
  })

  it('of an event is over at once, and says so', async () => {
    const w = await begin()
    await w.fire({
      rule: 'leader-changed',
      severity: 'warning',
      member: null,
      endsAt: w.now(),
      endReason: 'once',
      summary: 'orders-1 leads now',
    })
    await w.until(MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔵 EVENT shop/orders'])
  })

  it('shows an event that comes while it goes on as one', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    for (const severity of ['info', 'warning'] as const)
      await w.fire({ rule: `leader-changed-${severity}`, severity, endsAt: w.now(), endReason: 'once' })
    await w.until(2 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders', '> 🔵 2 changes'])
    assert.match(
      JSON.stringify(w.slack.messages[1]?.blocks),
      /leader-changed-info of orders-1 happened: .*warning of orders-1 happened/,
    )
  })

  it('is kept young by what joins it, what changes in it, and what ends', async () => {
    const w = await begin()
    for (const step of [
      () => w.fire({}),
      () => w.fire(failsafe),
      () => w.fire(stalled),
      () => w.fire({ summary: 'orders-1 is 2 GB behind' }),
      () => w.fire({ ...stalled, member: 'orders-2' }),
      () => w.resolve(failsafe),
      () => w.fire({ ...stalled, member: 'orders-3' }),
    ]) {
      await step()
      await w.restart()
      await w.until(w.now() - START + 50 * MINUTE)
    }
    assert.equal(w.slack.messages.filter(({ threadTs }) => threadTs === null).length, 1)
  })

  it('is told again after the repeat interval, and only then', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(3 * HOUR)
    assert.equal(w.slack.messages.length, 1)
    await w.until(5 * HOUR)
    assert.deepEqual(headlines(w.slack).slice(1), ['>> 🔴 Reminder: still firing'])
    assert.match(JSON.stringify(w.slack.messages[0]?.blocks), /Since 2026-11-23 03:59:45 UTC, for 4 h/)
    await w.until(11 * HOUR)
    assert.equal(w.slack.messages.length, 3)
  })

  it('that ends without a proof does not turn green', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    const forgotten = { cluster: 'shop/orders', member: 'orders-1', forgotten: 1 }
    assert.deepEqual(await w.notifier.forget('shop/orders/orders-1'), forgotten)
    await w.until(2 * MINUTE)
    assert.match(headlines(w.slack)[0] ?? '', /⚪ ENDED/)
    assert.match(headlines(w.slack)[1] ?? '', /^> ⚪ replica-without-upstream of orders-1 is over; all over/)
    await w.resolve({ endReason: 'forgotten', summary: 'those who decide have heard of it' })
    await w.until(3 * MINUTE)
    assert.equal(w.slack.messages.length, 2, 'its end is told once')
  })

  it('shows an alert of several that ends without a proof as such', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire({ member: 'orders-2' })
    await w.until(MINUTE)
    await w.resolve({ member: 'orders-2', endReason: 'member gone', summary: 'orders-2 was removed' })
    await w.until(2 * MINUTE)
    assert.equal(headlines(w.slack)[1], '> ⚪ replica-without-upstream of orders-2 is over')
  })

  it('takes a warning while it goes on, although a later one of its cluster is over', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(2 * HOUR)
    await w.fire(stalled)
    await w.until(2 * HOUR + MINUTE)
    await w.resolve(stalled)
    await w.until(3 * HOUR)
    await w.fire(failsafe)
    await w.until(3 * HOUR + MINUTE)
    const roots = headlines(w.slack).filter((line) => !line.startsWith('>'))
    assert.deepEqual(roots, ['🔴 CRITICAL shop/orders · 2 alerts', '🟢 RESOLVED shop/orders after 1 min'])
  })

  it('that was forgotten is not raised again by what was decided before', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    await w.notifier.forget('shop/orders')
    await w.fire({ time: w.now() - 10 * SECOND, summary: 'still no upstream' })
    await w.until(2 * MINUTE)
    assert.match(headlines(w.slack)[0] ?? '', /⚪ ENDED/)
    const reasons = w.notifier.explain('replica')?.decisions.map(({ text }) => text)
    assert.ok(reasons?.includes('ignored: decided before it was forgotten'), reasons?.join('\n'))
    await w.until(3 * MINUTE)
    await w.fire({ summary: 'no upstream, again' })
    await w.until(4 * MINUTE)
    assert.match(headlines(w.slack)[0] ?? '', /🔴 CRITICAL/)
  })

  it('ignores records that it has taken before', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    const alert = {
      ...alertOf({}),
      status: 'resolved',
      endsAt: w.now(),
      endReason: 'proof',
    } as const
    await w.notifier.take([{ alert, seq: 1 }])
    await w.until(2 * MINUTE)
    assert.equal(w.slack.messages.length, 1)
    assert.match(headlines(w.slack)[0] ?? '', /CRITICAL/)
  })

  it('ignores them after a restart too, whatever was decided of them', async () => {
    const w = await begin()
    const alert = alertOf({})
    const changed = { ...alert, summary: 'orders-1 is 1 GB behind' }
    const again = { ...alert, summary: 'orders-1 is 2 GB behind' }
    for (const [at, each] of [alert, changed, again].entries()) {
      await w.notifier.take([{ alert: each, seq: at + 1 }])
      await w.until((at + 1) * MINUTE)
    }
    await w.restart()
    await w.notifier.take([{ alert: again, seq: 3 }])
    await w.until(4 * MINUTE)
    assert.equal(w.slack.messages.length, 3)
    assert.match(JSON.stringify(w.slack.messages[0]?.blocks), /2 GB behind/)
  })

  it('takes records whose count begins anew in a later epoch, once, and none of an earlier one', async () => {
    const w = await begin()
    const told = async (epoch: number, seq: number, summary: string) => {
      await w.notifier.take([{ alert: alertOf({ summary }), seq, epoch }])
      await w.until(w.now() - START + MINUTE)
      return w.slack.messages.length
    }
    assert.deepEqual(
      [
        await told(0, 5, 'a'),
        await told(1, 1, 'b'),
        await told(1, 1, 'c'),
        await told(0, 9, 'd'),
        await told(1, 2, 'e'),
      ],
      [1, 2, 2, 2, 3],
    )
  })

  it('takes records of a topic that was made anew, whose epoch may be any', async () => {
    const w = await begin()
    const told = async (epoch: number, seq: number, summary: string) => {
      await w.notifier.take([{ alert: alertOf({ summary }), seq, epoch }])
      await w.until(w.now() - START + MINUTE)
      return w.slack.messages.length
    }
    const [before, after] = [epochOf(9), epochOf(4)]
    assert.deepEqual(
      [await told(before, 5, 'a'), await told(after, 1, 'b'), await told(after, 1, 'c'), await told(after + 1, 1, 'd')],
      [1, 2, 2, 3],
    )
  })
})
