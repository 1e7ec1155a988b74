import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseMatcher, writeMatcher } from '../../src/model/matcher.ts'
import type { Silence, Window } from '../../src/model/receiver.ts'
import { begin } from './begin.ts'
import { HOUR, headlines, MINUTE, SECOND, START } from './kit.ts'

const matcher = (text: string) => {
  const read = parseMatcher(text)
  assert.ok(read, text)
  return read
}
const silence = (given: Partial<Silence>): Silence => ({
  id: 's1',
  matchers: [matcher('cluster=shop/orders')],
  startsAt: START,
  endsAt: START + 30 * MINUTE,
  by: 'ada',
  comment: 'disk is being changed',
  ...given,
})

describe('matchers', () => {
  it('read as they are written', () => {
    for (const text of ['cluster=a', 'member!=b', 'rule=~replica-.*', 'severity!~info|warning', 'subject=a=b'])
      assert.equal(writeMatcher(matcher(text)), text)
    assert.equal(matcher('cluster = "a b"').value, 'a b')
  })
  it('are refused when they name nothing or are no pattern', () => {
    for (const text of ['colour=red', 'cluster', 'cluster=~(', '=x', ''])
      assert.equal(parseMatcher(text), undefined, text)
  })
})

describe('a silence', () => {
  it('holds an alert back until it ends, and says so', async () => {
    const w = await begin()
    await w.notifier.silence(silence({}))
    await w.fire({})
    await w.fire({ cluster: 'shop/other' })
    await w.until(20 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/other'])
    assert.equal(
      w.notifier.status().firing.find(({ cluster }) => cluster === 'shop/orders')?.muted,
      'silenced by s1: disk is being changed',
    )
    await w.until(40 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/other', '🔴 CRITICAL shop/orders'])
  })

  it('that ends early lets the alert through at once', async () => {
    const w = await begin()
    await w.notifier.silence(silence({ endsAt: START + HOUR }))
    await w.fire({})
    await w.until(MINUTE)
    assert.equal(await w.notifier.expire('s1'), true)
    assert.equal(await w.notifier.expire('s2'), false)
    await w.until(2 * MINUTE)
    assert.equal(w.slack.messages.length, 1)
  })

  it('outlives a restart, and takes patterns', async () => {
    const w = await begin()
    await w.notifier.silence(silence({ matchers: [matcher('rule=~replica-.*'), matcher('member!=orders-2')] }))
    await w.restart()
    await w.fire({})
    await w.fire({ member: 'orders-2' })
    await w.until(MINUTE)
    assert.equal(w.slack.messages.length, 1)
    assert.equal(w.notifier.silences().length, 1)
  })

  it('over an alert already told keeps quiet but tells the end', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    await w.notifier.silence(silence({ endsAt: START + 10 * HOUR }))
    await w.until(9 * HOUR)
    assert.deepEqual(headlines(w.slack).slice(1), ['> 🔵 replica-without-upstream of orders-1 is silenced'])
    await w.resolve({})
    await w.until(9.1 * HOUR)
    assert.match(headlines(w.slack)[0] ?? '', /RESOLVED/)
  })
})

describe('a silence over an alert that was told', () => {
  it('that ends while the alert fires tells it again', async () => {
    const w = await begin()
    await w.fire({})
    await w.until(MINUTE)
    await w.notifier.silence(silence({}))
    await w.until(40 * MINUTE)
    assert.deepEqual(headlines(w.slack).slice(1), [
      '> 🔵 replica-without-upstream of orders-1 is silenced',
      '>> 🔴 replica-without-upstream of orders-1 still fires, no longer silenced',
    ])
    const reasons = w.notifier.explain('replica')?.decisions.map(({ text }) => text) ?? []
    for (const reason of [
      'not sent: silenced by s1: disk is being changed',
      'no longer muted (silenced by s1: disk is being changed)',
    ])
      assert.ok(reasons.includes(reason), reasons.join('\n'))
  })

  it('is shown beside it in an incident that goes on', async () => {
    const w = await begin()
    await w.fire({ member: 'orders-0' })
    await w.fire({})
    await w.until(MINUTE)
    await w.notifier.silence(silence({ matchers: [matcher('member=orders-1')] }))
    await w.until(2 * MINUTE)
    assert.match(
      JSON.stringify(w.slack.messages[0]?.blocks),
      /Also in this.*CRITICAL .* \[silenced by s1: disk is being changed\]/,
    )
  })

  it('that outlasts it lets nothing through', async () => {
    const w = await begin()
    await w.notifier.silence(silence({}))
    await w.fire({})
    await w.until(MINUTE)
    await w.resolve({})
    await w.until(40 * MINUTE)
    assert.deepEqual(headlines(w.slack), [])
    const reason = w.notifier.explain('replica')?.decisions.at(-1)?.text
    assert.equal(reason, 'ended, never sent: silenced by s1: disk is being changed')
  })

  it('in which something happens and is over never tells it', async () => {
    const w = await begin()
    await w.notifier.silence(silence({}))
    await w.fire({ rule: 'leader-changed', severity: 'warning', endsAt: w.now(), endReason: 'once' })
    await w.until(2 * HOUR)
    assert.deepEqual(headlines(w.slack), [])
    assert.match(w.notifier.explain('leader-changed')?.decisions.at(-1)?.text ?? '', /^not sent: silenced by s1/)
  })

  it('holds information back too', async () => {
    const w = await begin()
    await w.notifier.silence(silence({ matchers: [matcher('rule=metrics-missing')] }))
    await w.fire({})
    await w.fire({ rule: 'metrics-missing', severity: 'info' })
    await w.until(MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders'])
    assert.match(w.notifier.explain('metrics-missing')?.decisions.at(-1)?.text ?? '', /^not sent: silenced by s1/)
  })
})

describe('planned work', () => {
  /** 04:00 UTC is 05:00 in Berlin, a Monday. */
  const window: Window = {
    name: 'patch day',
    matchers: [],
    days: [1],
    from: 5 * 60,
    length: 30 * MINUTE,
    zone: 'Europe/Berlin',
  }

  it('holds alerts back while it lasts', async () => {
    const w = await begin({ settings: { windows: [window] } })
    await w.fire({})
    await w.until(29 * MINUTE)
    assert.equal(w.slack.messages.length, 0)
    assert.match(w.notifier.explain('replica')?.decisions.at(-1)?.text ?? '', /planned work: patch day/)
    await w.until(32 * MINUTE)
    assert.equal(w.slack.messages.length, 1)
  })

  it('of other days and hours holds nothing back', async () => {
    const w = await begin({
      settings: {
        windows: [
          { ...window, days: [2] },
          { ...window, from: 4 * 60 },
        ],
      },
    })
    await w.fire({})
    await w.until(MINUTE)
    assert.equal(w.slack.messages.length, 1)
  })
})

describe('routes', () => {
  const route = (matchers: string[], receivers: string[], more = {}) => ({
    matchers: matchers.map(matcher),
    receivers,
    continue: false,
    groupWait: null,
    repeatInterval: null,
    ...more,
  })

  it('the first that matches takes the alert, later ones when it says so', async () => {
    const w = await begin({
      settings: {
        routes: [
          route(['severity=critical'], ['slack'], { continue: true, groupWait: MINUTE }),
          route(['cluster=~shop/.*'], []),
          route([], ['slack']),
        ],
      },
    })
    await w.fire({})
    await w.fire({ severity: 'warning', member: 'orders-2' })
    await w.until(50_000)
    assert.equal(w.slack.messages.length, 0)
    await w.until(2 * MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders · 2 alerts'])
    const warning = w.notifier.status().firing.find(({ severity }) => severity === 'warning')
    assert.match(w.notifier.explain(warning?.fingerprint ?? '')?.decisions.at(-1)?.text ?? '', /no route takes it/)
    for (const summary of ['1 GB behind', '2 GB behind', '3 GB behind'])
      await w.fire({ severity: 'warning', member: 'orders-2', summary })
    const reasons = w.notifier.explain(warning?.fingerprint ?? '')?.decisions.map(({ text }) => text)
    assert.deepEqual(reasons, ['fired: no route takes it', 'changed: no route takes it'], 'each reason once')
  })

  it('that lead to a receiver twice lead to it once, as the first of them says', async () => {
    const w = await begin({
      settings: {
        routes: [
          route(['severity=critical'], ['slack'], { continue: true, groupWait: SECOND }),
          route([], ['slack'], { groupWait: HOUR }),
        ],
      },
    })
    await w.fire({})
    await w.until(MINUTE)
    assert.deepEqual(headlines(w.slack), ['🔴 CRITICAL shop/orders'])
    assert.match(w.notifier.explain('replica')?.decisions[0]?.text ?? '', /^fired: to be told to slack$/)
  })
})
