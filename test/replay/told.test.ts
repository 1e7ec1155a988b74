import assert from 'node:assert/strict'
import { it } from 'node:test'
import { told } from '../../src/replay/told.ts'
import { alert, T, transition } from '../report/effects.ts'

it('counts an alert once, however often its sentence or severity changes while it fires', () => {
  const counted = told(() => {})
  counted.effect(transition(T, 'replication', 'stopped'))
  counted.effect(alert(T))
  counted.effect(alert(T + 5_000, { startsAt: T, summary: 'pg-1 stands still, and its replay as well' }))
  counted.effect(alert(T + 10_000, { startsAt: T, was: 'warning' }))
  counted.effect(alert(T + 15_000, { startsAt: T, status: 'resolved', endsAt: T + 15_000 }))
  assert.deepEqual({ ...counted.alerts }, { 'replica-stalled': 1 })
  counted.effect(alert(T + 60_000))
  assert.deepEqual({ ...counted.alerts }, { 'replica-stalled': 2 })
  assert.equal(counted.transitions, 1)
  assert.equal(counted.from, T)
})
