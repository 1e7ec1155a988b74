import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { parseMatcher } from '../../src/model/matcher.ts'
import { READING } from '../../src/notify/behind.ts'
import { type MailStandIn, mailStandIn, type SmtpFault } from '../../src/standin/smtp.ts'
import { HOUR, headlines, MINUTE, mailReceiver, SECOND, START, type World, world } from './kit.ts'
import { type WebStandIn, webStandIn } from './web.ts'

let w: World | undefined
let mail: MailStandIn
let web: WebStandIn
let fault: SmtpFault | undefined
beforeEach(async () => {
  fault = undefined
  mail = await mailStandIn({ fault: () => fault })
  web = await webStandIn()
})
afterEach(async () => {
  await w?.close()
  await mail.close()
  await web.close()
})

async function begin(given: Parameters<typeof world>[0] = {}): Promise<World> {
  w = await world({
    receivers: (slack) => [
      slack,
      mailReceiver(mail.port),
      { type: 'alertmanager', name: 'am', zone: 'UTC', url: `${web.url}am`, headers: {} },
      { type: 'heartbeat', name: 'beat', zone: 'UTC', url: `${web.url}beat`, headers: {}, every: MINUTE, form: 'url' },
    ],
    ...given,
  })
  return w
}
const subjects = (): (string | undefined)[] => mail.mails.map(({ headers }) => headers.get('subject'))

describe('a receiver that refuses', () => {
  it('is told of through the others, once, until it takes messages again', async () => {
    const v = await begin()
    fault = { code: 550, text: 'no such user' }
    await v.fire({})
    await v.until(MINUTE)
    assert.deepEqual(headlines(v.slack), ['🔴 CRITICAL shop/orders', '🔴 CRITICAL patrolog'])
    assert.match(
      JSON.stringify(v.slack.messages[1]?.blocks),
      /notifications do not arrive at mail: SMTP 550 no such user/,
    )
    assert.equal(v.notifier.status().receivers.find(({ name }) => name === 'mail')?.dead, 1)
    assert.match(v.notifier.explain('replica')?.decisions.at(-1)?.text ?? '', /mail refused it: SMTP 550/)
    await v.fire({ member: 'orders-2' })
    await v.until(2 * MINUTE)
    assert.equal(headlines(v.slack).filter((line) => line.includes('patrolog')).length, 1)
    fault = undefined
    await v.resolve({})
    await v.resolve({ member: 'orders-2' })
    await v.until(10 * MINUTE)
    assert.ok(
      headlines(v.slack).some((line) => /🟢 RESOLVED patrolog/.test(line)),
      headlines(v.slack).join(),
    )
    assert.match(subjects()[0] ?? '', /^\[RESOLVED\] shop\/orders/)
  })
})

describe('a receiver that refuses while we are behind', () => {
  it('is told of: nothing holds back what is our own', async () => {
    const v = await begin()
    await v.fire({})
    await v.until(MINUTE)
    await v.notifier.lag(READING, HOUR)
    web.answer = { status: 404 }
    await v.fire({ member: 'orders-2' })
    await v.until(3 * MINUTE)
    assert.deepEqual(headlines(v.slack), ['🔴 CRITICAL shop/orders', '🔴 CRITICAL patrolog'])
  })
})

describe('an hour without the mail server', () => {
  it('is told of through the others; then the thread is complete, in order, folded', async () => {
    const v = await begin()
    await v.fire({})
    await v.until(MINUTE)
    fault = { code: 451, text: 'later' }
    for (let minute = 2; minute < 60; minute += 6) {
      await v.fire({ member: `orders-${minute}` })
      await v.until(minute * MINUTE)
    }
    assert.ok(headlines(v.slack).some((line) => line.includes('CRITICAL patrolog')))
    await v.until(HOUR)
    fault = undefined
    await v.until(HOUR + 10 * MINUTE)
    assert.deepEqual(subjects(), [
      '[FIRING:1] shop/orders: replica-without-upstream of orders-1',
      '[FIRING:11] shop/orders: replica-without-upstream of orders-1',
    ])
    for (let minute = 2; minute < 60; minute += 6)
      assert.match(mail.mails[1]?.text ?? '', new RegExp(`orders-${minute} has no upstream`))
    assert.equal(mail.mails[1]?.headers.get('references'), mail.mails[0]?.headers.get('references'))
  })
})

