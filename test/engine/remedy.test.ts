import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cluster, story } from '../story.ts'

describe('what an alert says to check first', () => {
  it('names the member, and the cluster as patronictl does: without its namespace', () => {
    const { effects } = story(
      'replica-without-upstream',
      cluster('shop/orders').replica('pg-1').replica('pg-2').withoutViews().removeUpstream('pg-1', 100).until(300),
    ).told
    const [alert] = effects.flatMap((effect) =>
      effect.kind === 'alert' && effect.rule === 'replica-without-upstream' ? [effect] : [],
    )
    assert.equal(alert?.cluster, 'shop/orders')
    assert.ok(alert.remedy.includes('patronictl list orders'), alert.remedy.join('\n'))
    assert.ok(alert.remedy.includes("psql -h pg-1 -c 'show primary_conninfo'"), alert.remedy.join('\n'))
  })
})
