import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import type { Outcome, Sender } from '../../src/model/sending.ts'
import { drive } from '../../src/notifier/drive.ts'
import { notifier } from '../../src/notifier/notifier.ts'
import type { AlertRecord, Notifier } from '../../src/notifier/types.ts'
import { alertOf, HOUR, MINUTE, SECOND, SETTINGS } from './kit.ts'

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
    await voice.take([{ alert: alertOf({ time: Date.now(), cluster: 'shop/other' }), seq: 1 }])
    await voice.tick()
    assert.ok(voice.due() > Date.now() + MINUTE, 'nothing to do until it answers')
    const closed = voice.close()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(done, ['send'])
    hanging.resolve(sent)
    await Promise.all([first, closed])
    assert.deepEqual(done, ['send', 'written', 'sender closed', 'store closed'])
    await memory.close()
  })
})

/** A notifier whose time is kept; `told` resolves when its receiver has been sent something. */
async function driven(store = sqliteStore(':memory:')) {
  const told = Promise.withResolvers<string>()
  const deadline = setTimeout(() => told.resolve('not told'), 30 * SECOND)
  let sendings = 0
  const sender: Sender = {
    async send() {
      sendings++
      told.resolve('told')
      return sent
    },
    close: async () => {},
  }
  const settings = { ...SETTINGS, groupWait: 0, receivers: [hook('web')] }
  const parts = { settings, store, senders: new Map([['web', sender]]), now: Date.now }
  const voice = await notifier(parts, { onDue: () => clock.rearm() })
  const errors: unknown[] = []
  const clock = drive(
    () => voice,
    Date.now,
    (error) => errors.push(error),
  )
  return {
    voice,
    clock,
    errors,
    told: told.promise,
    sendings: () => sendings,
    async close() {
      clearTimeout(deadline)
      clock.stop()
      await voice.close()
    },
  }
}

const fire = (voice: Notifier, origin: Partial<AlertRecord> = {}) =>
  voice.take([{ alert: alertOf({ time: Date.now() }), seq: 1, ...origin }])

describe('what waits is told at once', () => {
  it('when another process has ended its silence; an older word on that counts no more', async () => {
    const { voice, told, close } = await driven()
    const silence = { id: 's1', matchers: [], startsAt: Date.now() - SECOND, by: 'ada', comment: 'disk change' }
    await voice.heardSilence({ ...silence, id: 's0', endsAt: Date.now() - 1 })
    assert.deepEqual(voice.silences(), [])
    await voice.heardSilence({ ...silence, endsAt: Date.now() + MINUTE })
    await fire(voice)
    assert.match(voice.status().firing[0]?.muted ?? '', /silenced by s1/)
    await voice.heardSilence({ ...silence, endsAt: Date.now() - 1 })
    await voice.heardSilence({ ...silence, endsAt: Date.now() + MINUTE })
    assert.deepEqual(voice.silences(), [])
    assert.equal(await told, 'told')
    await close()
  })

  it('when its silence ends, though there was nothing to be sent before', async () => {
    const { voice, told, close } = await driven()
    const silence = { id: 's1', matchers: [], startsAt: Date.now() - SECOND, by: 'ada', comment: 'disk change' }
    await voice.silence({ ...silence, endsAt: Date.now() + 100 })
    await fire(voice)
    assert.equal(await told, 'told')
    await close()
  })

  it('when its part of the input has caught up', async () => {
    const { voice, told, close } = await driven()
    await fire(voice, { part: 'p1', lag: HOUR })
    await voice.lag('p1', SECOND)
    assert.equal(await told, 'told')
    await close()
  })

  it('when nobody decides about its part of the input any more', async () => {
    const { voice, told, close } = await driven()
    await fire(voice, { part: 'p1', lag: HOUR })
    await voice.unattended('p1', Date.now())
    assert.equal(await told, 'told')
    await close()
  })

  it('a second after it could not be written down', async () => {
    const store = sqliteStore(':memory:')
    let writes = 0
    const write: typeof store.write = (changes) =>
      ++writes === 2 ? Promise.reject(new Error('disk full')) : store.write(changes)
    const { voice, errors, told, close } = await driven({ ...store, write })
    await fire(voice)
    assert.equal(await told, 'told')
    assert.deepEqual(errors.map(String), ['Error: disk full'])
    await close()
  })
})

describe('a clock that was stopped', () => {
  it('has nothing more told', async () => {
    const { voice, clock, sendings, close } = await driven()
    clock.stop()
    await fire(voice)
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(sendings(), 0)
    await close()
  })
})