describe('mail', () => {
  it('tells small changes together, and what is grave or the end at once', async () => {
    const v = await begin()
    await v.fire({ severity: 'warning' })
    await v.until(MINUTE)
    await v.fire({ severity: 'warning', member: 'orders-2' })
    await v.fire({ severity: 'warning', member: 'orders-3' })
    await v.until(3 * MINUTE)
    assert.equal(mail.mails.length, 1)
    await v.until(7 * MINUTE)
    assert.equal(mail.mails.length, 2)
    await v.fire({ severity: 'critical' })
    await v.until(7.2 * MINUTE)
    assert.equal(mail.mails.length, 3)
    assert.match(mail.mails[2]?.text ?? '', /2026-11-23 0[45]:\d\d:\d\d GMT\+1/)
  })
})

describe('an Alertmanager', () => {
  it('is given the alerts at once, again each minute with a later end, and their end', async () => {
    const v = await begin()
    await v.fire({})
    await v.until(5 * SECOND)
    const pushes = () => web.bodies('/am/api/v2/alerts') as { endsAt: string; labels: Record<string, string> }[][]
    assert.equal(pushes().length, 1)
    assert.deepEqual(pushes()[0]?.[0]?.labels, {
      alertname: 'replica-without-upstream',
      cluster: 'shop/orders',
      member: 'orders-1',
      subject: 'orders-1',
      severity: 'critical',
    })
    await v.until(3.5 * MINUTE)
    assert.ok(pushes().length >= 4)
    assert.equal(v.notifier.status().receivers.find(({ name }) => name === 'am')?.sent, pushes().length)
    const ends = pushes().map(([alert]) => Date.parse(alert?.endsAt ?? ''))
    assert.ok(ends.every((end, at) => at === 0 || end > (ends[at - 1] ?? 0)))
    const ahead = (ends.at(-1) ?? 0) - v.now()
    assert.ok(ahead > 2 * MINUTE && ahead <= 5 * MINUTE, 'a push may be lost, and it ends there soon after we do')
    await v.resolve({})
    await v.until(4 * MINUTE)
    assert.equal(Date.parse(pushes().at(-1)?.[0]?.endsAt ?? '') <= v.now(), true)
  })

  it('is given no alert that its routes do not lead to it', async () => {
    const route = { continue: false, groupWait: null, repeatInterval: null }
    const matchers = [parseMatcher('severity=critical')].flatMap((each) => each ?? [])
    const routes = [
      { ...route, matchers, receivers: ['am'], continue: true },
      { ...route, matchers: [], receivers: ['slack'] },
    ]
    const v = await begin({ settings: { routes } })
    await v.fire({})
    await v.fire({ severity: 'warning', member: 'orders-2' })
    await v.until(3 * MINUTE)
    const given = (web.bodies('/am/api/v2/alerts') as { labels: Record<string, string> }[][]).flat()
    assert.deepEqual(new Set(given.map(({ labels }) => labels.member)), new Set(['orders-1']))
    assert.deepEqual(headlines(v.slack), ['🔴 CRITICAL shop/orders · 2 alerts'])
  })

  it('is given the end of what fired for long for a quarter of an hour: a push may be lost', async () => {
    const v = await begin()
    await v.fire({})
    await v.until(HOUR)
    const [lately] = (web.bodies('/am/api/v2/alerts') as { endsAt: string }[][]).at(-1) ?? []
    assert.ok(Date.parse(lately?.endsAt ?? '') > v.now() + 2 * MINUTE, 'it fires there as long as here')
    await v.resolve({})
    const end = v.now()
    await v.until(2 * HOUR)
    const ends = (web.bodies('/am/api/v2/alerts') as { endsAt: string }[][]).flat().map(({ endsAt }) => endsAt)
    const told = ends.filter((each) => Date.parse(each) === end)
    assert.ok(told.length >= 15 && told.length <= 17, String(told.length))
    const reasons = v.notifier.explain('replica')?.decisions.map(({ text }) => text) ?? []
    const pushed = reasons.filter((reason) => /^fired: |^resolved: |am \(push\)/.test(reason))
    assert.deepEqual(pushed, [
      'fired: to be told to slack, mail, am',
      'told to am (push)',
      'resolved: to be told to slack, mail, am',
      'told to am (push)',
    ])
  })
})

describe('an alert that is ahead of the clock, at an Alertmanager', () => {
  it('starts no later than it ends: else it is refused there', async () => {
    const v = await begin()
    const time = v.now() + 2 * HOUR
    await v.fire({ time, since: time, startsAt: time })
    await v.until(5 * SECOND)
    await v.notifier.forget('shop/orders')
    await v.until(2 * MINUTE)
    const pushes = (web.bodies('/am/api/v2/alerts') as { startsAt: string; endsAt: string }[][]).flat()
    assert.ok(pushes.length >= 2)
    for (const { startsAt, endsAt } of pushes) assert.ok(startsAt <= endsAt, `${startsAt} to ${endsAt}`)
  })
})

