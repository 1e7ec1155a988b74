import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '../../src/root.ts'

describe('the log of the service', () => {
  it('shows no password, whoever quotes one', () => {
    const code = `import { openLog } from ${JSON.stringify(join(root, 'src/live/log.ts'))}
openLog()('warn', 'poll-failed', { problem: 'http://bob:hunter2@prometheus:9090: connection refused', partition: 3 })`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
    })
    assert.equal(stderr, '')
    const { time: _, pid: __, ...said } = JSON.parse(stdout)
    assert.deepEqual(said, {
      level: 'warn',
      problem: 'http://bob:***@prometheus:9090: connection refused',
      partition: 3,
      event: 'poll-failed',
    })
  })

  it('that cannot be written, since the disk is full, ends nothing', () => {
    const code = `import { openLog } from ${JSON.stringify(join(root, 'src/live/log.ts'))}
const log = openLog()
for (let line = 0; line < 100; line++) log('info', 'said', { line: 'x'.repeat(20_000) })
setTimeout(() => console.error('went on'), 10)`
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
      timeout: 30_000,
    })
    closeSync(full)
    assert.deepEqual({ status, stderr }, { status: 0, stderr: 'went on\n' })
  })

  it('has no level that there is not', () => {
    const env = { ...process.env, PATROLOG_LOG_LEVEL: 'loud' }
    const args = ['live', '--config', join(root, 'patrolog.example.yaml')]
    const { status, stderr } = spawnSync(join(root, 'bin/patrolog'), args, { encoding: 'utf8', env, timeout: 60_000 })
    assert.equal(status, 2)
    assert.equal(stderr, 'patrolog: PATROLOG_LOG_LEVEL: expected one of debug, info, warn, error, got "loud"\n')
  })
})
