import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import type { Outcome, Sender } from '../../src/model/sending.ts'
import { drive } from '../../src/notifier/drive.ts'
import { notifier } from '../../src/notifier/notifier.ts'
import { alertOf, SECOND, SETTINGS } from './kit.ts'

const hook = (name: string) =>
  ({ type: 'webhook', name, zone: 'UTC', url: 'http://127.0.0.1:1/', headers: {} }) as const
const sent: Outcome = { result: 'sent', ref: null }

describe('a receiver that hangs', () => {
  it('does not hold up what another is to be told again', async () => {
    const hanging = Promise.withResolvers<Outcome>()
    const again = Promise.withResolvers<string>()
    const deadline = setTimeout(() => again.resolve('not tried again'), 30 * SECOND)
    let tries = 0
    const busy = async (): Promise<Outcome> => {
      if (++tries === 1) return { result: 'later', why: 'HTTP 429', after: 20 }
      again.resolve('tried again')
      return sent
    }
    const senders = new Map<string, Sender>([
      ['hangs', { send: () => hanging.promise, close: async () => {} }],
      ['busy', { send: busy, close: async () => {} }],
    ])
    const settings = { ...SETTINGS, groupWait: 1, receivers: [hook('hangs'), hook('busy')] }
    const parts = { settings, store: sqliteStore(':memory:'), senders, now: Date.now }
    const voice = await notifier(parts, { onDue: () => clock.rearm() })
    const clock = drive(() => voice, Date.now, assert.ifError)
    await voice.take([{ alert: alertOf({ time: Date.now() }), seq: 1 }])
    assert.equal(await again.promise, 'tried again')
    clearTimeout(deadline)
    clock.stop()
    hanging.resolve(sent)
    await voice.close()
  })

  it('is given nothing else meanwhile, and what it takes in the end is written down before all is let go of', async () => {
    const hanging = Promise.withResolvers<Outcome>()
    const done: string[] = []
    const sender: Sender = {
      send() {
        done.push('send')
        return hanging.promise
      },
      close: async () => void done.push('sender closed'),
    }
    const memory = sqliteStore(':memory:')
    const store = {
      ...memory,
      async write(changes: Parameters<typeof memory.write>[0]) {
        if (changes.some(({ value }) => (value as { posted?: boolean } | null)?.posted)) done.push('written')
        await memory.write(changes)
      },
      close: async () => void done.push('store closed'),
    }
    const settings = { ...SETTINGS, groupWait: 0, receivers: [hook('hangs')] }
    const voice = await notifier({ settings, store, senders: new Map([['hangs', sender]]), now: Date.now })
    await voice.take([{ alert: alertOf({ time: Date.now() }), seq: 1 }])
    const first = voice.tick()
    await voice.take([{ alert: alertOf({ time: Date.now(), member: 'orders-2' }), seq: 1 }])
    await voice.tick()
    const closed = voice.close()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(done, ['send'])
    hanging.resolve(sent)
    await Promise.all([first, closed])
    assert.deepEqual(done, ['send', 'written', 'sender closed', 'store closed'])
    await memory.close()
  })
})
