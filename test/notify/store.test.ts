import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import { alertOf, headlines, MINUTE, SECOND, START, world } from './kit.ts'

describe('the state in a file', () => {
  it('keeps the newest value of each key, takes all of a write or none, and outlives the process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patrolog-store-'))
    const file = join(folder, 'state.db')
    const first = sqliteStore(file)
    await first.write([
      { key: 'a', value: { n: 1 } },
      { key: 'b', value: { n: 1 } },
    ])
    const loop: { self?: object } = {}
    loop.self = loop
    await assert.rejects(
      first.write([
        { key: 'a', value: { n: 2 } },
        { key: 'b', value: loop },
      ]),
    )
    await first.write([{ key: 'b', value: null }])
    const second = sqliteStore(file)
    assert.deepEqual([...(await second.load())], [['a', { n: 1 }]])
    await first.close()
    await second.close()
    rmSync(folder, { recursive: true })
  })

  it('that cannot be opened is named', () => {
    assert.throws(() => sqliteStore('/no/such/folder/state.db'), /state file \/no\/such\/folder\/state\.db: /)
  })
})

describe('a store that cannot be written for a while', () => {
  for (const failing of [1, 2, 3, 4, 5])
    it(`from write ${failing} on: nothing is sent that is not written down; then all is told, once`, async () => {
      const store = sqliteStore(':memory:')
      let writes = 0
      const failingStore = {
        ...store,
        write: (changes: Parameters<typeof store.write>[0]) =>
          ++writes >= failing && writes < failing + 3 ? Promise.reject(new Error('disk full')) : store.write(changes),
      }
      const w = await world({ store: failingStore })
      const again = async (work: () => Promise<void>): Promise<void> => {
        for (let tries = 0; tries < 6; tries++) {
          const failed = await work().then(
            () => false,
            () => true,
          )
          if (!failed) return
        }
        assert.fail('expected the store to be written in the end')
      }
      await again(() => w.fire({}))
      await again(() => w.until(10 * SECOND))
      await again(() => w.resolve({}))
      await again(() => w.until(MINUTE))
      assert.match(headlines(w.slack)[0] ?? '', /^🟢 RESOLVED/)
      const keys = w.slack.messages.map(({ metadata }) => metadata?.event_payload.dedup_key)
      assert.equal(new Set(keys).size, keys.length)
      assert.equal(w.notifier.status().receivers[0]?.waiting, 0)
      await w.close()
    })
})

describe('a store that has the first part of a large write only, since the process died', () => {
  for (const taken of [1, 2])
    it(`${taken} of its changes: the alert, read again, is told`, async () => {
      const store = sqliteStore(':memory:')
      let dying = false
      const cut = async (changes: Parameters<typeof store.write>[0]): Promise<void> => {
        await store.write(dying ? changes.slice(0, taken) : changes)
        if (dying) throw new Error('killed')
      }
      const w = await world({ store: { ...store, write: cut } })
      const record = { alert: alertOf({ time: START, startsAt: START }), seq: 1 }
      dying = true
      await assert.rejects(w.notifier.take([record]))
      dying = false
      await w.restart()
      await w.notifier.take([record])
      await w.until(MINUTE)
      assert.equal(headlines(w.slack).length, 1)
      await w.close()
    })
})
