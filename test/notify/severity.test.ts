import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { parseMatcher } from '../../src/model/matcher.ts'
import type { Route } from '../../src/model/receiver.ts'
import { begin } from './begin.ts'
import { headlines, MINUTE, SECOND, START, type World } from './kit.ts'
import { type WebStandIn, webStandIn } from './web.ts'

let web: WebStandIn | undefined
afterEach(async () => {
  await web?.close()
  web = undefined
})

/** Of a switchover that was asked for: information as long as it is short. */
const rejected = { rule: 'writes-rejected', member: 'orders-0', summary: 'orders takes no writes' } as const
const lost = { rule: 'member-lost', member: 'orders-2', summary: 'nobody hears orders-2' } as const

describe('an alert that grows graver or milder', () => {
  it('says so in the thread; what is critical now, in the channel too', async () => {
    const w = await begin()
    for (const severity of ['warning', 'critical', 'critical', 'warning'] as const) {
      await w.fire({ severity, summary: `it is ${severity} at ${w.now()}` })
      await w.until(w.now() - START + MINUTE)
    }
    assert.match(JSON.stringify(w.slack.messages[0]?.blocks), new RegExp(`"it is warning at ${w.now() - MINUTE}"`))
    assert.deepEqual(headlines(w.slack), [
      '🟠 WARNING shop/orders',
      '>> 🔴 replica-without-upstream of orders-1 is graver now',
      '> 🔴 replica-without-upstream of orders-1 changed',
      '> 🟠 replica-without-upstream of orders-1 is milder now',
    ])
  })

  it('is told at once as what it is, when it began as information that opened no incident', async () => {
    const w = await begin()
    await w.fire({ ...rejected, severity: 'info' })
    await w.until(MINUTE)
    assert.deepEqual(headlines(w.slack), [])
    await w.fire({ ...rejected, severity: 'critical' })
    await w.until(2 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders'])
  })

  it('after the incident that showed it as information is over, has that go on', async () => {
    const w = await begin()
    await w.fire({})
    await w.fire({ ...rejected, severity: 'info' })
    await w.until(MINUTE)
    await w.resolve({})
    await w.until(2 * MINUTE)
    assert.match(headlines(w.slack)[0] ?? '', /^🟢 RESOLVED/)
    await w.fire({ ...rejected, severity: 'critical' })
    await w.until(3 * MINUTE)
    assert.match(headlines(w.slack)[0] ?? '', /^🔴 CRITICAL/)
    assert.equal(headlines(w.slack).at(-1), '>> 🔴 CRITICAL writes-rejected of orders-0')
    await w.resolve(rejected)
    await w.until(4 * MINUTE)
    assert.match(headlines(w.slack)[0] ?? '', /^🟢 RESOLVED/)
  })

  it('and is mere information now, ends its incident, but not green', async () => {
    const w = await begin()
    await w.fire({ ...lost, severity: 'warning' })
    await w.until(MINUTE)
    await w.fire({ ...lost, severity: 'info', summary: 'orders-2 was stopped' })
    await w.until(2 * MINUTE)
    assert.deepEqual(headlines(w.slack), [
      '⚪ ENDED shop/orders after 1 min',
      '> ⚪ member-lost of orders-2 is milder now; all over after 1 min',
    ])
  })

  it('under a cause that it outlives, is told as what it has become', async () => {
    const w = await begin()
    const stalled = { rule: 'replica-stalled', summary: 'orders-1 replays nothing' } as const
    await w.fire({ ...stalled, severity: 'warning' })
    await w.until(MINUTE)
    const inhibitedBy = 'no-leader|shop/orders|orders-0'
    await w.fire({ rule: 'no-leader', member: 'orders-0' })
    await w.fire({ ...stalled, severity: 'critical', inhibitedBy })
    await w.until(2 * MINUTE)
    assert.ok(!headlines(w.slack).some((line) => line.includes('graver')), headlines(w.slack).join('\n'))
    await w.resolve({ rule: 'no-leader', member: 'orders-0' })
    await w.until(3 * MINUTE)
    assert.equal(headlines(w.slack).at(-1), '>> 🔴 replica-stalled of orders-1 is graver now')
  })
})

describe('where routes go by severity', () => {
  const route = (match: string[], receiver: string): Route => ({
    matchers: match.flatMap((text) => parseMatcher(text) ?? []),
    receivers: [receiver],
    continue: false,
    groupWait: null,
    repeatInterval: null,
  })
  const statuses = () => (web?.bodies('/pager') ?? []).map((body) => (body as { status: string }).status)

  async function pagerForCritical(): Promise<World> {
    web = await webStandIn()
    const { url } = web
    return begin({
      receivers: (slack) => [slack, { type: 'webhook', name: 'pager', zone: 'UTC', url: `${url}pager`, headers: {} }],
      settings: { routes: [route(['severity=critical'], 'pager'), route([], 'slack')] },
    })
  }

  it('whoever was told of an alert is told that it is graver now, and of its end', async () => {
    const w = await pagerForCritical()
    await w.fire({ severity: 'warning' })
    await w.fire({ ...lost, severity: 'warning' })
    await w.until(MINUTE)
    assert.deepEqual(statuses(), [])
    await w.fire({ severity: 'critical' })
    await w.until(2 * MINUTE)
    assert.deepEqual(statuses(), ['firing'])
    await w.resolve({ severity: 'critical' })
    await w.until(3 * MINUTE)
    assert.deepEqual(headlines(w.slack), [
      '🟠 WARNING shop/orders',
      '>> 🔴 replica-without-upstream of orders-1 is graver now',
      '> 🟢 replica-without-upstream of orders-1 is over',
    ])
    await w.resolve({ ...lost, severity: 'warning' })
    await w.until(4 * MINUTE)
    assert.equal(headlines(w.slack)[0], '🟢 RESOLVED shop/orders after 3 min')
    assert.equal(statuses().at(-1), 'resolved', 'the end of the incident')
    assert.match(w.notifier.explain('replica')?.decisions.at(-1)?.text ?? '', /told to/)
  })

  it('whoever was told of an incident sees how it stands, and is told of its end', async () => {
    const w = await pagerForCritical()
    await w.fire({ severity: 'warning' })
    await w.until(MINUTE)
    await w.fire({ member: 'orders-2', severity: 'critical' })
    await w.until(MINUTE + 10 * SECOND)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders · 2 alerts'], 'not posted again')
    await w.resolve({ severity: 'warning' })
    await w.resolve({ member: 'orders-2', severity: 'critical' })
    await w.until(2 * MINUTE)
    assert.deepEqual(statuses(), ['firing', 'resolved'])
    assert.match(headlines(w.slack)[0] ?? '', /^🟢 RESOLVED/)
    assert.match(headlines(w.slack)[1] ?? '', /^> 🟢 2 changes; all over/)
  })
})
