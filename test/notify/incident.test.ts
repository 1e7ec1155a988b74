import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { HOUR, headlines, MINUTE, SECOND, type World, world } from './kit.ts'

let open: World | undefined
async function begin(...given: Parameters<typeof world>): Promise<World> {
  open = await world(...given)
  return open
}
afterEach(async () => {
  await open?.close()
  open = undefined
})

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
    assert.equal(w.slack.messages.filter(({ threadTs }) => threadTs === null).length, 2)
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
    assert.equal(w.slack.messages.length, 2)
    await w.resolve({})
    await w.until(4 * MINUTE)
    assert.match(headlines(w.slack)[0] ?? '', /RESOLVED/)
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

  it('is told again after the repeat interval, and only then', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(3 * HOUR)
    assert.equal(w.slack.messages.length, 1)
    await w.until(5 * HOUR)
    assert.deepEqual(headlines(w.slack).slice(1), ['>> 🔴 Reminder: still firing'])
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
      ...(await import('./kit.ts')).alertOf({}),
      status: 'resolved',
      endsAt: w.now(),
      endReason: 'proof',
    } as const
    await w.notifier.take([{ alert, seq: 1 }])
    await w.until(2 * MINUTE)
    assert.equal(w.slack.messages.length, 1)
    assert.match(headlines(w.slack)[0] ?? '', /CRITICAL/)
  })
})

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
