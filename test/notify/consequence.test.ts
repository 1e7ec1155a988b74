import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseMatcher } from '../../src/model/matcher.ts'
import { begin } from './begin.ts'
import { HOUR, headlines, MINUTE, SECOND, START } from './kit.ts'

const stalled = { rule: 'replica-stalled', summary: 'orders-1 has received nothing' }

describe('a consequence', () => {
  const cause = 'replica-without-upstream|shop/orders|orders-1'

  it('is shown under its cause and not sent, and ends with it', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire({ ...stalled, inhibitedBy: cause })
    await w.until(MINUTE)
    assert.equal(w.slack.messages.length, 1)
    assert.match(JSON.stringify(w.slack.messages[0]?.blocks), /Follows from it.*replica-stalled/)
    await w.resolve({})
    await w.resolve(stalled)
    await w.until(2 * MINUTE)
    assert.equal(w.slack.messages.length, 2)
    const { decisions = [] } = w.notifier.explain('replica-stalled') ?? {}
    assert.match(decisions[0]?.text ?? '', /not sent: a consequence of replica-without-upstream of orders-1/)
  })

  it('is held back a little while its cause is not known here yet, each time it comes', async () => {
    const w = await begin()
    for (const minute of [0, 10]) {
      await w.until(minute * MINUTE)
      await w.fire({ ...stalled, inhibitedBy: cause })
      await w.until(minute * MINUTE + 10 * SECOND)
      await w.fire({})
      await w.until((minute + 1) * MINUTE)
      await w.resolve(stalled)
      await w.resolve({})
      await w.until((minute + 2) * MINUTE)
    }
    assert.ok(!headlines(w.slack).some((line) => line.includes('stalled')), headlines(w.slack).join('\n'))
    const reasons = w.notifier.explain('replica-stalled')?.decisions.map(({ text }) => text) ?? []
    assert.equal(reasons[0], 'not sent: its cause is not known here yet')
    assert.equal(
      reasons.at(-1),
      'ended, never sent: a consequence of replica-without-upstream of orders-1, which is firing',
    )
  })

  it('that was told since its cause came late is not said to be silenced, whatever else is', async () => {
    const elsewhere = { id: 's1', startsAt: START, endsAt: START + HOUR, by: 'ada', comment: 'disk is being changed' }
    const matchers = [parseMatcher('cluster=other')].flatMap((each) => each ?? [])
    const w = await begin({ settings: { silences: [{ ...elsewhere, matchers }] } })
    await w.fire({ ...stalled, inhibitedBy: cause })
    await w.until(30 * SECOND)
    await w.fire({})
    await w.until(3 * MINUTE)
    await w.resolve({})
    await w.until(10 * MINUTE)
    assert.deepEqual(headlines(w.slack), [
      '🔴 CRITICAL shop/orders',
      '>> 🔴 CRITICAL replica-without-upstream of orders-1',
      '> 🟢 replica-without-upstream of orders-1 is over',
    ])
    const reasons = w.notifier.explain('replica-stalled')?.decisions.map(({ text }) => text) ?? []
    assert.equal(reasons.filter((reason) => /has just ended$/.test(reason)).length, 1, reasons.join('\n'))
  })

  it('of a moment does not end the reminders of what still fires', async () => {
    const w = await begin()
    const noLeader = { rule: 'no-leader', member: null }
    await w.fire({})
    await w.until(4 * HOUR - 5 * MINUTE)
    await w.fire(noLeader)
    await w.fire({ summary: 'orders-1 has no upstream at all', inhibitedBy: 'no-leader|shop/orders|null' })
    await w.until(4 * HOUR + 5 * MINUTE)
    await w.resolve(noLeader)
    await w.until(9 * HOUR)
    assert.ok(headlines(w.slack).includes('>> 🔴 Reminder: still firing'), headlines(w.slack).join('\n'))
  })

  it('that was said to be silenced is told as firing when silence and cause are over', async () => {
    const w = await begin()
    await w.fire(stalled)
    await w.until(MINUTE)
    const matchers = [parseMatcher('rule=replica-stalled')].flatMap((each) => each ?? [])
    const times = { startsAt: w.now(), endsAt: w.now() + 10 * MINUTE }
    await w.notifier.silence({ id: 's1', matchers, ...times, by: 'ada', comment: 'disk is being changed' })
    await w.fire({})
    await w.until(9 * MINUTE)
    await w.fire({ ...stalled, inhibitedBy: cause })
    await w.until(13 * MINUTE)
    await w.resolve({})
    await w.until(15 * MINUTE)
    assert.equal(headlines(w.slack).at(-1), '>> 🔴 replica-stalled of orders-1 still fires, no longer silenced')
  })

  it('that was told before its cause came is not told again when that ends', async () => {
    const w = await begin()
    await w.fire(stalled)
    await w.until(MINUTE)
    await w.fire({})
    await w.fire({ ...stalled, inhibitedBy: cause, summary: 'orders-1 has received nothing for 2 min' })
    await w.until(2 * MINUTE)
    await w.resolve({})
    await w.until(4 * MINUTE)
    assert.deepEqual(headlines(w.slack).slice(1), [
      '>> 🔴 CRITICAL replica-without-upstream of orders-1',
      '> 🟢 replica-without-upstream of orders-1 is over',
    ])
    const reasons = w.notifier.explain('replica-stalled')?.decisions.map(({ text }) => text) ?? []
    assert.match(reasons.join('\n'), /changed, not sent: a consequence of .*\n.*not sent: its cause .* has just ended/)
    assert.match(
      reasons.join('\n'),
      /no longer muted \(its cause replica-without-upstream of orders-1 has just ended\)/,
    )
  })

  it('of long ago is not shown under its cause when that comes again', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire({ ...stalled, inhibitedBy: cause })
    await w.until(MINUTE)
    await w.resolve(stalled)
    await w.resolve({})
    await w.until(60 * MINUTE)
    await w.fire({})
    await w.until(61 * MINUTE)
    assert.match(JSON.stringify(w.slack.messages[0]?.blocks), /Follows from it/)
    assert.doesNotMatch(JSON.stringify(w.slack.messages.at(-1)?.blocks), /Follows from it/)
  })

  it('of a consequence is shown under the cause of both, and is over with it', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire({ ...stalled, inhibitedBy: cause })
    await w.fire({
      rule: 'replica-view-stale',
      inhibitedBy: 'replica-stalled|shop/orders|orders-1',
      summary: 'sees no leader',
    })
    await w.until(MINUTE)
    assert.match(
      JSON.stringify(w.slack.messages[0]?.blocks),
      /Follows from it.*replica-stalled.*replica-view-stale: sees no leader/,
    )
    await w.resolve({ rule: 'replica-view-stale' })
    await w.resolve(stalled)
    await w.resolve({})
    await w.until(2 * MINUTE)
    assert.equal(w.slack.messages.length, 2)
    assert.match(JSON.stringify(w.slack.messages[0]?.blocks), /sees no leader \(over\)/)
  })

  it('is sent when it outlives its cause', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire({ ...stalled, inhibitedBy: cause })
    await w.until(MINUTE)
    await w.resolve({})
    await w.until(2 * MINUTE)
    assert.ok(
      headlines(w.slack).some((line) => line.includes('CRITICAL replica-stalled')),
      headlines(w.slack).join(),
    )
  })

  it('is sent soon after its cause was forgotten', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire({ ...stalled, member: 'orders-2', inhibitedBy: cause })
    await w.until(MINUTE)
    await w.notifier.forget('shop/orders/orders-1')
    await w.until(2 * MINUTE)
    assert.ok(headlines(w.slack).some((line) => line.includes('CRITICAL replica-stalled of orders-2')))
  })

  it('is sent after 15 minutes although the cause goes on', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire({ ...stalled, inhibitedBy: cause })
    await w.until(14 * MINUTE)
    assert.equal(w.slack.messages.length, 1)
    await w.until(16 * MINUTE)
    assert.ok(headlines(w.slack).some((line) => line.includes('CRITICAL replica-stalled')))
  })
})