describe('a webhook', () => {
  it('is given a hundred alerts of an incident at most, and how many there are beyond', async () => {
    const v = await begin({
      receivers: () => [{ type: 'webhook', name: 'hook', zone: 'UTC', url: `${web.url}hook`, headers: {} }],
    })
    await v.fire({})
    await v.until(MINUTE)
    for (let number = 2; number <= 120; number++) await v.fire({ member: `orders-${number}` })
    await v.until(2 * MINUTE)
    const payloads = web.bodies('/hook') as { alerts: unknown[]; truncatedAlerts: number; status: string }[]
    const sizes = payloads.map(({ alerts, truncatedAlerts }) => [alerts.length, truncatedAlerts])
    assert.deepEqual(sizes, [
      [1, 0],
      [100, 20],
    ])
  })
})

describe('an event, at an Alertmanager', () => {
  it('is given an end ahead: what is over when it arrives is told to nobody there', async () => {
    const v = await begin()
    const now = v.now()
    await v.fire({ rule: 'leader-changed', severity: 'warning', endsAt: now, endReason: 'once' })
    await v.until(5 * SECOND)
    const [[alert] = []] = web.bodies('/am/api/v2/alerts') as { endsAt: string }[][]
    assert.equal(Date.parse(alert?.endsAt ?? ''), now + 5 * MINUTE)
  })
})

describe('a large incident', () => {
  it('shows the first of many alerts, members and consequences, and how many more there are', async () => {
    const v = await begin()
    await v.fire({ rule: 'no-leader', member: null })
    for (let number = 10; number < 40; number++) {
      await v.fire({ rule: 'wal-backlog', severity: 'warning', member: `m${number}`, summary: `m${number} is behind` })
      const stalled = { rule: 'replica-stalled', member: `m${number}` }
      await v.fire({ ...stalled, inhibitedBy: 'no-leader|shop/orders|null', summary: `m${number} stands still` })
    }
    for (let number = 10; number < 40; number++)
      await v.notifier.learn([
        {
          kind: 'transition',
          time: v.now(),
          cluster: 'shop/orders',
          member: `m${number}`,
          facet: 'role',
          from: 'unknown',
          to: 'replica',
          since: v.now(),
          basis: 'logged',
          because: 'it says so',
          evidence: [],
        },
      ])
    await v.until(MINUTE)
    const text = mail.mails[0]?.text ?? ''
    assert.match(text, /Follows from it, not sent apart:\n(.*\n)+?.*stands still\n {2}- and 18 more\n/)
    assert.match(text, /Also in this incident:\n(.*\n)+?.*is behind\n {2}- and 18 more\n/)
    assert.match(text, /member +state +measured\n(.*\n)+?.*m21 +replica +not measured\n {2}and 20 more\n/)
  })
})

describe('the subject of a thread', () => {
  it('stays the same, whatever joins the incident', async () => {
    const v = await begin()
    await v.fire({ severity: 'warning' })
    await v.until(MINUTE)
    const early = v.now() - HOUR
    await v.fire({ member: 'orders-2', since: early, startsAt: early })
    await v.until(2 * MINUTE)
    await v.resolve({})
    await v.resolve({ member: 'orders-2' })
    await v.until(3 * MINUTE)
    assert.deepEqual(
      new Set(subjects().map((subject) => subject?.replace(/^\[.*?\] /, ''))),
      new Set(['shop/orders: replica-without-upstream of orders-1']),
    )
  })
})

describe('a heartbeat', () => {
  it('is sent while we are alive, and only then', async () => {
    const v = await begin()
    await v.until(5 * MINUTE)
    assert.equal(web.bodies('/beat').length, 0)
    for (let minute = 5; minute < 10; minute++) {
      v.notifier.alive()
      await v.until((minute + 1) * MINUTE)
    }
    const beats = web.bodies('/beat').length
    assert.ok(beats >= 5 && beats <= 7, String(beats))
    await v.until(HOUR)
    assert.ok(web.bodies('/beat').length <= beats + 2)
  })

  it('that is an Alertmanager is given an alert that outlives two missed beats', async () => {
    const url = `${web.url}am`
    const form = 'alertmanager' as const
    const v = await begin({
      receivers: () => [{ type: 'heartbeat', name: 'beat', zone: 'UTC', url, headers: {}, every: MINUTE, form }],
    })
    v.notifier.alive()
    await v.until(SECOND)
    const [[beat] = []] = web.bodies('/am/api/v2/alerts') as { startsAt: string; endsAt: string }[][]
    assert.equal(Date.parse(beat?.startsAt ?? ''), START)
    assert.equal(Date.parse(beat?.endsAt ?? ''), START + 3 * MINUTE)
  })
})
