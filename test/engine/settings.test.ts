import { describe, it } from 'node:test'
import type { RuleOverrides } from '../../src/config/types.ts'
import { demo, type Story, story } from '../../src/story/index.ts'

/** Both replicas stand still from second 100 on; `own` are settings of pg-1 alone. */
const frozen = (own: RuleOverrides, cluster: RuleOverrides = {}): Story =>
  story(
    'replica-stalled',
    demo()
      .configured({ rules: cluster, members: { 'pg-1': { rules: own } } })
      .freeze('pg-1', 100)
      .freeze('pg-2', 100)
      .until(400),
  )

describe('settings of a rule for one member', () => {
  it('switch it off there and nowhere else', () => {
    frozen({ 'replica-stalled': { enabled: false } })
      .begins(1)
      .says(/^pg-2 /)
      .firesBy(160)
      .stillFiringAt(400)
  })

  it('change a parameter there, over that of the cluster', () => {
    const patient = { params: { receiveStill: 200_000 } }
    frozen({ 'replica-stalled': patient }).begins(2).firesBy(160)
    frozen({ 'replica-stalled': { params: { receiveStill: 15_000 } } }, { 'replica-stalled': patient })
      .says(/^pg-1 /)
      .firesBy(160)
      .begins(2)
  })

  it('change its severity there', () => {
    const off = { 'replica-stalled': { enabled: false } }
    frozen({ 'replica-stalled': { enabled: true, severity: 'info' } }, off).severityAt(300, 'info')
  })

  it('switch it on where the cluster switched it off', () => {
    frozen({ 'replica-stalled': { enabled: true } }, { 'replica-stalled': { enabled: false } })
      .begins(1)
      .says(/^pg-1 /)
  })
})
