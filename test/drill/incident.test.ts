import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { drillIncident } from '../../src/drill/incident.ts'
import type { Alert } from '../../src/model/effect.ts'
import { root } from '../../src/root.ts'

const NOW = Date.UTC(2026, 10, 26, 8)

/** Alerts of lines as a file of them is replayed. */
function alertsOf(records: readonly { readonly value: string }[]): readonly Alert[] {
  const input = records.map(({ value }) => `${value}\n`).join('')
  const args = ['replay', '-', '--format', 'jsonl', '--kinds', 'alert']
  const out = execFileSync(join(root, 'bin', 'patrolog'), args, { input, encoding: 'utf8', stdio: 'pipe' })
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Alert)
    .filter(({ kind }) => kind === 'alert')
}

describe('the incident of a drill', () => {
  const { cluster, rule, records, recovery } = drillIncident(NOW)

  it('is one critical alert', () => {
    const told = alertsOf(records)
    assert.deepEqual(
      told.map((alert) => [alert.cluster, alert.rule, alert.severity, alert.status]),
      [[cluster, rule, 'critical', 'firing']],
    )
  })

  it('ends by its own lines, and so does that nobody took writes meanwhile', () => {
    const told = alertsOf([...records, ...recovery(NOW + 45_000)])
    assert.deepEqual(
      told.map((alert) => [alert.rule, alert.status, alert.endReason]),
      [
        [rule, 'firing', null],
        ['writes-rejected', 'firing', null],
        ['writes-rejected', 'resolved', 'proof'],
        [rule, 'resolved', 'proof'],
      ],
    )
  })
})
