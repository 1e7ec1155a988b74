import assert from 'node:assert/strict'
import { createServer, type Server, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { until } from '../kafka/help.ts'
import { startLive } from './process.ts'

/** A start that comes to nothing: the brokers do not answer, or are not there. */
describe('a start without brokers', () => {
  const sockets: Socket[] = []
  let silent: Server
  let port = 0
  before(async () => {
    silent = createServer((socket) => sockets.push(socket.on('error', () => {})))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    port = (silent.address() as { port: number }).port
  })
  after(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  const config = (broker: number): object => ({
    kafka: { brokers: [`127.0.0.1:${broker}`] },
    sources: [{ topics: ['logs'] }],
  })

  it('ends when it is told to, whatever it waits for', async () => {
    const live = startLive(config(port))
    await until('the broker to be asked', () => sockets.length > 0)
    live.signal('SIGTERM')
    assert.equal(await live.ended(), 1)
    assert.ok(live.said('stopping') && live.said('stopped-early'), JSON.stringify(live.events))
    assert.deepEqual(live.errors, [])
  })

  it('says which brokers it could not reach', async () => {
    const refusing = createServer()
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
    const { port: free } = refusing.address() as { port: number }
    await new Promise((resolve) => refusing.close(resolve))
    const live = startLive(config(free), undefined, { PATROLOG_DEBUG: '0' })
    assert.equal(await live.ended(), 1)
    assert.equal(live.errors.length, 1, live.errors.join('\n'))
    const [said = ''] = live.errors
    assert.ok(said.startsWith(`patrolog: kafka at 127.0.0.1:${free}: `) && !said.includes('report it'), said)
  })
})
