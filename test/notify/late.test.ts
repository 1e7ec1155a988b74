import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseMatcher } from '../../src/model/matcher.ts'
import { READING } from '../../src/notify/behind.ts'
import { channelText } from '../../src/standin/slack-text.ts'
import { begin } from './begin.ts'
import { HOUR, headlines, MINUTE, SECOND, START } from './kit.ts'
import { webStandIn } from './web.ts'

const cluster = (number: number) => `shop/c${String(number).padStart(3, '0')}`

describe('while we are four hours behind', () => {
  /** What was decided of records of so long ago. */
  const at = (time: number) => ({ time, since: time, startsAt: time })
  const over = (time: number) => ({ ...at(time - MINUTE), time, endsAt: time })
  const then = START - 4 * HOUR
  const backlog = { part: 'p1', lag: 4 * HOUR }

  it('nothing is sent; then what still fires is told once, and what came and went in one digest', async () => {
    const w = await begin()
    for (const number of [1, 2, 3]) {
      await w.fire({ cluster: cluster(number), ...at(then) }, backlog)
      await w.resolve({ cluster: cluster(number), ...over(then + MINUTE) }, backlog)
    }
    await w.fire(at(then), backlog)
    for (let minute = 0; minute <= 10; minute += 0.5) {
      await w.until(minute * MINUTE)
      await w.notifier.lag('p1', 4 * HOUR - minute * 20 * MINUTE)
    }
    assert.equal(w.slack.messages.length, 0)
    assert.deepEqual(w.notifier.status().behind, ['p1'])
    assert.match(
      w.notifier.explain('replica-without-upstream|shop/orders')?.decisions.at(-1)?.text ?? '',
      /^waits: p1 is far behind/,
    )
    await w.notifier.lag('p1', 10 * SECOND)
    await w.until(11 * MINUTE)
    assert.deepEqual(headlines(w.slack), [
      '🔴 CRITICAL shop/orders',
      '⚪ MISSED: 3 incidents came and went before they were noticed',
    ])
    assert.match(channelText(w.slack.messages), /Since 2026-11-23 00:00:00 UTC.*noticed 4 h late/)
  })

  it('on one part of the input, what is decided of the others is sent', async () => {
    const w = await begin()
    await w.fire({ cluster: cluster(1), ...at(then) }, backlog)
    await w.fire({ cluster: cluster(2) }, { part: 'p2', lag: SECOND })
    const happened = { rule: 'leader-changed', severity: 'warning', endsAt: START, endReason: 'once' } as const
    await w.fire({ cluster: cluster(3), ...happened }, { part: 'p2', lag: SECOND })
    await w.until(MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/c002', '🔵 EVENT shop/c003'])
  })

  it('on one of the parts that an incident is made of, it is told when that has caught up', async () => {
    const w = await begin()
    await w.fire(at(then), backlog)
    await w.fire({ member: 'orders-2', severity: 'warning' }, { part: 'p2', lag: SECOND })
    await w.until(MINUTE)
    assert.deepEqual(headlines(w.slack), [])
    await w.notifier.lag('p1', 0)
    await w.until(2 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders · 2 alerts'])
    for (const lag of [0, SECOND]) {
      await w.notifier.lag('p1', lag)
      await w.until(w.now() - START + MINUTE)
    }
    assert.equal(w.slack.calls['chat.update'], undefined, 'there is nothing new to show')
  })

  it('on two parts, there is one digest when both have caught up', async () => {
    const w = await begin()
    for (const [number, part] of ['p1', 'p2', 'p1', 'p2'].entries()) {
      await w.fire({ cluster: cluster(number), ...at(then) }, { part, lag: 4 * HOUR })
      await w.resolve({ cluster: cluster(number), ...over(then + MINUTE) }, { part, lag: 4 * HOUR })
    }
    await w.notifier.lag('p1', 0)
    await w.until(MINUTE)
    assert.equal(w.slack.messages.length, 0)
    await w.notifier.lag('p2', 0)
    await w.until(2 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['⚪ MISSED: 4 incidents came and went before they were noticed'])
  })

  it('on a part that does not catch up, the digest of the others waits an hour for it', async () => {
    const w = await begin()
    for (const number of [1, 2]) {
      await w.fire({ cluster: cluster(number), ...at(then) }, backlog)
      await w.resolve({ cluster: cluster(number), ...over(then + MINUTE) }, backlog)
    }
    await w.notifier.lag('p2', 4 * HOUR)
    await w.notifier.lag('p1', 0)
    await w.until(59 * MINUTE)
    assert.equal(w.slack.messages.length, 0)
    await w.until(62 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['⚪ MISSED: 2 incidents came and went before they were noticed'])
  })

  it('in reading the alerts, all of it waits', async () => {
    const w = await begin()
    await w.notifier.lag(READING, 4 * HOUR)
    await w.fire(at(then), { part: 'p1', lag: 0 })
    await w.until(10 * MINUTE)
    assert.equal(w.slack.messages.length, 0)
    const reason = w.notifier.explain('replica')?.decisions.at(-1)?.text
    assert.equal(reason, 'waits: the reading of the alerts is far behind')
    await w.resolve(over(then + HOUR), { part: 'p1', lag: 0 })
    await w.notifier.lag(READING, 0)
    await w.until(11 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🟢 RESOLVED shop/orders after 1 h'])
  })

  it('because the shipper was, the backlog is not ours: it is sent at once, and says that it is late', async () => {
    const w = await begin()
    await w.fire(at(then), { part: 'p1', lag: 2 * SECOND })
    await w.until(10 * SECOND)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders'])
    assert.match(channelText(w.slack.messages), /Since 2026-11-23 00:00:00 UTC, for 4 h, noticed 4 h late/)
  })
})

describe('what was decided before nobody decided any more', () => {
  const then = START - 10 * MINUTE
  const stored = { time: then, since: then, startsAt: then }

  it('is told when it has waited long enough, and that it may be over', async () => {
    const w = await begin({ fault: (_, at) => (at < MINUTE ? { status: 503 } : {}) })
    await w.fire(stored, { part: 'p1', lag: SECOND })
    await w.fire({ ...stored, cluster: cluster(1) }, { part: 'p2', lag: SECOND })
    await w.until(30 * SECOND)
    await w.restart()
    await w.notifier.lag('p1', 10 * MINUTE)
    await w.notifier.lag('p2', 10 * MINUTE)
    await w.until(5 * MINUTE)
    assert.deepEqual(headlines(w.slack), [], 'its owner may be about to go on')
    await w.notifier.unattended('p1', then + MINUTE)
    await w.until(6 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders'])
    assert.match(channelText(w.slack.messages), /not confirmed since 2026-11-23 03:51:00 UTC, it may be over/)
    const reasons = (of: string) =>
      w.notifier.explain(`replica-without-upstream|${of}`)?.decisions.map(({ text }) => text) ?? []
    const waitsNoLonger = 'waits no longer: nobody decides about p1; it may be over'
    assert.ok(reasons('shop/orders').includes(waitsNoLonger), reasons('shop/orders').join('\n'))
    assert.ok(!reasons(cluster(1)).includes(waitsNoLonger), 'of another part')
    assert.deepEqual(w.notifier.status().behind, ['p2'])
    const updates = () => w.slack.calls['chat.update'] ?? 0
    const before = updates()
    await w.notifier.unattended('p1', then + MINUTE)
    await w.until(6.5 * MINUTE)
    assert.equal(updates(), before, 'said once')

    await w.notifier.lag('p1', SECOND)
    await w.until(7 * MINUTE)
    assert.doesNotMatch(channelText(w.slack.messages), /it may be over/)
  })

  it('makes nothing doubtful of what somebody still decides about, nor of what has ended', async () => {
    const w = await begin()
    await w.fire({ cluster: cluster(1) }, { part: 'p2', lag: SECOND })
    await w.fire({}, { part: 'p1', lag: SECOND })
    await w.fire({ member: 'orders-2' }, { part: 'p1', lag: SECOND })
    await w.resolve({ member: 'orders-2' }, { part: 'p1', lag: SECOND })
    await w.until(MINUTE)
    await w.notifier.unattended('p1', START + 30 * SECOND)
    await w.fire({ cluster: cluster(1), member: 'orders-3' }, { part: 'p2', lag: SECOND })
    await w.until(2 * MINUTE)
    const said = channelText(w.slack.messages).match(/not confirmed since .*?,/g)
    assert.deepEqual(said, ['not confirmed since 2026-11-23 04:00:30 UTC,'])
  })

  it('waits when an owner is back and far behind; what it says of it is told', async () => {
    const w = await begin({ fault: (_, at) => (at < MINUTE ? { status: 503 } : {}) })
    await w.fire(stored, { part: 'p1', lag: SECOND })
    await w.until(30 * SECOND)
    await w.restart()
    await w.notifier.unattended('p1', then)
    await w.notifier.lag('p1', 10 * MINUTE)
    await w.until(5 * MINUTE)
    assert.deepEqual(headlines(w.slack), [])
    await w.resolve({ time: then + MINUTE, startsAt: then, endsAt: then + MINUTE }, { part: 'p1', lag: 10 * MINUTE })
    await w.notifier.lag('p1', SECOND)
    await w.until(6 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🟢 RESOLVED shop/orders after 1 min'])
  })
})

describe('in the payloads of Alertmanager, what nobody decides about any more', () => {
  type Payload = { alerts: { annotations: Record<string, string> }[]; commonAnnotations: Record<string, string> }
  type Push = { annotations: Record<string, string> }[]

  it('says since when it is not confirmed, until somebody decides again', async () => {
    const web = await webStandIn()
    try {
      const w = await begin({
        receivers: () => [
          { type: 'webhook', name: 'hook', zone: 'UTC', url: `${web.url}hook`, headers: {} },
          { type: 'alertmanager', name: 'am', zone: 'UTC', url: `${web.url}am`, headers: {} },
        ],
      })
      await w.fire({}, { part: 'p1', lag: 10 * MINUTE })
      await w.until(SECOND)
      await w.notifier.lag('p1', 9 * MINUTE)
      await w.until(MINUTE)
      assert.deepEqual(
        [web.bodies('/hook'), web.bodies('/am/api/v2/alerts')],
        [[], []],
        'its owner may be about to go on',
      )
      await w.notifier.unattended('p1', START + SECOND)
      await w.until(3 * MINUTE)
      const [payload] = web.bodies('/hook') as Payload[]
      const push = () => (web.bodies('/am/api/v2/alerts') as Push[]).at(-1)?.[0]?.annotations
      const doubt = '2026-11-23T04:00:01.000Z'
      for (const annotations of [payload?.alerts[0]?.annotations, payload?.commonAnnotations, push()]) {
        assert.equal(annotations?.not_confirmed_since, doubt)
        assert.ok(annotations?.description?.endsWith(`not confirmed since ${doubt}, it may be over`))
      }

      await w.notifier.lag('p1', SECOND)
      await w.until(5 * MINUTE)
      assert.equal(push()?.not_confirmed_since, undefined)
      assert.doesNotMatch(push()?.description ?? '', /not confirmed/)
    } finally {
      await web.close()
    }
  })
})

describe('a channel that takes nothing for minutes', () => {
  it('is told then what goes on and how the others ended, and in a digest what came and went', async () => {
    const limited = (at: number) => at >= MINUTE && at < 8 * MINUTE
    const w = await begin({ fault: (_, at) => (limited(at) ? { status: 429, retryAfter: 30 } : {}) })
    const from = (ms: number) => ({ time: START + ms, since: START + ms, startsAt: START + ms })
    const over = (ms: number) => ({ time: START + ms, endsAt: START + ms })
    await w.fire({ cluster: 'a', ...from(0) })
    await w.until(2 * MINUTE)
    await w.fire({ cluster: 'a', rule: 'no-leader', ...from(2 * MINUTE) })
    for (const name of ['b', 'c', 'd']) await w.fire({ cluster: name, ...from(2 * MINUTE) })
    await w.until(3 * MINUTE)
    await w.resolve({ cluster: 'a', rule: 'no-leader', ...over(3 * MINUTE) })
    for (const name of ['a', 'b', 'c']) await w.resolve({ cluster: name, ...over(3 * MINUTE) })
    await w.until(10 * MINUTE)
    assert.deepEqual(headlines(w.slack), [
      '🟢 RESOLVED a after 3 min',
      '>> 🟢 3 changes; all over after 3 min',
      '🔴 CRITICAL d',
      '⚪ MISSED: 2 incidents came and went before they were told',
    ])
    const [first, reply, ...others] = w.slack.messages
    assert.equal(reply?.threadTs, first?.ts)
    for (const rule of ['no-leader', 'replica-without-upstream'])
      assert.match(JSON.stringify(reply?.blocks), new RegExp(`${rule} of \\S+ is over`))
    assert.deepEqual(
      others.map(({ threadTs }) => threadTs),
      [null, null],
    )
  })

  it('and of which the answer to one was lost is asked for that one: it is in no digest', async () => {
    const answers = new Map([
      ['chat.postMessage', { lost: true }],
      ['conversations.history', { status: 500 }],
    ])
    const w = await begin({ fault: (method, at) => (at < 5 * MINUTE ? (answers.get(method) ?? {}) : {}) })
    await w.fire({ cluster: 'a' })
    await w.until(MINUTE)
    for (const name of ['b', 'c']) await w.fire({ cluster: name })
    const over = { time: START + MINUTE, endsAt: START + MINUTE }
    for (const name of ['a', 'b', 'c']) await w.resolve({ cluster: name, ...over })
    await w.until(10 * MINUTE)
    assert.deepEqual(headlines(w.slack), [
      '🟢 RESOLVED a after 1 min',
      '> 🟢 replica-without-upstream of orders-1 is over; all over after 1 min',
      '⚪ MISSED: 2 incidents came and went before they were told',
    ])
  })

  it('is told in one digest what was noticed late and what was not, which says no more of them than is so', async () => {
    const w = await begin({ fault: (_, at) => (at < 5 * MINUTE ? { status: 503 } : {}) })
    for (const [name, ago] of Object.entries({ a: HOUR, b: 0 })) {
      const time = START - ago
      await w.fire({ cluster: name, time, since: time, startsAt: time })
      await w.resolve({ cluster: name, time: time + SECOND, startsAt: time, endsAt: time + SECOND })
    }
    await w.until(10 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['⚪ MISSED: 2 incidents came and went before they were told'])
  })

  it('or for a moment is told one by one what was over in that', async () => {
    const w = await begin({ fault: (_, at) => (at < MINUTE ? { status: 503 } : {}) })
    for (const name of ['a', 'b']) await w.fire({ cluster: name })
    await w.until(10 * SECOND)
    const over = { time: START + 10 * SECOND, endsAt: START + 10 * SECOND }
    for (const name of ['a', 'b']) await w.resolve({ cluster: name, ...over })
    await w.until(3 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🟢 RESOLVED a after 1 min', '🟢 RESOLVED b after 1 min'])
  })

  it('is told one by one what goes on and the only one that came and went', async () => {
    const w = await begin({ fault: (_, at) => (at < 5 * MINUTE ? { status: 503 } : {}) })
    for (const name of ['a', 'b']) await w.fire({ cluster: name })
    await w.until(MINUTE)
    await w.resolve({ cluster: 'a', time: START + MINUTE, endsAt: START + MINUTE })
    await w.until(10 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🟢 RESOLVED a after 1 min', '🔴 CRITICAL b'])
  })
})

describe('more than a message holds', () => {
  const long = (text: string, length: number) => `${text} ${'x'.repeat(length)}`

  it('of changes is told in several answers, each change in one', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    const name = (number: number) => long(`slot ${number} of`, 100)
    for (let number = 0; number < 70; number++)
      await w.fire({ member: `m${number}`, subject: name(number), summary: long('', 300) })
    await w.until(10 * MINUTE)
    const [, ...answers] = w.slack.messages
    const text = JSON.stringify(answers.map(({ blocks }) => blocks))
    for (let number = 0; number < 70; number++) assert.ok(text.includes(`slot ${number} of`), String(number))
    assert.ok(answers.length <= 4, String(answers.length))
  })

  it('of what came and went is told in several digests, each incident in one', async () => {
    const w = await begin()
    const backlog = { part: 'p1', lag: HOUR }
    const time = START - HOUR
    for (let number = 0; number < 70; number++) {
      const alert = { cluster: long(cluster(number), 70), summary: long('', 120) }
      await w.fire({ ...alert, time, since: time, startsAt: time }, backlog)
      await w.resolve({ ...alert, time: time + MINUTE, startsAt: time, endsAt: time + MINUTE }, backlog)
    }
    await w.notifier.lag('p1', 0)
    await w.until(10 * MINUTE)
    const text = JSON.stringify(w.slack.messages)
    for (let number = 0; number < 70; number++) assert.ok(text.includes(cluster(number)), cluster(number))
    assert.deepEqual(
      headlines(w.slack).map((line) => /MISSED: (\d+)/.exec(line)?.[1]),
      ['30', '30', '10'],
    )
  })
})

describe('200 clusters failing at once', () => {
  it('are told within the rate: ten one by one, the rest in a digest; each is named', async () => {
    const w = await begin()
    for (let number = 0; number < 200; number++) {
      const severity = number % 50 === 49 ? 'warning' : 'critical'
      const rule = number % 5 === 4 ? 'no-leader' : 'replica-without-upstream'
      await w.fire({ cluster: cluster(number), member: `c${number}-1`, rule, severity })
      await w.until(number * 20)
    }
    await w.until(5 * MINUTE)
    assert.equal(w.slack.calls['chat.postMessage'], w.slack.messages.length, 'nothing was refused for its rate')
    const roots = w.slack.messages.filter(({ threadTs }) => threadTs === null)
    assert.equal(roots.length, 11)
    assert.ok(w.slack.messages.length < 30, `${w.slack.messages.length} messages`)
    const text = JSON.stringify(w.slack.messages)
    for (let number = 0; number < 200; number++) assert.ok(text.includes(cluster(number)), cluster(number))
    assert.match(headlines(w.slack)[10] ?? '', /^🔴 STORM: 190 more clusters failing/)
    const storm = () => JSON.stringify(roots[10]?.blocks)
    assert.match(storm(), /None of the 190 are over.*• replica-without-upstream × 152\\n• no-leader × 38"/)
    assert.match(
      roots[10]?.text ?? '',
      /STORM: 190 more clusters failing; replica-without-upstream × 152, no-leader × 38$/,
    )

    for (let number = 0; number < 200; number++) {
      const rule = number % 5 === 4 ? 'no-leader' : 'replica-without-upstream'
      await w.resolve({ cluster: cluster(number), member: `c${number}-1`, rule })
      if (number === 99) await w.until(8 * MINUTE)
      if (number === 99)
        assert.match(storm(), /STORM: 100 more clusters.*90 of the 190 are over.*× 80\\n• no-leader × 20"/)
    }
    await w.until(15 * MINUTE)
    assert.equal(headlines(w.slack)[10], '🟢 STORM OVER: 190 more clusters')
    assert.match(storm(), /190 of the 190 are over.*× 152/)
    assert.ok(roots.every((_, at) => /RESOLVED|STORM OVER/.test(headlines(w.slack)[at] ?? '')))
    for (const { waiting } of w.notifier.status().receivers) assert.equal(waiting, 0)
  })
})

describe('a storm of which one cluster fires for weeks', () => {
  it('is told again, and over when that is', async () => {
    const w = await begin({ settings: { storm: { incidents: 1, within: MINUTE }, repeatInterval: 24 * HOUR } })
    for (let number = 0; number < 4; number++) await w.fire({ cluster: cluster(number) })
    await w.until(HOUR)
    for (let number = 0; number < 3; number++) await w.resolve({ cluster: cluster(number) })
    await w.until(16 * 24 * HOUR)
    assert.equal(headlines(w.slack)[1], '🔴 STORM: 1 more clusters failing')
    assert.ok(headlines(w.slack).filter((line) => line.startsWith('>> ')).length >= 14, headlines(w.slack).join('\n'))
    await w.resolve({ cluster: cluster(3) })
    await w.until(16 * 24 * HOUR + MINUTE)
    assert.match(headlines(w.slack)[1] ?? '', /^🟢 STORM OVER/)
  })
})

describe('what could not be sent for a while', () => {
  it('is told in the order in which it was due', async () => {
    const routes = [
      { match: 'cluster=shop/c001', groupWait: 2 * MINUTE },
      { match: 'cluster=~.*', groupWait: SECOND },
    ].map(({ match, groupWait }) => ({
      matchers: [parseMatcher(match)].flatMap((each) => each ?? []),
      receivers: ['slack'],
      continue: false,
      groupWait,
      repeatInterval: null,
    }))
    const w = await begin({ settings: { routes }, fault: (_, at) => (at < 10 * MINUTE ? { status: 503 } : {}) })
    await w.fire({ cluster: cluster(1) })
    await w.fire({ cluster: cluster(2) })
    await w.until(12 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/c002', '🔴 CRITICAL shop/c001'])
  })
})

describe('a message whose answer was lost', () => {
  it('is looked up before it is sent again, whatever else is due meanwhile', async () => {
    const w = await begin({ fault: (_, at) => (at < 3 * SECOND ? { lost: true } : {}) })
    await w.fire({ cluster: cluster(1) })
    await w.until(1.5 * SECOND)
    await w.fire({ cluster: cluster(2) })
    await w.until(MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/c001', '🔴 CRITICAL shop/c002'])
    assert.equal(w.slack.calls['conversations.history'], 1)
  })
})

describe('an hour without Slack', () => {
  for (const [name, fault] of [
    ['refusing connections with 503', { status: 503 }],
    ['rate limiting', { status: 429, retryAfter: 30 }],
    ['cutting connections', { cut: true }],
    ['taking messages and losing the answers', { lost: true }],
  ] as const)
    it(`${name}: all is told after, folded, in order, once`, async () => {
      const w = await begin({
        fault: (method, at) => (at < HOUR && (method.startsWith('chat') || !('lost' in fault)) ? fault : {}),
      })
      await w.fire({ rule: 'failsafe-active', severity: 'warning', member: 'orders-0' })
      for (let number = 0; number < 5; number++) {
        await w.until((number + 1) * 5 * MINUTE)
        await w.fire({ member: `orders-${number + 1}` })
        await w.fire({ cluster: cluster(number) })
        await w.until((number + 1) * 5 * MINUTE + MINUTE)
        await w.resolve({ cluster: cluster(number) })
      }
      await w.resolve({ member: 'orders-1' })
      const reasons =
        w.notifier
          .explain('failsafe')
          ?.decisions.map(({ text }) => text)
          .join() ?? ''
      assert.match(reasons, /slack did not take it: .*; it is tried again/)
      await w.until(2 * HOUR)
      const all = headlines(w.slack)
      assert.equal(all.filter((line) => /^🔴 CRITICAL shop\/orders · 5 alerts$/.test(line)).length, 1, all.join('\n'))
      const text = JSON.stringify(w.slack.messages)
      for (let number = 0; number < 5; number++) assert.ok(text.includes(cluster(number)), cluster(number))
      if (!('lost' in fault)) assert.ok(w.slack.messages.length <= 5, `${w.slack.messages.length}: ${all.join('\n')}`)
      const keys = w.slack.messages.map(({ metadata }) => metadata?.event_payload.dedup_key)
      assert.equal(new Set(keys).size, keys.length, 'nothing twice')
      for (const { waiting, trouble } of w.notifier.status().receivers)
        assert.deepEqual({ waiting, trouble }, { waiting: 0, trouble: null })
    })
})
