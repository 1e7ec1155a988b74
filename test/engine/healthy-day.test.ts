import assert from 'node:assert/strict'
import { it } from 'node:test'
import { DAY, healthyDay } from '../../src/story/day.ts'
import { tale, tell } from '../story.ts'

for (const version of ['3.0.2', '4.1.4'])
  it(`a healthy day of a cluster under Patroni ${version}, read every 10 s: nobody is told anything`, () => {
    const told = tell(healthyDay({ seed: 1, version, sampling: 10 }))
    const alerts = told.effects.filter(({ kind }) => kind === 'alert')
    assert.equal(alerts.length, 0, tale({ ...told, effects: alerts }))
    const [cluster] = told.engine.clusters.values()
    const last = Math.max(...[...(cluster?.members.values() ?? [])].map(({ measure }) => measure.sampled.at))
    assert.ok(
      last > told.engine.counts.events && told.engine.counts.events > (3 * DAY) / 10 / 2,
      'the whole day was told',
    )
  })
