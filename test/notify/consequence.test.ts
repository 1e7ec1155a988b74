import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { begin } from './begin.ts'
import { headlines, MINUTE, SECOND } from './kit.ts'

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
