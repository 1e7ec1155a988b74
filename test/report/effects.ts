import type { Alert, EventEffect, Transition } from '../../src/model/effect.ts'

/** The time at which all begins, epoch ms. */
export const T = Date.UTC(2026, 2, 4, 10)

export const transition = (time: number, facet: string, to: string, because = 'a line says so'): Transition => ({
  kind: 'transition',
  time,
  cluster: 'demo',
  member: 'pg-1',
  facet,
  from: 'x',
  to,
  since: time,
  basis: 'logged',
  because,
  evidence: [],
})

export const alert = (time: number, given: Partial<Alert> = {}): Alert => ({
  kind: 'alert',
  time,
  cluster: 'demo',
  member: 'pg-1',
  rule: 'replica-stalled',
  severity: 'critical',
  status: 'firing',
  fingerprint: 'f',
  subject: 'pg-1',
  since: time - 15_000,
  startsAt: time,
  endsAt: null,
  endReason: null,
  was: null,
  summary: 'pg-1 stands still',
  claims: [],
  measures: [],
  evidence: [],
  remedy: ['patronictl list demo'],
  runbook: 'docs/rules.md#replica-stalled',
  inhibitedBy: null,
  ...given,
})

export const event = (time: number, type: string, text = 'a line'): EventEffect => ({
  kind: 'event',
  time,
  cluster: 'demo',
  member: 'pg-1',
  type,
  level: 'INFO',
  text,
  params: {},
  source: { file: 'demo/pg-1.log', line: 1 },
  program: 'patroni',
})
