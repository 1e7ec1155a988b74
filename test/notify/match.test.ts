import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Alert } from '../../src/model/effect.ts'
import { matches, parseMatcher } from '../../src/model/matcher.ts'
import type { Silence, Window } from '../../src/model/receiver.ts'
import { silenceOf, windowOf } from '../../src/notify/match.ts'
import { alertOf, HOUR, MINUTE, START } from './kit.ts'

const alert = alertOf({})
const silence = (id: string, startsAt: number, endsAt: number, matchers: Silence['matchers'] = []): Silence => ({
  ...{ id, matchers, startsAt, endsAt },
  by: 'ada',
  comment: 'disk is being changed',
})

describe('a matcher', () => {
  const holds = (text: string, given: Partial<Alert> = {}) => {
    const matcher = parseMatcher(text)
    assert.ok(matcher, text)
    return matches([matcher], { ...alert, ...given })
  }
  it('has to match the whole value', () => {
    assert.deepEqual(
      ['cluster=shop/orders', 'cluster=shop', 'cluster=~shop', 'cluster=~shop/.*', 'cluster=~x|shop/orders'].map(
        (text) => holds(text),
      ),
      [true, false, false, true, true],
    )
  })
  it('says what it may not be', () => {
    assert.deepEqual(
      ['cluster!=shop', 'cluster!=shop/orders', 'cluster!~shop', 'cluster!~shop/.*'].map((text) => holds(text)),
      [true, false, true, false],
    )
  })
  it('takes an alert of no member as one of the empty name', () => {
    assert.deepEqual(
      ['member=', 'member=""', 'member=~.+', 'member!=orders-1'].map((text) => holds(text, { member: null })),
      [true, true, false, true],
    )
  })
  it('has a value of any text, in quotes where it has them', () => {
    assert.equal(holds('subject = "a b" ', { subject: 'a b' }), true)
    assert.equal(holds('subject=~a.b', { subject: 'a\nb' }), true)
    assert.deepEqual(
      [holds('subject!=a.b', { subject: 'axb' }), holds('subject=a.b', { subject: 'axb' })],
      [true, false],
    )
  })
  it('beside others holds where all do', () => {
    const both = ['rule=~replica-.*', 'severity=warning'].flatMap((text) => parseMatcher(text) ?? [])
    assert.equal(matches(both, alert), false)
    assert.equal(matches(both, { ...alert, severity: 'warning' }), true)
  })
})

describe('a silence', () => {
  it('is in force from its begin to before its end', () => {
    const at = (now: number) => silenceOf([silence('s', START, START + HOUR)], alert, now)?.id
    assert.deepEqual([START - 1, START, START + HOUR - 1, START + HOUR].map(at), [undefined, 's', 's', undefined])
  })
  it('that ends last is named where several are in force', () => {
    const of = (...ends: readonly number[]) =>
      silenceOf(
        ends.map((end, at) => silence(`s${at}`, START, START + end)),
        alert,
        START,
      )?.id
    assert.deepEqual([of(1, 3, 2), of(3, 1), of(2, 2)], ['s1', 's0', 's0'])
  })
  it('of another cluster is none', () => {
    const other = parseMatcher('cluster=shop/other')
    assert.equal(silenceOf([silence('s', START, START + HOUR, other ? [other] : [])], alert, START), undefined)
  })
})

describe('planned work', () => {
  const window = (given: Partial<Window>): Window => ({
    ...{ name: 'patch day', matchers: [], days: [1], from: 5 * 60 + 30, length: HOUR, zone: 'Europe/Berlin' },
    ...given,
  })
  /** Ends of the work in force at these times, UTC; null where there is none. */
  const ends = (given: Partial<Window>, ...times: readonly string[]) =>
    times.map((time) => {
      const found = windowOf([window(given)], alert, Date.parse(`${time}Z`))
      return found === undefined ? null : new Date(found.endsAt).toISOString().slice(0, 16)
    })

  it('lasts from its begin to before its end, by the clock on the wall there', () => {
    const times = ['2026-11-23T04:29:59.999', '2026-11-23T04:30', '2026-11-23T05:29:59.999', '2026-11-23T05:30']
    assert.deepEqual(ends({}, ...times), [null, '2026-11-23T05:30', '2026-11-23T05:30', null])
    assert.deepEqual(ends({}, '2026-07-20T03:29', '2026-07-20T03:30'), [null, '2026-07-20T04:30'])
    assert.deepEqual(ends({}, '2026-11-24T04:30'), [null], 'of Mondays only')
  })

  it('that began the day before goes on over midnight, and over a week', () => {
    const late = { from: 23 * 60, length: 2 * HOUR }
    assert.deepEqual(ends(late, '2026-11-23T23:30', '2026-11-24T00:00', '2026-11-24T23:30'), [
      '2026-11-24T00:00',
      null,
      null,
    ])
    const week = ends({ length: 7 * 24 * HOUR - MINUTE }, '2026-11-30T04:28', '2026-11-30T04:29', '2026-11-30T04:30')
    assert.deepEqual(week, ['2026-11-30T04:29', null, '2026-12-07T04:29'])
  })

  it('begins once where clocks are set back, and after the gap where they are set forward', () => {
    const night = { days: [7], from: 2 * 60 + 30 }
    const back = ['2026-10-25T00:29', '2026-10-25T00:30', '2026-10-25T01:29', '2026-10-25T01:30']
    assert.deepEqual(ends(night, ...back), [null, '2026-10-25T01:30', '2026-10-25T01:30', null])
    const forward = ['2026-03-29T01:29', '2026-03-29T01:30', '2026-03-29T02:29', '2026-03-29T02:30']
    assert.deepEqual(ends(night, ...forward), [null, '2026-03-29T02:30', '2026-03-29T02:30', null])
  })

  it('of several is the first in force that is meant', () => {
    const matcher = parseMatcher('cluster=shop/other')
    const all = [window({ matchers: matcher ? [matcher] : [] }), window({ days: [2] }), window({ name: 'move' })]
    assert.equal(windowOf(all, alert, Date.parse('2026-11-23T04:30Z'))?.name, 'move')
  })
})
