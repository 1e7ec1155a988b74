import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from './help.ts'

/** The harness itself: it leaves nothing running. */
describe('a broker for tests', () => {
  it('ends when the process that started it is killed', async () => {
    const script = `
      import { ownBroker } from ${JSON.stringify(fileURLToPath(new URL('broker.ts', import.meta.url)))}
      const broker = await ownBroker()
      console.log(broker.pid())
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = await once(child.stdout, 'data')
    const pid = Number(String(said))
    assert.ok(alive(pid), `pid ${said}`)
    child.kill('SIGKILL')
    await until('the end of the broker', () => !alive(pid))
  })
})

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
