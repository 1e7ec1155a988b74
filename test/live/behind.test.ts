/** A backlog that is ours: what is decided of it is held until it is read, and what came and went is one digest. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Drill, drillIncident } from '../../src/drill/incident.ts'
import { until, values } from '../kafka/help.ts'
import { conversations } from '../notify/kit.ts'
import { leading } from './process.ts'
import { onBroker, type Service } from './stage.ts'

/** What is further behind than this is late. */
const STALE = 10_000
const stale = { staleAfter: `${STALE / 1000}s` }
const on = onBroker()

const pause = (since: number, length: number): Promise<void> => until('time to pass', () => Date.now() - since > length)

async function decided({ prefix }: Service): Promise<boolean> {
  const words = (await values(on.kafka, `${prefix}.progress`)).map((text) => JSON.parse(text))
  return words.some(({ decided }) => decided !== null)
}

describe('a backlog', { concurrency: true, timeout: 300_000 }, () => {
  it('while nobody decides: what still fires is told when it is decided, the rest in one digest', async () => {
    const service = await on.service({ notify: stale })
    const { processes, slack, send } = service
    processes.start('ingest')
    const voice = processes.start('notify')
    const first = processes.start('correlate')
    await leading(voice)
    await send(drillIncident(Date.now(), 'calm').records.slice(0, 1))
    await until('all to be decided', () => decided(service))
    first.signal('SIGKILL')
    await first.ended()

    const since = Date.now()
    const [one, other, lasts] = ['over-1', 'over-2', 'lasts'].map((scope) => drillIncident(since, scope))
    for (const { records } of [one, other, lasts] as Drill[]) await send(records)
    await pause(since, STALE)
    for (const { recovery } of [one, other] as Drill[]) await send(recovery(Date.now()))
    // What is decided of the start, a lateness after it, is late by more than that however fast the next one begins.
    await pause(since, 4 * STALE)
    processes.start('correlate')
    await until('all to be told', () => conversations(service.slack).length >= 2)
    assert.deepEqual(conversations(slack), [
      '⚪ MISSED: 2 incidents came and went before they were noticed',
      '🔴 CRITICAL patrolog-drill/lasts',
    ])
    assert.match(JSON.stringify(slack.messages), /noticed \d+ s late/)
  })

  it('of a shipper that sends four hours late is not ours: what its lines say is told at once', async () => {
    const service = await on.service({ notify: stale })
    service.processes.start('ingest,correlate,notify')
    await service.send(drillIncident(Date.now() - 4 * 3_600_000, 'sent-late').records)
    await until('it to be told', () => conversations(service.slack).length > 0)
    assert.deepEqual(conversations(service.slack), ['🔴 CRITICAL patrolog-drill/sent-late'])
    assert.match(JSON.stringify(service.slack.messages), /sent-late.*for 4 h/)
  })

  it('that nobody will decide: what was decided before is told, and that it may be over', async () => {
    let open = false
    const service = await on.service({ notify: stale, slack: { fault: () => (open ? {} : { status: 503 }) } })
    const { processes, slack, send } = service
    const all = processes.start('ingest,correlate,notify')
    await leading(all)
    await send(drillIncident(Date.now(), 'stored').records)
    const stored = async () => (await values(on.kafka, `${service.prefix}.notifications`)).join()
    await until('the decision to be stored', async () => /"fired"/.test(await stored()))
    await until('how far it was', () => decided(service))
    all.signal('SIGKILL')
    await all.ended()

    await pause(Date.now(), STALE)
    open = true
    const voice = processes.start('notify')
    await leading(voice)
    assert.deepEqual(conversations(service.slack), [], 'who decides may be about to come back')
    await until('it to be told', () => conversations(service.slack).length > 0)
    assert.deepEqual(conversations(service.slack), ['🔴 CRITICAL patrolog-drill/stored'])
    assert.match(
      JSON.stringify(slack.messages),
      /not confirmed since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, it may be over/,
    )
  })
})
