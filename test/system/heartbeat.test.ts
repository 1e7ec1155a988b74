/** The heartbeat of a service whose roles are processes of their own: it rests when one of them hangs, and comes back. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { drillIncident } from '../../src/drill/incident.ts'
import { until } from '../kafka/help.ts'
import { type LiveProcess, leading } from '../live/process.ts'
import { onBroker } from '../live/stage.ts'
import { type WebStandIn, webStandIn } from '../notify/web.ts'

const PATIENCE = 240_000
/** Beats come each second: so long without one is no beat, ms. */
const QUIET = 15_000

const on = onBroker()
let listener: WebStandIn

before(async () => {
  listener = await webStandIn()
})
after(() => listener?.close())

/** A service that is alive, each role a process of its own, and its beats. */
async function alive(name: string) {
  const life = { heartbeat: { url: `${listener.url}${name}`, every: '1s' } }
  const { processes, send } = await on.service({ receivers: { life } })
  const count = (): number => listener.bodies(`/${name}`).length

  async function beating(): Promise<void> {
    const before = count()
    await until('heartbeats', () => count() > before + 1, PATIENCE)
  }

  /** Waits until none has come for a while. */
  async function resting(): Promise<void> {
    let [before, since] = [count(), Date.now()]
    const rests = (): boolean => {
      if (count() !== before) [before, since] = [count(), Date.now()]
      return Date.now() - since > QUIET
    }
    await until('the heartbeats to end', rests, PATIENCE)
  }

  await send(drillIncident(Date.now(), 'calm').records.slice(0, 1))
  const notify = processes.start('notify')
  await leading(notify)
  assert.equal(count(), 0, 'nobody decides yet')
  const [ingest, correlate] = [processes.start('ingest'), processes.start('correlate')]
  await beating()
  return { notify, ingest, correlate, beating, resting }
}

function standsStill(voice: LiveProcess): void {
  const last = voice.events.findLast(({ event }) => event === 'alive' || event === 'not-alive')
  assert.equal(last?.event, 'not-alive')
  assert.deepEqual(last?.stalled, [0, 1, 2, 3])
}

describe('a heartbeat is fed while all roles go on', { concurrency: true, timeout: 600_000 }, () => {
  for (const role of ['ingest', 'correlate'] as const)
    it(`it rests while ${role} hangs, and goes on with it`, async () => {
      const service = await alive(`hang-${role}`)
      service[role].signal('SIGSTOP')
      await service.resting()
      standsStill(service.notify)
      service[role].signal('SIGCONT')
      await service.beating()
    })

  it('it ends with a role that is no more', async () => {
    const service = await alive('kill')
    service.correlate.signal('SIGKILL')
    await service.resting()
    standsStill(service.notify)
  })
})
