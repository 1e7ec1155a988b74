import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { alertOf, headlines, MINUTE, type World, world } from './kit.ts'

let open: World | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

/** An incident of a critical alert and two warnings, a minute old. */
async function begin(): Promise<World> {
  open = await world()
  await open.fire({})
  await open.fire(warning('orders-2'))
  await open.fire(warning('orders-3'))
  await open.until(MINUTE)
  return open
}
const warning = (member: string) => ({ rule: 'wal-backlog', severity: 'warning', member }) as const
const gone = { endReason: 'member gone', summary: 'it was removed' }

/** The first lines of what is answered to these records. */
async function answered(...records: readonly ((w: World) => Promise<void>)[]): Promise<string[]> {
  const w = await begin()
  for (const record of records) await record(w)
  await w.until(2 * MINUTE)
  return headlines(w.slack).slice(1)
}

describe('an answer in a thread', () => {
  it('is green when what it tells ended by proof', async () => {
    assert.deepEqual(await answered((w) => w.resolve(warning('orders-2'))), ['> 🟢 wal-backlog of orders-2 is over'])
  })

  it('of several ends is grey when one has no proof', async () => {
    const both = [
      (w: World) => w.resolve({ ...warning('orders-2'), ...gone }),
      (w: World) => w.resolve(warning('orders-3')),
    ]
    assert.deepEqual(await answered(...both), ['> ⚪ 2 changes'])
  })

  it('is red when something critical is new in it', async () => {
    const both = [(w: World) => w.fire({ member: 'orders-4' }), (w: World) => w.resolve(warning('orders-2'))]
    assert.deepEqual(await answered(...both), ['>> 🔴 2 changes'])
  })

  it('of an end and a change is as severe as what changed', async () => {
    const both = [(w: World) => w.resolve(warning('orders-2')), (w: World) => w.fire({ summary: 'it is far behind' })]
    assert.deepEqual(await answered(...both), ['> 🔴 2 changes'])
  })

  it('on a new alert has what it claims and measures, and the lines; and nothing empty', async () => {
    const { measures } = alertOf({})
    const told = async (alert: Parameters<World['fire']>[0]) => {
      await answered((w) => w.fire({ member: 'orders-4', ...alert }))
      const text = JSON.stringify(open?.slack.messages.at(-1)?.blocks)
      await open?.close()
      return text
    }
    const whole = await told({ measures: measures.slice(0, 1) })
    assert.match(whole, /Logs say.*I am \(orders-1\).*received 0\/F000000.*Evidence.*primary_conninfo/)
    assert.doesNotMatch(await told({ claims: [], measures: [], evidence: [] }), /Logs say|Evidence/)
    open = undefined
  })
})
