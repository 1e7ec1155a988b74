import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Evidence } from '../../src/model/source.ts'
import { replayCommand } from '../../src/notify/render/incident.ts'
import type { IncidentView } from '../../src/notify/view.ts'
import { alertOf } from './kit.ts'

const BEGIN = Date.UTC(2026, 10, 23, 4, 26)

/** The command for an incident with this evidence. */
function command(...evidence: readonly Evidence[]): string {
  const view = {
    cluster: 'shop/orders',
    openedAt: BEGIN,
    closedAt: BEGIN + 60_000,
    alerts: [{ firing: alertOf({ evidence }) }],
  } as unknown as IncidentView
  return replayCommand(view)
}

const AROUND = '--only cluster=shop/orders --from 2026-11-23T04:21:00.000Z --to 2026-11-23T04:32:00.000Z'

describe('the command that replays an incident', () => {
  it('reads topics under the configuration, which alone knows the brokers and whose lines they are', () => {
    const of = (partition: number): Evidence => ({
      source: { topic: 'patroni-logs', partition, offset: '7', index: 0 },
      time: BEGIN,
      text: 'x',
    })
    assert.equal(command(of(0), of(1)), `patrolog replay kafka:patroni-logs --config patrolog.yaml ${AROUND}`)
  })

  it('reads files as they are', () => {
    const file: Evidence = { source: { file: '/var/log/my cluster/a.log', line: 3 }, time: BEGIN, text: 'x' }
    assert.equal(command(file), `patrolog replay '/var/log/my cluster/a.log' ${AROUND}`)
  })
})
