import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { causesFirst } from '../../src/engine/inhibition.ts'
import type { Rule } from '../../src/model/rule.ts'
import { EPOCH } from '../../src/story/node.ts'
import { rules, tell } from '../../src/story/tell.ts'
import { cluster, demo, story } from '../story.ts'

describe('inhibition', () => {
  it('asks causes before their consequences', () => {
    const order = causesFirst(rules).map(({ meta }) => meta.id)
    assert.equal(order.length, rules.length)
    for (const { meta } of rules)
      for (const consequence of meta.inhibits)
        if (!rules.some(({ meta: other }) => other.id === consequence && other.inhibits.includes(meta.id)))
          assert.ok(order.indexOf(meta.id) < order.indexOf(consequence), `${meta.id} before ${consequence}`)
  })

  it('mutes a consequence that begins in the same check as its cause', () => {
    story('replica-stalled', demo().withoutViews().removeUpstream('pg-1', 100).until(300)).inhibitedBy(
      'replica-without-upstream',
    )
  })

  it('mutes nothing of another member', () => {
    const happens = demo().withoutViews().removeUpstream('pg-1', 100).freeze('pg-2', 150).until(300)
    const muted = story('replica-stalled', happens).told.effects.flatMap((effect) =>
      effect.kind === 'alert' && effect.rule === 'replica-stalled' && effect.inhibitedBy !== null
        ? [effect.member]
        : [],
    )
    assert.deepEqual(muted, ['pg-1'])
  })

  it('ends when nobody is heard of the cause for two ttl, however often is looked', () => {
    const happens = () =>
      demo().withoutViews().removeUpstream('pg-1', 100).metricsVanish(160, 'pg-1').logsVanish(160, 'pg-1').until(600)
    const of = (checkAll: boolean) => story('replica-stalled', happens(), { checkAll }).inhibitedByNobodyAt(240)
    assert.deepEqual(of(true).told.effects, of(false).told.effects)
  })

  it('ends after a quarter of an hour, also when nothing changes meanwhile', () => {
    const happens = () => demo().withoutViews().removeUpstream('pg-1', 100).until(1300)
    const of = (checkAll: boolean) => story('replica-stalled', happens(), { checkAll })
    assert.deepEqual(of(true).told.effects, of(false).told.effects)
    const sent = of(false).told.effects.find(
      (effect) => effect.kind === 'alert' && effect.rule === 'replica-stalled' && effect.inhibitedBy === null,
    )
    assert.equal((sent?.time ?? 0) - EPOCH, 1_020_000)
  })

  it('sends the consequence after a quarter of an hour', () => {
    const told = story('replica-stalled', demo().removeUpstream('pg-1', 100).until(1300)).inhibitedByNobodyAt(1300)
    told.begins(1)
  })
})

describe('a cause that its rule no longer finds, nor finds over', () => {
  const shipped = rules[0] as Rule
  /** Fires for a member between two seconds of the story; says nothing before and after. */
  const rule = (id: string, from: number, to: number, inhibits: readonly string[]): Rule => ({
    ...shipped,
    meta: { ...shipped.meta, id, scope: 'member', for: 0, mutedBy: [], inhibits },
    *check(_, clock) {
      if (clock.past(EPOCH + from * 1000, 0) && !clock.past(EPOCH + to * 1000, 0))
        yield { verdict: 'fire', subject: 'pg-1', member: 'pg-1', summary: id }
    },
  })
  const told = (checkAll: boolean) =>
    tell(demo().until(600), {
      checkAll,
      rules: [rule('cause', 100, 200, ['consequence']), rule('consequence', 150, 600, [])],
    }).effects.flatMap((effect) =>
      effect.kind === 'alert' && effect.rule === 'consequence'
        ? [`${(effect.time - EPOCH) / 1000} ${effect.inhibitedBy === null ? 'sent' : 'muted'}`]
        : [],
    )

  it('mutes for two ttl from when it was last found', () => {
    assert.deepEqual(told(true), ['150 muted', '255 sent'])
    assert.deepEqual(told(false), told(true))
  })
})

describe('alerts of a member that is gone', () => {
  it('end with it, not green', () => {
    const told = story(
      'metrics-missing',
      cluster('demo').replica('pg-1').replica('pg-2').metricsVanish(100, 'pg-1').gracefulStop('pg-1', 600).until(1900),
    ).told
    const ends = told.effects.flatMap((effect) =>
      effect.kind === 'alert' && effect.member === 'pg-1' && effect.status === 'resolved' ? [effect.endReason] : [],
    )
    assert.ok(ends.includes('member gone'), ends.join(', '))
  })

  it('do not begin again, whatever a rule goes on to say of it', () => {
    const shipped = rules[0] as Rule
    const complaint: Rule = {
      ...shipped,
      meta: { ...shipped.meta, id: 'complaint', for: 0, mutedBy: [], inhibits: [] },
      *check(cluster) {
        for (const { name } of cluster.members.values())
          yield { verdict: 'fire', subject: name, member: name, summary: `${name} is there` }
      },
    }
    const happens = cluster('demo').replica('pg-1').replica('pg-2').gracefulStop('pg-2', 100).until(1900)
    const alerts = tell(happens, { rules: [complaint] }).effects.flatMap((effect) =>
      effect.kind === 'alert' && effect.member === 'pg-2' ? [`${effect.status} ${effect.endReason}`] : [],
    )
    assert.deepEqual(alerts, ['firing null', 'resolved member gone'])
  })

  it('are those of the cluster too, when it was the last one', () => {
    const removed = demo()
      .configured({ forgetAfter: 1_800_000 })
      .leaderDiesForGood(100)
      .logsVanish(300)
      .metricsVanish(300)
    const { effects } = tell(removed.until(2400))
    const alerts = effects.filter(
      (effect) => effect.kind === 'alert' && effect.member === null && effect.endReason !== 'once',
    )
    const told = alerts.map((effect) =>
      effect.kind === 'alert' ? `${effect.rule} ${effect.status} ${effect.endReason}` : '',
    )
    for (const rule of ['no-leader', 'writes-rejected', 'failover-blocked'])
      assert.deepEqual(
        told.filter((line) => line.startsWith(rule)),
        [`${rule} firing null`, `${rule} resolved member gone`],
      )
  })

  it('an event that was told ends with nobody: it ended at once', () => {
    const happens = demo()
      .configured({ forgetAfter: 3_600_000 })
      .leaderDies(100, 'pg-1')
      .logsVanish(300)
      .metricsVanish(300)
    story('leader-changed', happens.until(5000)).begins(1).unchangedAfter(140)
  })
})
